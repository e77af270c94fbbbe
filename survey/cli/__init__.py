"""The commands, one file per noun. They say in English what happened and what to do next."""

from flask import Flask

from survey.cli import database, export, install, nightly, points, responses, serve, units, users


def init_app(app: Flask) -> None:
    """Give the application its commands."""
    for command in (
        database.group,
        units.group,
        points.group,
        responses.group,
        users.group,
        install.setup,
        nightly.nightly,
        export.export,
        serve.serve,
    ):
        app.cli.add_command(command)
