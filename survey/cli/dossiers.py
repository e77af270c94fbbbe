"""flask dossiers: results handed over, the denominators of coverage and weights."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click
from flask.cli import AppGroup

from survey import dossiers, period
from survey.answers_file.rows import SHOWN, Tally
from survey.cli import lookup
from survey.cli.notes import note
from survey.cli.refusals import ready
from survey.db import session
from survey.dossiers import Plan, Source
from survey.period import Period
from survey.storage import denominators, imports, points, rollups, units
from survey.storage.audit_entries import COMMAND_LINE
from survey.storage.points import ServicePoint
from survey.storage.rollups import POOLED, WEIGHTED, RollUp

group = AppGroup("dossiers", help="Results handed over: coverage, weights, reference samples.")
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@group.command("import")
@click.argument("file", type=FILE)
@click.option("--mapping", type=FILE, help="A TOML file that says which column is what.")
@click.option("--point", metavar="ID", help="The point where all results were handed over.")
@click.option("--unit", metavar="CODE", help="Names in the point column are of this unit's points.")
@click.option("--replace", is_flag=True, help="Correct what was stored before; both stay, dated.")
@click.option("--dry-run", is_flag=True, help="Store nothing; print the same report.")
def import_(
    *,
    file: Path,
    mapping: Path | None,
    point: str | None,
    unit: str | None,
    replace: bool,
    dry_run: bool,
) -> None:
    """Count the results in FILE (CSV or XLSX; see docs/dossiers.md), all of them or none.

    Of each point, month and way of handing over that it names, FILE says everything.
    """
    with ready(), file.open("rb") as content:
        source = Source(
            file=content,
            name=file.name,
            mapping=mapping.read_bytes() if mapping else None,
            point=lookup.point(point) if point else None,
            points=_points(unit),
        )
        opened = dossiers.prepare(source, period.today())
        session().commit()  # nobody's answer waits while the file is read
        plan = dossiers.plan(session(), opened, opened.table.rows, replace=replace)
        _report(plan)
        _refuse(plan)
        if plan.may_be_stored and not dry_run:
            dossiers.store(session(), plan, period.today())
            note("import dossiers", file.name, dossiers.summary(plan))
            session().commit()
    click.echo(_outcome(plan, dry_run=dry_run))


@group.command("list")
@click.option("--unit", "code", required=True, help="The code of a unit; all below it is listed.")
@click.option("--period", "name", required=True, help="2026-10, 2026-Q4, 2026.")
def list_(code: str, name: str) -> None:
    """Print what was stored for a unit and period, corrections with their dates."""
    with ready():
        span, today = _period(name), period.today()
        codes = units.subtree(session(), lookup.unit(code).code, today)
        known = {p.id: p for p, _code in points.assigned(session(), codes, span)}
        for row in denominators.history(session(), codes, span):
            state = f", replaced {row.replaced_on}" if row.replaced_on else ""
            point = known[row.point_id].public_id if row.point_id in known else row.point_id
            month = period.containing(row.month).name
            click.echo(
                f"{month} {row.unit_code} {point} {row.channel} {row.n} "
                f"(stored {row.stored_on}{state})"
            )


@group.command()
@click.argument("name", type=click.Choice([POOLED, WEIGHTED]))
@click.option(
    "--from",
    "day",
    required=True,
    type=click.DateTime(["%Y-%m"]),
    help="The first month it holds for; one that has not begun.",
)
def rollup(name: str, day: datetime) -> None:
    """Choose how points are added up to units, for periods that have not begun."""
    month = period.containing(day.date())
    choice = RollUp(
        starts_on=month.start, name=name, written_on=period.today(), written_by=COMMAND_LINE
    )
    with ready():
        rollups.add(session(), choice)
        note("choose roll-up", month.name, name)
        session().commit()
    click.echo(f"Periods that begin in {month.name} or later are {name}.")


def _points(unit: str | None) -> Sequence[ServicePoint]:
    today = period.today()
    codes = units.subtree(session(), lookup.unit(unit).code, today) if unit else None
    return imports.open_to(session(), codes, today)


def _period(name: str) -> Period:
    try:
        return period.parse(name)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--period") from error


def _report(plan: Plan) -> None:
    counted = plan.counted
    click.echo(f"to store: {plan.n} results of {len(plan.counts)} points, months and ways")
    click.echo(f"stored before and the same: {plan.n_same}")
    click.echo(f"repeated in the file: {counted.repeated.n}{_rows(counted.repeated)}")
    click.echo(f"of a month that has not ended: {plan.running.n}{_rows(plan.running)}")
    click.echo(f"refused: {counted.n_refused}")
    for reason in counted.reasons:
        click.echo(f"  {reason.english}")
    if counted.n_reasons > len(counted.reasons):
        click.echo(f"  … and {counted.n_reasons - len(counted.reasons)} more")
    click.echo(f"corrections: {len(plan.corrections)}")
    for each in plan.corrections[:SHOWN]:
        place = f"{each.month.name} {each.point.public_id} {each.point.name}, {each.channel}"
        click.echo(f"  {place}: {each.before} → {each.after}")
    if plan.ignored:
        click.echo("columns not read: " + ", ".join(f"“{name}”" for name in plan.ignored))


def _refuse(plan: Plan) -> None:
    if plan.counted.n_refused:
        raise click.ClickException("Nothing was stored. Correct these rows and repeat this.")
    if plan.is_held:
        raise click.ClickException(
            "Nothing was stored: other counts are known for these. If the file is complete for "
            "every point, month and way it names, repeat this with --replace."
        )


def _outcome(plan: Plan, *, dry_run: bool) -> str:
    if not plan.counts:
        return "Nothing was stored: nothing in this file is new."
    if dry_run:
        return f"Nothing was stored: without --dry-run {plan.n} results would be."
    return f"{plan.n} results were stored."


def _rows(tally: Tally) -> str:
    rows = ", ".join(map(str, tally.first))
    return f" (rows {rows}{' …' if tally.n > SHOWN else ''})" if rows else ""
