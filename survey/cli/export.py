"""flask export: the file of the provincial index."""

from pathlib import Path

import click
from flask.cli import with_appcontext

from survey import db, exports, period, reports
from survey.cli import lookup
from survey.cli.files import whole
from survey.cli.notes import note
from survey.cli.refusals import ready
from survey.db import session
from survey.period import Period


def _period(_context: click.Context, _parameter: click.Parameter, name: str) -> Period:
    try:
        return period.parse(name)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


@click.command()
@click.option("--unit", "code", required=True, help="The code of a unit; all below it is written.")
@click.option("--period", "when", required=True, callback=_period, help="2026-10, 2026-Q4, 2026.")
@click.option("--format", "form", required=True, type=click.Choice(list(exports.MEDIA_TYPES)))
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--with-imported", is_flag=True, help="Count answers imported from files too.")
@click.option(
    "--delimiter", type=click.Choice([";", ","]), default=";", show_default=True, help="For CSV."
)
@click.option("--force", is_flag=True, help="Replace a file that exists.")
@with_appcontext
def export(
    *,
    code: str,
    when: Period,
    form: str,
    out: Path,
    with_imported: bool,
    delimiter: str,
    force: bool,
) -> None:
    """Write the index of a unit and of everything below it (see docs/index-export.md)."""
    if when.start > period.today():
        raise click.ClickException(f"{when.name} has not begun; nothing was written")
    with ready(), whole(out, force=force) as file:
        unit = lookup.unit(code)
        # This session may write; kept open on SQLite, it would let citizens wait.
        session().close()
        with db.snapshot() as one:
            found = reports.export_reports(one, unit, when, with_imported=with_imported)
        now = period.now()
        note("export index", unit.code, f"{when.name} {form}")
        session().commit()
        file.writelines(exports.content(form, found, generated_at=now, delimiter=delimiter))
    state = "closed" if found[0].is_closed else "open"
    click.echo(
        f"{out}: {exports.count(found)} rows, {unit.name}, {when.name} ({state}), {exports.NOTICE}"
    )
    if not any(report.figures for report in found):
        click.echo("Nothing is released for this period yet: every figure in the file is empty.")
