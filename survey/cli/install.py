"""flask setup: say that this installation is real."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

from survey import config, period, schema
from survey.cli.refusals import refusals
from survey.db import make_engine


@click.command()
@click.option(
    "--public-base-url",
    prompt="The https address citizens will see on the posters",
    help="For example https://hailong.cantho.gov.vn",
)
@with_appcontext
def setup(public_base_url: str) -> None:
    """Make this installation real: write instance/settings.toml and a database of its own."""
    instance = Path(current_app.instance_path)
    file = instance / "settings.toml"
    if not public_base_url.startswith("https://"):
        raise click.ClickException("The address must begin with https://; nothing was written")
    if file.exists():
        raise click.ClickException(f"{file} exists: this installation is real already")
    real = dict(current_app.config) | {"PURPOSE": "real"}
    real["PUBLIC_BASE_URL"] = public_base_url.rstrip("/")
    if current_app.config["PURPOSE"] == "demo":
        real["DATABASE_URL"] = None  # the demonstration's own; the real one gets its default
    with refusals():
        config.public_address(real)
        database = config.complete(real, instance)["DATABASE_URL"]
        schema.upgrade(make_engine(database), "real", period.today())
        _write(file, real)
    click.echo(
        f"{file} says that this installation is real; the demonstration stays in demo.db.\n"
        "Next: flask units import FILE --valid-from DATE, then flask users add EMAIL --unit CODE "
        "--role province-admin, then make run"
    )


def _write(file: Path, real: Mapping[str, Any]) -> None:
    """Write what makes the installation real; its own default database need not be named."""
    names = ("PURPOSE", "PUBLIC_BASE_URL", "DATABASE_URL")
    # A JSON string is a TOML string.
    lines = [f"{name} = {json.dumps(real[name])}\n" for name in names if real[name]]
    file.write_text("# Written by flask setup.\n" + "".join(lines), "utf-8")
