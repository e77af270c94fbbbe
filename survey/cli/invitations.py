"""flask invitations: one-time codes for result slips or for an SMS gateway."""

import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.exc import NoResultFound

from survey import invitations, period
from survey.answers_file.rows import SHOWN, Tally
from survey.cli import lookup
from survey.cli.files import whole
from survey.cli.notes import note
from survey.cli.refusals import ready
from survey.config import public_address
from survey.db import session
from survey.invitations import MOST, WRITERS, Plan, Print
from survey.storage import imports, units
from survey.storage import invitations as rows
from survey.storage.points import ServicePoint

group = AppGroup("invitations", help="One-time codes for result slips or an SMS gateway.")
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@group.command()
@click.option("--point", metavar="ID", help="The point where the results are handed over.")
@click.option("--count", type=click.IntRange(1, MOST), help="So many codes for --point.")
@click.option("--list", "listed", type=FILE, help="A list of returned dossiers, CSV or XLSX.")
@click.option("--mapping", type=FILE, help="A TOML file that says which column is what.")
@click.option("--unit", metavar="CODE", help="Names in the point column are of this unit's points.")
@click.option(
    "--valid-from",
    type=click.DateTime(["%Y-%m-%d %H:%M", "%Y-%m-%d"]),
    help="With --count: when the results are handed over, if not now.",
)
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="FILE.pdf, FILE.zip (PDFs of 10 pages), or FILE.csv for an SMS gateway.",
)
@click.option("--force", is_flag=True, help="Replace a file that exists.")
def issue(
    *,
    point: str | None,
    count: int | None,
    listed: Path | None,
    mapping: Path | None,
    unit: str | None,
    valid_from: datetime | None,
    out: Path,
    force: bool,
) -> None:
    """Issue codes by a number or by a list (see docs/invitations.md), all of them or none."""
    write, began = WRITERS.get(out.suffix.lower()[1:]), time.monotonic()
    if write is None:
        raise click.ClickException(f"{out}: name it FILE.pdf, FILE.zip or FILE.csv")
    if (count is None) == (listed is None):
        raise click.ClickException("Give --count N with --point ID, or --list FILE.")
    with ready():
        at = lookup.point(point) if point else None
        if listed is not None:
            plan = _by_list(listed, mapping, at, unit)
        else:
            plan = _by_number(at, count or 0, valid_from)
        if not plan.drafts:
            click.echo("Nothing was issued: nobody in this list is to be invited.")
            return
        made = _print(plan)
        session().close()  # nobody's answer waits for a printer
        with whole(out, force=force) as file:
            write(file, made)
            number = _store(plan)
            session().commit()
    seconds = time.monotonic() - began
    click.echo(f"{out}: {len(plan.drafts)} codes, issue {number}, in {seconds:.1f} s")


@group.command("list")
def list_() -> None:
    """Print the issues with codes in use: number, when it was made, how many, when they end."""
    with ready():
        codes = units.on_day(session(), period.today()).keys()
        for issue, ends in rows.issues(session(), codes):
            made, end = (each.astimezone(period.VIETNAM) for each in (issue.issued_at, ends))
            click.echo(
                f"{issue.id} {made:%Y-%m-%d %H:%M} {issue.n} codes until {end:%Y-%m-%d %H:%M}"
            )


@group.command()
@click.argument("number", type=int)
def discard(number: int) -> None:
    """Take the codes of issue NUMBER out of use: its file was lost, or is to be made anew."""
    with ready():
        try:
            n = rows.discard(session(), number)
        except NoResultFound as error:
            raise click.ClickException(f"{error}; flask invitations list prints those") from error
        note("discard invitations", str(number), f"{n} codes")
        session().commit()
    click.echo(f"The {n} codes of issue {number} are out of use; its dossiers can be invited anew.")


def _store(plan: Plan) -> int:
    """Store the codes of a plan with their entry in the audit log; return the issue's number."""
    number = invitations.store(session(), plan.drafts, period.now()).id
    places = {draft.point.public_id for draft in plan.drafts}
    where = next(iter(places)) if len(places) == 1 else f"{len(places)} points"
    note("issue invitations", str(number), f"{len(plan.drafts)} codes, {where}")
    return number


def _by_number(point: ServicePoint | None, n: int, valid_from: datetime | None) -> Plan:
    if point is None:
        raise click.ClickException("Say at which point: --point ID")
    _require_counting(point)
    at = valid_from.replace(tzinfo=period.VIETNAM) if valid_from else period.now()
    if at + invitations.VALID <= period.now():
        raise click.ClickException("Codes valid from then would have ended; give a later moment.")
    return invitations.by_number(point, n, at)


def _by_list(
    file: Path, mapping: Path | None, point: ServicePoint | None, unit: str | None
) -> Plan:
    if point is not None:
        _require_counting(point)
    said = mapping.read_bytes() if mapping else None
    with file.open("rb") as content:
        found = invitations.opened(content, file.name, said, point, _points(unit))
        plan = invitations.by_list(session(), found, found.table.rows, file.name)
    _report(plan)
    if plan.n_refused:
        raise click.ClickException("Nothing was issued. Correct these rows and repeat this.")
    return plan


def _points(unit: str | None) -> Sequence[ServicePoint]:
    today = period.today()
    codes = units.subtree(session(), lookup.unit(unit).code, today) if unit else None
    return imports.open_to(session(), codes, today)


def _require_counting(point: ServicePoint) -> None:
    if point.is_test or not point.is_open:
        state = "a test point" if point.is_test else "closed"
        raise click.ClickException(f"{point.name} is {state}; name an open point that counts")


def _print(plan: Plan) -> Print:
    base, today = public_address(current_app.config), period.today()
    codes = {draft.unit_code for draft in plan.drafts}
    named = {code: units.latest(session(), code, today).name for code in codes}
    return Print(drafts=plan.drafts, base=base, units=named)


def _report(plan: Plan) -> None:
    click.echo(f"to invite: {len(plan.drafts)}")
    click.echo(f"invited before: {plan.duplicates.n}{_rows(plan.duplicates)}")
    click.echo(f"handed over more than 72 hours ago: {plan.too_late.n}{_rows(plan.too_late)}")
    click.echo(f"refused: {plan.n_refused}")
    for reason in plan.reasons:
        click.echo(f"  {reason.english}")
    if plan.n_reasons > len(plan.reasons):
        click.echo(f"  … and {plan.n_reasons - len(plan.reasons)} more")
    if plan.ignored:
        click.echo("columns not read: " + ", ".join(f"“{name}”" for name in plan.ignored))


def _rows(tally: Tally) -> str:
    rows = ", ".join(map(str, tally.first))
    return f" (rows {rows}{' …' if tally.n > SHOWN else ''})" if rows else ""
