"""The commands, one file per noun. They say in English what happened and what to do next."""

from flask import Flask

from survey.cli import database, install, points, serve, units, users


def init_app(app: Flask) -> None:
    """Give the application its commands."""
    for command in (
        database.group,
        units.group,
        points.group,
        users.group,
        install.setup,
        serve.serve,
    ):
        app.cli.add_command(command)
