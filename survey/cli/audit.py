"""flask audit: whether the log of who did what is whole."""

import click
from flask.cli import AppGroup

from survey import db
from survey.cli.refusals import ready
from survey.storage import audit_entries

group = AppGroup("audit", help="The log of who did what.")


@group.command()
@click.option("--anchor", "kept", help="What flask audit anchor printed some time ago.")
def verify(kept: str | None) -> None:
    """Say whether every entry stands as it was written; exit status 1 when one does not."""
    with ready(), db.snapshot() as one:
        try:
            broken = audit_entries.verify(one, kept)
        except ValueError as error:
            raise click.ClickException(str(error)) from error
        total = audit_entries.page(one).total
    if broken is not None:
        raise click.ClickException(
            f"The log is broken from entry {broken} on: something was altered or removed. "
            "Keep the database as it is and tell whoever answers for its security."
        )
    click.echo(f"{total} entries stand as they were written")


@group.command()
def anchor() -> None:
    """Print the end of the log; kept elsewhere, it shows later whether the end was cut off."""
    with ready(), db.snapshot() as one:
        click.echo(audit_entries.anchor(one))
