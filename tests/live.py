"""The real server and a real browser, for tests and for the pictures in docs."""

import fcntl
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from playwright.sync_api import Browser, Page, Playwright, sync_playwright
from sqlalchemy.orm import Session

from survey import period
from survey.db import make_engine
from survey.storage import points
from survey.storage.responses import Response

ROOT = Path(__file__).parents[1]
CHROMIUM = shutil.which("chromium")
# What Chromium would do besides our pages: sandbox itself as root, update, call home.
SWITCHES = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SECONDS_TO_START, SECONDS_TO_STOP = 100, 10
UNIT = "00010"
# Where signing in leads: to the results, or to the first counter before there are any.
HOME = re.compile(r"/(results|start)")


@dataclass(frozen=True)
class Server:
    """A server that listens, with everything it has said so far."""

    base: str
    instance: Path
    output: Path

    def said(self, name: str) -> str:
        """Return what the banner says behind a name."""
        found = re.search(rf"{re.escape(name)}:\s+(.+)", self.output.read_text("utf-8"))
        assert found, self.output.read_text("utf-8")
        return found[1]

    @property
    def form(self) -> str:
        """The address of the form in the banner."""
        return self.said("Form (phiếu)")

    @property
    def account(self) -> tuple[str, str]:
        """The address and the password of the demonstration account."""
        email, password = self.said("Account (tài khoản)").split("  password: ")
        return email, password

    @property
    def requests(self) -> int:
        """How many requests have come in: one line of the log each."""
        return self.output.read_text("utf-8").count('"event": "request"')

    @property
    def rows(self) -> list[bytes]:
        """The answers of every row of `response`."""
        with self.session() as session:
            return list(session.scalars(sa.select(Response.answers)))

    def open_point(self, name: str) -> str:
        """Open a counter of a test's own; return the address of its form."""
        with self.session() as session:
            point = points.add(session, UNIT, name, period.now(), period.today())
            session.commit()
            return f"{self.base}/p/{point.code.token}"

    def invite(self, email: str, unit: str = UNIT) -> str:
        """Add a manager as the command line does; return the one-time link it prints."""
        made = subprocess.run(
            [sys.executable, "-m", "flask", "users", "add", email, "--unit", unit],
            cwd=ROOT,
            env=environment()
            | {"FLASK_INSTANCE_PATH": str(self.instance), "PUBLIC_BASE_URL": self.base},
            capture_output=True,
            text=True,
            check=True,
        )
        return made.stdout.split()[-1]

    def close_point(self, address: str) -> None:
        """Close the counter with this address."""
        with self.session() as session:
            code = points.by_token(session, address.rsplit("/", 1)[-1])
            points.close(code.point, period.now())
            session.commit()

    def public_id(self, address: str) -> str:
        """Return the name of this counter in the addresses of its manager."""
        with self.session() as session:
            return points.by_token(session, address.rsplit("/", 1)[-1]).point.public_id

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Open the server's own database beside it."""
        engine = make_engine(f"sqlite:///{self.instance / 'demo.db'}")
        with Session(engine, expire_on_commit=False) as session:
            yield session
        engine.dispose()


class Stored:
    """The rows that a test adds to the table `response`."""

    def __init__(self, server: Server) -> None:
        self._server, self._before = server, Counter(server.rows)

    @property
    def levels(self) -> list[int]:
        """The overall level of each added row, in order of size."""
        added = Counter(self._server.rows) - self._before
        return sorted(row[0] for row in added.elements())


@contextmanager
def serving(folder: Path, *options: str, **settings: str) -> Iterator[Server]:
    """Run `flask serve` on a free port of 127.0.0.1, with an instance folder in `folder`."""
    port, instance, output = free_port(), folder / "instance", folder / "output"
    settings |= {"HOST": "127.0.0.1", "PORT": str(port), "FLASK_INSTANCE_PATH": str(instance)}
    with output.open("wb") as written:
        process = subprocess.Popen(
            [sys.executable, "-m", "flask", "serve", *options],
            cwd=ROOT,
            env=environment() | settings,
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait(process, output)
        yield Server(f"http://127.0.0.1:{port}", instance, output)
    finally:
        _stop(process)


def demonstration(folder: Path) -> Path:
    """Return a folder in which `flask serve --prepare` ran once, for all processes of a test run.

    Making the demonstration's year takes many seconds; copying its files takes none.
    """
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            with serving(folder, "--prepare"):
                pass
            (folder / "done").touch()
    return folder


@contextmanager
def browsing() -> Iterator[tuple[Server, Browser]]:
    """A demonstration in a folder of its own and a browser, for commands that look at pages."""
    if CHROMIUM is None:
        raise SystemExit("This needs Chromium; run: make browser")
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder), "--prepare") as server,
        sync_playwright() as playwright,
    ):
        browser = launch(playwright)
        yield server, browser
        browser.close()


def launch(playwright: Playwright) -> Browser:
    """Start Debian's Chromium."""
    return playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)


def sign_in(page: Page, server: Server) -> None:
    """Sign in with the demonstration account, as the banner says."""
    email, password = server.account
    page.goto(server.said("Manager (quản lý)"))
    page.fill("input[type=email]", email)
    page.fill("input[type=password]", password)
    page.click("main button")
    page.wait_for_url(HOME)


def environment() -> dict[str, str]:
    """Return this environment without settings meant for another server."""
    ours = ("DATABASE_URL", "PUBLIC_BASE_URL", "HOST", "PORT")
    return {k: v for k, v in os.environ.items() if k not in ours and not k.startswith("FLASK_")}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _wait(process: subprocess.Popen[bytes], output: Path) -> None:
    end = time.monotonic() + SECONDS_TO_START
    while "Ctrl+C" not in output.read_text("utf-8"):
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"flask serve did not start:\n{output.read_text('utf-8')}")
        time.sleep(0.05)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(SECONDS_TO_STOP)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
