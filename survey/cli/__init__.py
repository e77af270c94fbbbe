"""The commands, one file per noun. They say in English what happened and what to do next."""

from flask import Flask

from survey.cli import (
    audio,
    audit,
    contacts,
    database,
    dossiers,
    export,
    install,
    invitations,
    nightly,
    points,
    responses,
    serve,
    signs,
    targets,
    units,
    users,
)


def init_app(app: Flask) -> None:
    """Give the application its commands."""
    for command in (
        database.group,
        units.group,
        points.group,
        responses.group,
        dossiers.group,
        targets.group,
        users.group,
        audit.group,
        audio.group,
        contacts.group,
        signs.group,
        invitations.group,
        install.setup,
        nightly.nightly,
        export.export,
        serve.serve,
    ):
        app.cli.add_command(command)
