"""flask targets: what units mean to reach in a year."""

from pathlib import Path

import click
from flask.cli import AppGroup

from forms.targets import AIMS, written
from survey import period, targets
from survey.cli import lookup
from survey.cli.notes import note
from survey.cli.refusals import ready
from survey.db import session
from survey.storage import targets as stored
from survey.storage import units
from survey.storage.audit_entries import COMMAND_LINE

group = AppGroup("targets", help="What units mean to reach in a year.")
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@group.command("import")
@click.argument("file", type=FILE)
@click.option("--dry-run", is_flag=True, help="Store nothing; print the same changes.")
def import_(file: Path, *, dry_run: bool) -> None:
    """Set the targets in FILE (CSV or XLSX: unit_code, year, code, target), or none of them."""
    with ready(), file.open("rb") as content:
        known = units.on_day(session(), period.today())
        plan = targets.plan(session(), content, file.name, known)
        if not dry_run:
            targets.store(session(), plan.changes, by=COMMAND_LINE)
        for subject, detail in targets.notes(plan.changes).items():
            click.echo(f"{subject}: {detail}")
            if not dry_run:
                note("set targets", subject, detail)
        session().commit()
    state = "would change" if dry_run else "changed"
    click.echo(f"{len(plan.changes)} targets {state}, {plan.n_same} stand already.")


@group.command("list")
@click.option("--unit", "code", required=True, help="The code of a unit.")
@click.option("--year", type=int, default=period.this_year, help="Default: this year.")
def list_(code: str, year: int) -> None:
    """Print the targets that hold for a unit, and the unit that set each."""
    with ready():
        chain = stored.chain(session(), lookup.unit(code), period.today())
        held = stored.in_force(session(), chain, year)
    for key in AIMS:
        if key in held:
            row = held[key]
            click.echo(f"{key[1]} {written(row.value)} (set for {row.unit_code} on {row.set_on})")
