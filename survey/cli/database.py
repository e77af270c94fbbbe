"""flask db: the schema of the database."""

import click
from flask import current_app
from flask.cli import AppGroup

from survey import period, schema
from survey.cli.refusals import refusals
from survey.db import engine

group = AppGroup("db", help="The schema of the database.")


@group.command()
def upgrade() -> None:
    """Bring the database to the schema and questionnaires of this program."""
    with refusals():
        schema.upgrade(engine(), current_app.config["PURPOSE"], period.today())
    click.echo("The database is up to date.")


@group.command()
def state() -> None:
    """Say whether the database is empty, behind, current or newer."""
    with refusals():
        click.echo(schema.state(engine()))
