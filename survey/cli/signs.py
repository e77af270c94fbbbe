"""flask signs: what is left out of every headline, by rules written before their period."""

from datetime import datetime

import click
from flask.cli import AppGroup

from survey import period
from survey.cli.notes import note
from survey.cli.refusals import ready
from survey.db import session
from survey.signs import SIGNS
from survey.storage import exclusions
from survey.storage.audit_entries import COMMAND_LINE
from survey.storage.exclusions import Exclusion

group = AppGroup("signs", help="Signs of irregular answering, and rules that leave answers out.")


@group.command()
@click.argument("signs", metavar="SIGN...", nargs=-1, type=click.Choice(sorted(SIGNS)))
@click.option(
    "--from",
    "day",
    required=True,
    type=click.DateTime(["%Y-%m"]),
    help="The first month it holds for; one that has not begun.",
)
@click.option("--reason", required=True, help="The decision it rests on; kept and printed.")
def exclude(signs: tuple[str, ...], day: datetime, reason: str) -> None:
    """Leave answers with any SIGN out of every headline; without one, count all again.

    The rule takes the place of the one before it and can be neither changed nor deleted.
    """
    month = period.containing(day.date())
    rule = Exclusion(
        starts_on=month.start,
        signs=" ".join(sorted(set(signs))),
        reason=reason,
        written_on=period.today(),
        written_by=COMMAND_LINE,
    )
    with ready():
        exclusions.add(session(), rule)
        note("write exclusion rule", month.name, f"{rule.signs}: {reason}")
        session().commit()
    click.echo(_said(rule))


@group.command()
def rules() -> None:
    """Print every rule, in the order in which they begin."""
    with ready():
        found = exclusions.all_(session())
    for rule in found:
        click.echo(f"{_said(rule)} ({rule.written_by}, {rule.written_on}: {rule.reason})")
    if not found:
        click.echo("No rule: only honeypot hits and technical duplicates are left out.")


def _said(rule: Exclusion) -> str:
    what = rule.signs or "nothing but honeypot hits and technical duplicates"
    return f"From {rule.month.name} on left out: {what}"
