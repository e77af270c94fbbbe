"""flask points: service points, their codes and posters."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from survey import period, posters
from survey.cli import lookup
from survey.cli.refusals import ready
from survey.config import public_address
from survey.db import session
from survey.storage import points, units
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
        unit = points.unit_on(session(), point, today)
        address = posters.address_of(point.code, public_address(current_app.config))
        pdf = posters.pdf(posters.of_point(point, unit, address, today))
        out.write_bytes(pdf)
    click.echo(f"{out}: {address}")
