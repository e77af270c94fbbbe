"""flask responses: answers people already have, brought in from a file."""

import sys
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO, TypeVar

import click
from flask.cli import AppGroup
from sqlalchemy.exc import NoResultFound

from survey import intake, period
from survey.answers_file.rows import SHOWN, check
from survey.cli import lookup
from survey.cli.notes import note
from survey.cli.refusals import ready
from survey.db import session
from survey.intake import Plan, Source
from survey.storage import imports, responses, units
from survey.storage.points import ServicePoint

group = AppGroup("responses", help="Answers people already have.")
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
T = TypeVar("T")


@group.command("import")
@click.argument("file", type=FILE)
@click.option("--mapping", type=FILE, help="A TOML file that says which column is what.")
@click.option("--point", metavar="ID", help="The point all answers belong to.")
@click.option("--unit", metavar="CODE", help="Names in the point column are of this unit's points.")
@click.option("--dry-run", is_flag=True, help="Store nothing; print the same report.")
@click.option("--skip-refused", is_flag=True, help="Store the good rows of a faulty file.")
def import_(
    *,
    file: Path,
    mapping: Path | None,
    point: str | None,
    unit: str | None,
    dry_run: bool,
    skip_refused: bool,
) -> None:
    """Take in the answers of FILE (CSV or XLSX; see docs/import.md), all of them or none."""
    with ready(), file.open("rb") as content:
        plan = _plan(content, file.name, mapping.read_bytes() if mapping else None, point, unit)
        _report(plan)
        if plan.n_refused and not (skip_refused and plan.has_good_rows):
            raise click.ClickException(_refusal(plan))
        if plan.n_accepted and not dry_run:
            note("import answers", file.name, f"{plan.n_accepted} answers")
            with _progress(plan.chunks, "Writing", plan.n_chunks) as chunks:
                intake.write(session(), plan, chunks, period.today())
        click.echo(_outcome(plan, dry_run=dry_run))


@group.command()
@click.argument("number", type=int)
def discard(number: int) -> None:
    """Drop what import NUMBER wrote before it was cut off, so that nothing waits for it."""
    with ready():
        try:
            imports.spend(session(), number)
        except NoResultFound:
            raise click.ClickException(_no_such_import(number)) from None
        note("discard import", str(number))
        session().commit()
        # Little by little: citizens' answers take their turn in between.
        while responses.drop_imported(session(), number):
            session().commit()
        while imports.forget(session(), number):
            session().commit()
        session().commit()
    click.echo(f"Import {number} is dropped; its file can be imported anew.")


def _plan(
    content: BinaryIO, name: str, mapping: bytes | None, point: str | None, unit: str | None
) -> Plan:
    today = period.today()
    source = Source(
        file=content,
        name=name,
        mapping=mapping,
        point=lookup.point(point) if point else None,
        points=_points(unit),
    )
    opened = intake.prepare(session(), source, today)
    session().commit()  # nobody's answer waits while the file is read
    with _progress(opened.table.rows, "Checking", opened.table.length) as rows:
        checked = check(rows, opened.reader)
    return intake.plan(opened, checked, name)


def _points(unit: str | None) -> Sequence[ServicePoint]:
    today = period.today()
    codes = units.subtree(session(), lookup.unit(unit).code, today) if unit else None
    return imports.open_to(session(), codes, today)


def _progress(items: Iterable[T], label: str, length: int) -> AbstractContextManager[Iterable[T]]:
    step = max(1, length // 200)
    return click.progressbar(items, length, label, file=sys.stderr, update_min_steps=step)


def _report(plan: Plan) -> None:
    before = f" ({plan.n_done} were written before)" if plan.n_done else ""
    rows = ", ".join(map(str, plan.duplicates.first))
    which = f" (rows {rows}{' …' if plan.duplicates.n > SHOWN else ''})" if rows else ""
    click.echo(f"accepted: {plan.n_accepted}{before}")
    click.echo(f"duplicate: {plan.duplicates.n}{which}")
    click.echo(f"refused: {plan.n_refused}")
    for reason in plan.reasons:
        click.echo(f"  {reason.english}")
    if plan.n_reasons > len(plan.reasons):
        click.echo(f"  … and {plan.n_reasons - len(plan.reasons)} more")
    if plan.ignored:
        click.echo("columns not read: " + ", ".join(f"“{name}”" for name in plan.ignored))


def _refusal(plan: Plan) -> str:
    others = " or store the other rows with --skip-refused" if plan.has_good_rows else ""
    return f"Nothing was stored. Correct the refused rows and repeat this{others}."


def _outcome(plan: Plan, *, dry_run: bool) -> str:
    if not plan.n_accepted:
        return "Nothing was stored: every answer of this file was imported before."
    if dry_run:
        return f"Nothing was stored: without --dry-run {plan.n_accepted} answers would be."
    return (
        f"{plan.n_accepted} answers were stored. They carry the channel “imported”, stay out of "
        "the headline, and are shown after the next daily close."
    )


def _no_such_import(number: int) -> str:
    waiting = ", ".join(map(str, imports.unfinished(session()))) or "none"
    return f"There is no unfinished import {number}; unfinished are: {waiting}"
