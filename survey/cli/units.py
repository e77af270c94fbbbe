"""flask units: the register of administrative units."""

from datetime import datetime
from pathlib import Path

import click
from flask.cli import AppGroup

from survey import period, register
from survey.cli.notes import note
from survey.cli.refusals import ready
from survey.db import session
from survey.storage import unit_successions, units

group = AppGroup("units", help="The register of administrative units.")
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
DATE = click.DateTime(["%Y-%m-%d", "%d/%m/%Y"])


@group.command("import")
@click.argument("file", type=FILE)
@click.option("--valid-from", type=DATE, required=True, help="The day from which the file holds.")
@click.option("--province", help="Take only the province with this code and what is below it.")
def import_(file: Path, valid_from: datetime, province: str | None) -> None:
    """Make the register agree with FILE (JSON, CSV or XLSX; see docs/units.md)."""
    with ready():
        rows = register.units_of(file, province)
        changes = units.put(session(), rows, valid_from.date())
        note("import units", file.name, f"{changes.added} added, {changes.succeeded} changed")
        session().commit()
    click.echo(
        f"{changes.added} added, {changes.succeeded} changed from {valid_from.date()}, "
        f"{changes.corrected} corrected, {changes.unchanged} unchanged"
    )
    _notes("written differently, kept as they are", changes.respelled)


@group.command()
@click.argument("file", type=FILE)
@click.option("--on", type=DATE, default="2025-07-01", show_default=True, help="The day it began.")
@click.option("--reference", help="The legal document, stored with each line.")
@click.option("--province", help="Take only what leads to this province of today.")
def succession(file: Path, on: datetime, reference: str | None, province: str | None) -> None:
    """Create the closed old units of FILE (CSV or XLSX) and what became of them."""
    with ready():
        rows = register.successions_of(file)
        changes = unit_successions.put(
            session(), rows, on.date(), reference=reference, province=province
        )
        note("import successions", file.name, f"{changes.added} added")
        session().commit()
    click.echo(
        f"{changes.added} added, {changes.unchanged} unchanged, "
        f"{changes.closed_units} closed units created, {changes.outside} lead elsewhere"
    )
    _notes("found by name, their code has changed", changes.renumbered)


@group.command("list")
@click.argument("text", default="")
def list_(text: str) -> None:
    """Print code, name and parent of today's units whose name holds TEXT, marks or not."""
    with ready():
        for unit in units.search(session(), text, period.today()):
            click.echo(
                f"{unit.code} {unit.name}{f' ({unit.parent_code})' if unit.parent_code else ''}"
            )


def _notes(what: str, lines: list[str]) -> None:
    if lines:
        click.echo(f"{len(lines)} {what}:\n  " + "\n  ".join(lines))
