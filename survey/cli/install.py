"""flask setup: say that this installation is real."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

from survey import config, controller, period, schema
from survey.cli.refusals import refusals
from survey.db import make_engine


@click.command()
@click.option(
    "--public-base-url",
    prompt="The https address citizens will see on the posters",
    help="For example https://hailong.cantho.gov.vn",
)
@click.option("--controller-name", help="The office that answers for the data of citizens.")
@click.option("--controller-address", help="Where that office is.")
@click.option("--controller-contact", help="How citizens reach it: a telephone number, an e-mail.")
@click.option("--security-contact", help="Who is told of a weakness: an e-mail or https address.")
@with_appcontext
def setup(public_base_url: str, **named: str | None) -> None:
    """Make this installation real: write instance/settings.toml and a database of its own."""
    instance = Path(current_app.instance_path)
    file = instance / "settings.toml"
    if not public_base_url.startswith("https://"):
        raise click.ClickException("The address must begin with https://; nothing was written")
    if file.exists():
        raise click.ClickException(f"{file} exists: this installation is real already")
    ours = current_app.config
    with refusals():
        real = config.load(instance) | {name: ours[name] for name in controller.NAMED}
        real |= {name.upper(): value for name, value in named.items() if value}
        real |= {"PURPOSE": "real", "PUBLIC_BASE_URL": public_base_url.rstrip("/")}
        # The demonstration keeps its own database; the real one gets its default.
        real["DATABASE_URL"] = None if ours["PURPOSE"] == "demo" else ours["DATABASE_URL"]
        config.public_address(real)
        database = config.complete(real, instance)["DATABASE_URL"]
        schema.upgrade(make_engine(database), "real", period.today())
        _write(file, real)
    click.echo(
        f"{file} says that this installation is real; the demonstration stays in demo.db.\n"
        "Next: flask units import FILE --valid-from DATE, then flask users add EMAIL --unit CODE "
        "--role province-admin, then make run"
    )
    if missing := controller.unset(real):
        click.echo(f"Citizens cannot be told yet whom to ask: add {', '.join(missing)} to {file}")


def _write(file: Path, real: Mapping[str, Any]) -> None:
    """Write what makes the installation real; its own default database need not be named."""
    names = ("PURPOSE", "PUBLIC_BASE_URL", "DATABASE_URL", *controller.NAMED)
    # A JSON string is a TOML string.
    lines = [f"{name} = {json.dumps(real[name])}\n" for name in names if real[name]]
    file.write_text("# Written by flask setup.\n" + "".join(lines), "utf-8")
