"""flask serve: the bundled server, ready for one province on one machine."""

import gc
import os
import resource
import signal
import socket
from pathlib import Path
from typing import Any

import click
import waitress
from flask import Flask, current_app, url_for
from flask.cli import with_appcontext
from sqlalchemy import make_url

from survey import demo, period, schema
from survey.cli import nightly
from survey.cli.refusals import refusals
from survey.db import engine, session
from survey.demo.settings import shown
from survey.storage import units

# Files a server needs besides its connections: database, logs, libraries.
SPARE_FILES = 128
MOST_CONNECTIONS = 5000


@click.command()
@click.option("--prepare", is_flag=True, help="First migrate, and load the demonstration.")
@with_appcontext
def serve(prepare: bool) -> None:
    """Serve until stopped, on HOST and PORT (127.0.0.1:8000 by default)."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    signal.signal(signal.SIGTERM, _stop)
    listener = _listen(app.config["HOST"], app.config["PORT"])
    with refusals():
        if prepare:
            schema.upgrade(engine(), app.config["PURPOSE"], period.today())
            _load_demo(app)
            app.config.from_mapping(shown(app.config))
        schema.require_current(engine(), app.config["PURPOSE"])
        for line in _banner(app):
            click.echo(line)
    session().close()
    nightly.keep_closing(app)
    settle_memory()
    waitress.serve(
        app,
        sockets=[listener],
        threads=8,
        channel_timeout=60,
        connection_limit=_connection_limit(),
        # Above the application's own limits, which answer with a page; far above them, no more.
        max_request_body_size=2 * app.config["UPLOAD_LENGTH"],
        max_request_header_size=16 * 1024,
        clear_untrusted_proxy_headers=not app.config["PROXY_HOPS"],
        asyncore_use_poll=True,  # select() ends at 1,024 files
        ident=None,
        _quiet=True,
    )
    click.echo("Stopped.")


def settle_memory() -> None:
    """Let the collector pass over what lives as long as the server.

    Looking through all libraries again took a fifth of a second, in the middle of one page in six.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.create_server((host, port), family=family)
    except OSError as error:
        raise click.ClickException(
            f"Cannot listen on {host}:{port}: {os.strerror(error.errno or 0)}. "
            f"If another program uses the port, choose another one: PORT={port + 1} make run"
        ) from error
    return listener


def _connection_limit() -> int:
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + SPARE_FILES
    files = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))
    return max(1, files - SPARE_FILES)


def _load_demo(app: Flask) -> None:
    if app.config["PURPOSE"] != "demo" or not units.is_empty(session()):
        return
    label = "Preparing a year of the demonstration, once …"
    with click.progressbar(length=demo.WEEKS, label=label) as weeks:
        password = demo.load(session(), period.now(), app.config["SMALLEST_GROUP"], weeks.update)
    # Before the commit: an account whose password nobody can read would be of no use.
    _password_file(app).write_text(password, "utf-8")
    session().commit()


def _address(host: str, port: int) -> str:
    """Return the address under which this machine reaches the server."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 a wildcard to replace
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"


def _banner(app: Flask) -> list[str]:
    base = _address(app.config["HOST"], app.config["PORT"])
    with app.test_request_context(base_url=base):
        manager = base + url_for("security.login")
        if app.config["PURPOSE"] == "demo":
            point = demo.first_point(session(), period.today())
            form = base + url_for("answer.show", token=point.code.token, lang=None)  # as printed
            account = f"{demo.EMAIL}  password: {_password(app)}"
            hint = "This is a demonstration. For real use: flask setup"
        else:
            form = base + url_for("answer.find")
            account = "yours (flask users add EMAIL --unit CODE)"
            hint = f"Database: {make_url(app.config['DATABASE_URL']).render_as_string()}"
    return [
        "",
        f"  Form (phiếu):        {form}",
        f"  Manager (quản lý):   {manager}",
        f"  Account (tài khoản): {account}",
        f"  {hint}",
        "  Stop (dừng): Ctrl+C",
        "",
    ]


def _password(app: Flask) -> str:
    try:
        return _password_file(app).read_text("utf-8")
    except FileNotFoundError:
        return f"(its file is gone; run flask users invite {demo.EMAIL})"


def _password_file(app: Flask) -> Path:
    return Path(app.instance_path) / "demo-password"


def _stop(_signal: int, _frame: Any) -> None:
    raise SystemExit(0)
