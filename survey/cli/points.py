"""flask points: service points, their codes and posters."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from survey import period, posters
from survey.cli import lookup
from survey.cli.files import whole
from survey.cli.notes import note
from survey.cli.refusals import ready
from survey.config import public_address
from survey.db import session
from survey.posters import Poster
from survey.storage import point_codes, points, units
from survey.storage.points import SCALE_ORDERS

group = AppGroup("points", help="Service points, their codes and posters.")


@group.command()
@click.option("--unit", required=True, help="The code of the unit it belongs to.")
@click.option("--name", required=True, help="The name citizens see.")
@click.option("--field", help="The field (lĩnh vực) it serves.")
@click.option("--test", "is_test", is_flag=True, help="Its answers are never counted.")
def create(unit: str, name: str, field: str | None, is_test: bool) -> None:
    """Open a service point and print its id and the token of its code."""
    today = period.today()
    with ready():
        owner = lookup.unit(unit)
        if points.is_name_taken(session(), owner.code, name, today):
            raise click.ClickException(
                f"{owner.name} has an open point of that name; choose another"
            )
        point = points.add(
            session(), owner.code, name, period.now(), today, field=field, is_test=is_test
        )
        note("create point", point.public_id, f"{owner.code} {point.name}")
        session().commit()
    click.echo(f"{point.public_id} {point.code.token} {point.name}, {owner.name}")


@group.command("list")
@click.option("--unit", required=True, help="The code of a unit; all below it is listed.")
def list_(unit: str) -> None:
    """Print the points of a unit: id, token of the code, state, name, unit."""
    today = period.today()
    with ready():
        codes = units.subtree(session(), lookup.unit(unit).code, today)
        number, last = 0, 1
        while number < last:
            found = points.listing(session(), codes, today, page=number + 1)
            number, last = found.number, found.last
            for point, owner in found.rows:
                state = "open" if point.is_open else "closed"
                click.echo(
                    f"{point.public_id} {point.code.token} {state} {point.name}, {owner.name}"
                )


@group.command()
@click.argument("public_id", metavar="ID")
@click.argument("order", type=click.Choice(SCALE_ORDERS))
def order(public_id: str, order: str) -> None:
    """Set the order in which point ID shows the scale: a statistician's choice.

    "split" shows half the forms reversed, so that the effect of the order can be measured.
    """
    with ready():
        lookup.point(public_id).scale_order = order
        note("set scale order", public_id, order)
        session().commit()
    click.echo(f"{public_id} shows the scale in {order} order")


@group.command()
@click.argument("public_id", metavar="ID")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True)
def poster(public_id: str, out: Path) -> None:
    """Write the A5 poster of point ID as a PDF."""
    today = period.today()
    with ready():
        point = lookup.point(public_id)
        if not point.is_open:
            raise click.ClickException(
                f"{point.name} is closed; reopen it before printing its code"
            )
        unit, base = points.unit_on(session(), point, today), public_address(current_app.config)
        made = posters.of_code(point.code, unit, base, today)
        with whole(out, force=True) as file:
            file.write(posters.pdf([made]))
            note("print poster", public_id, f"a5 {point.code.serial}")
            session().commit()
    click.echo(f"{out}: {made.address}")


@group.command("posters")
@click.option("--unit", "code", required=True, help="The code of a unit; all below it is printed.")
@click.option("--format", "form", type=click.Choice(posters.FORMS), default="a5", show_default=True)
@click.option("--language", type=click.Choice(posters.languages()), help="Beside Vietnamese.")
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="FILE.pdf, or FILE.zip with a PDF for each unit.",
)
@click.option("--force", is_flag=True, help="Replace a file that exists.")
def posters_(*, code: str, form: str, language: str | None, out: Path, force: bool) -> None:
    """Write the posters of every open point of a unit and of everything below it.

    Points for trying out are left out, and points whose code is revoked.
    """
    write = posters.WRITERS.get(out.suffix.lower()[1:])
    if write is None:
        raise click.ClickException(f"{out}: name it FILE.pdf, or FILE.zip for a PDF per unit")
    with ready():
        unit, made = lookup.unit(code), _posters(code)
        session().close()  # kept open on SQLite, it would let citizens wait
        if not made:
            raise click.ClickException(f"{unit.name} has no open point with a code to print")
        with whole(out, force=force) as file:
            with click.progressbar(made, label=f"{len(made)} codes") as counted:
                write(file, counted, form, language)
            note("print posters", code, f"{form} {len(made)}")
            session().commit()
    click.echo(f"{out}: {len(made)} codes of {unit.name}, {form}")


def _posters(code: str) -> list[Poster]:
    today, base = period.today(), public_address(current_app.config)
    found = point_codes.in_force(session(), units.subtree(session(), code, today), today)
    return [posters.of_code(one, owner, base, today) for one, owner in found]
