"""The application on a fresh database of either kind, and a client that reads strictly."""

import gzip
import os
import shutil
import tempfile
from collections.abc import Callable, Hashable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import html5lib
import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings
from jinja2 import FileSystemBytecodeCache
from sqlalchemy.engine import URL
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from survey import period, schema
from survey.app import create_app
from survey.cli.serve import settle_memory
from survey.db import make_engine
from tests import live, postgresql, province

# The first example pays for imports and caches, and a busy machine for its neighbours: a time
# limit for each example would fail now and then without telling anything.
settings.register_profile("ours", deadline=None)
settings.load_profile("ours")

MEMORY, ROOM = Path("/dev/shm"), 4 << 30
TEMPLATE = "hai_long_template"
# Copies the files of the template; what PostgreSQL 15 does by default writes each page anew.
COPY = f'CREATE DATABASE "{{}}" TEMPLATE "{TEMPLATE}" STRATEGY FILE_COPY'


def _use_memory() -> None:
    # Databases are made and dropped thousands of times: on a disk half of the time is waiting.
    if "TMPDIR" in os.environ or not MEMORY.is_dir():
        return
    found = os.statvfs(MEMORY)
    may_run = not found.f_flag & os.ST_NOEXEC  # the PostgreSQL of a wheel is copied and started
    if may_run and found.f_bavail * found.f_frsize > ROOM:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)


_use_memory()
_folder = tempfile.TemporaryDirectory()
COMPILED = FileSystemBytecodeCache(_folder.name)
_numbers = count()
_builders: dict[Hashable, Any] = {}
_compile_builder = Rule._compile_builder


def pytest_collection_finish() -> None:
    """Let the collector pass over what lives as long as the tests: a fifth of their time."""
    settle_memory()


def _kept_builder(rule: Rule, append_unknown: bool = True) -> Any:
    """Compile what builds the addresses of a rule once, not in each of 3,000 applications.

    It is most of what `create_app` takes, and the same for equal rules.
    """
    defaults = tuple(sorted((rule.defaults or {}).items()))
    key = rule.rule, rule.host, rule.subdomain, defaults, append_unknown
    if key not in _builders:
        _builders[key] = _compile_builder(rule, append_unknown)
    return _builders[key]


Rule._compile_builder = _kept_builder  # type: ignore[method-assign]


def parse(page: str) -> None:
    """Fail on a page that a browser would have to repair."""
    html5lib.HTMLParser(strict=True).parse(page)


class StrictClient(FlaskClient):
    """A client that parses every page strictly."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        response = super().open(*args, **kwargs)
        if response.mimetype == "text/html" and response.data:
            packed = response.content_encoding == "gzip"
            parse((gzip.decompress(response.data) if packed else response.data).decode())
        return response


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite database with the tables and questionnaires, to be copied."""
    file = tmp_path_factory.mktemp("template") / "template.db"
    engine = make_engine(f"sqlite:///{file}")
    schema.upgrade(engine, "real", date(2026, 1, 1))
    engine.dispose()
    return file


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[URL]:
    """A running PostgreSQL whose template database has the tables and questionnaires."""
    try:
        with postgresql.server() as address:
            _admin(address, f'DROP DATABASE IF EXISTS "{TEMPLATE}"')
            _admin(address, f'CREATE DATABASE "{TEMPLATE}"')
            engine = make_engine(_text(address.set(database=TEMPLATE)))
            schema.upgrade(engine, "real", date(2026, 1, 1))
            engine.dispose()
            yield address
    except (RuntimeError, OSError) as error:
        if os.environ.get("REQUIRE_POSTGRESQL"):
            raise
        pytest.skip(f"NO POSTGRESQL, HALF OF THE STORAGE IS UNTESTED: {error}")


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The address of a fresh SQLite database."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'hailong.db')}"


@pytest.fixture
def postgresql_url(postgresql_server: URL) -> Iterator[str]:
    """The address of a fresh PostgreSQL database."""
    name = f"hai_long_{os.getpid()}_{next(_numbers)}"
    _admin(postgresql_server, COPY.format(name))
    yield _text(postgresql_server.set(database=name))
    _admin(postgresql_server, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a fresh database; a test that asks for it runs on both."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


def _make_app(url: str, tmp_path: Path, **overrides: Any) -> Iterator[Flask]:
    settings = {
        "TESTING": True,
        "INSTANCE_PATH": str(tmp_path / "instance"),
        "DATABASE_URL": url,
        "SECRET_KEY": "only for tests",
        "PUBLIC_BASE_URL": "https://hailong.example.vn",
        "SERVER_NAME": None,
        "RATELIMIT_ENABLED": False,
        "SCAN_SECONDS": 0,  # no thread may outlive its test: a test writes scans down itself
        # A third of the time of a page's test went into hashing that is slow on purpose.
        "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {
            "argon2__rounds": 1,
            "argon2__memory_cost": 8,
            "argon2__parallelism": 1,
        },
    }
    app = create_app(settings | overrides)
    app.jinja_env.bytecode_cache = COMPILED  # every application would compile its own
    app.test_client_class = StrictClient
    yield app
    app.extensions["engine"].dispose()


@pytest.fixture(autouse=True)
def calendar_months() -> Iterator[None]:
    """Calendar months for the next test, whatever this one has chosen."""
    yield
    period.use(None)


@pytest.fixture
def make_app(sqlite_url: str, tmp_path: Path) -> Iterator[Callable[..., Flask]]:
    """A maker of applications on SQLite whose settings differ from the usual ones."""
    with ExitStack() as stack:
        make = contextmanager(_make_app)
        yield lambda **settings: stack.enter_context(make(sqlite_url, tmp_path, **settings))


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the first `flask serve --prepare` left: its output, and its instance to be copied."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    return live.demonstration(shared / "demonstration")


@pytest.fixture
def demo_app(prepared: Path, tmp_path: Path) -> Iterator[Flask]:
    """The application with the demonstration and its year."""
    shutil.copytree(prepared / "instance", tmp_path / "instance")
    own = {"DATABASE_URL": None, "SECRET_KEY": None, "PUBLIC_BASE_URL": None}
    yield from _make_app("", tmp_path, **own)


@pytest.fixture
def both_app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The application; the test runs once on each database."""
    yield from _make_app(database_url, tmp_path)


@pytest.fixture
def official_app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The application on each database, with the official months of reports from 2026 on."""
    yield from _make_app(database_url, tmp_path, OFFICIAL_MONTHS_FROM=2026)


@pytest.fixture
def app(sqlite_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The application on SQLite, for what does not depend on the database."""
    yield from _make_app(sqlite_url, tmp_path)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client without cookies to begin with."""
    return app.test_client()


@pytest.fixture
def session(database_url: str) -> Iterator[Session]:
    """A session on each database, for tests of storage."""
    engine = make_engine(database_url)
    with Session(engine, expire_on_commit=False) as opened:
        yield opened
    engine.dispose()


@pytest.fixture
def place(app: Flask) -> province.Place:
    """A small province in the database of `app`."""
    return province.build(app)


@pytest.fixture
def manager(app: Flask, place: province.Place) -> FlaskClient:
    """A client signed in as manager of one commune of `place`."""
    return province.sign_in(app, place.manager)


def _admin(address: URL, statement: str) -> None:
    # The driver alone: an engine for each statement takes longer than most statements.
    plain = _text(address.set(drivername="postgresql"))
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(statement)


def _text(address: URL) -> str:
    return address.render_as_string(hide_password=False)
