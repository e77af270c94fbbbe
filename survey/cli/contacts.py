"""flask contacts: the keys of the telephone numbers left for a call-back."""

import click
from flask import current_app
from flask.cli import AppGroup

from survey.cli.notes import note
from survey.cli.refusals import ready
from survey.db import session
from survey.storage import contacts

group = AppGroup("contacts", help="Telephone numbers left for a call-back.")


@group.command()
def key() -> None:
    """Print a new key; put it first in FLASK_CONTACT_KEYS, never beside the data or its backup."""
    click.echo(contacts.new_key())


@group.command()
def rotate() -> None:
    """Encrypt every number anew with the first key of FLASK_CONTACT_KEYS."""
    with ready():
        keys = current_app.config["CONTACT_KEYS"]
        if not keys:
            raise click.ClickException(
                "There is no key. Put one in FLASK_CONTACT_KEYS; flask contacts key makes it."
            )
        done, shut = contacts.rotate(session(), keys)
        note("rotate contact keys", "contacts", f"{done}, {shut}")
        session().commit()
    click.echo(f"{done} numbers are encrypted with the first key.")
    if shut:
        raise click.ClickException(
            f"{shut} numbers open with none of the keys and were left as they are. Add the key "
            "they were written with at the end of FLASK_CONTACT_KEYS and run this again."
        )
    click.echo("The other keys can be removed from FLASK_CONTACT_KEYS.")
