"""The engine (SQLite or PostgreSQL by URL) and one session per request.

The only place, with `storage/base.py`, that knows which database it talks to.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import sqlalchemy as sa
from flask import Flask, current_app, g, has_request_context, request
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry, StaticPool

from survey.config import ConfigError

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# Hashing a password takes long and writes nothing: answers must not wait behind it.
BUSY_SECONDS = 15
SCHEMA_LOCK, CLOSE_LOCK = 0x4A1104, 0x4A1105
SLOW_ENDPOINTS = frozenset({"security.login", "security.verify"})


def init_app(app: Flask) -> None:
    """Give the application its engine and close each session with its context."""
    try:
        app.extensions["engine"] = make_engine(app.config["DATABASE_URL"])
    except (sa.exc.ArgumentError, sa.exc.NoSuchModuleError, ModuleNotFoundError) as error:
        raise ConfigError(
            "DATABASE_URL is not the address of a database we know. Give it as "
            "postgresql://user:password@host/name, or unset it to use SQLite."
        ) from error
    app.teardown_appcontext(_close)


def make_engine(address: str) -> sa.Engine:
    """Return an engine for a database address, set up so that no accepted answer is lost."""
    url = make_url(address)
    if url.drivername in {"postgres", "postgresql"}:
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() != "sqlite":
        # prepare_threshold=None: prepared statements break behind a transaction pooler.
        return sa.create_engine(
            url,
            pool_pre_ping=True,
            hide_parameters=True,  # they hold answers, and errors are logged
            # A resend must see what the first transaction committed, whatever the default.
            isolation_level="READ COMMITTED",
            connect_args={"prepare_threshold": None},
        )
    options: dict[str, Any] = {} if url.database else {"poolclass": StaticPool}
    threads = {"check_same_thread": False}
    engine = sa.create_engine(url, connect_args=threads, hide_parameters=True, **options)
    turn = WriteTurn()
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", turn.begin)
    event.listen(engine, "checkin", turn.end)
    return engine


def engine() -> sa.Engine:
    """Return the engine of the current application."""
    return cast(sa.Engine, current_app.extensions["engine"])


def lock(connection: sa.Connection, number: int) -> None:
    """Let one process at a time do something; on SQLite its transaction is lock enough."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(number)))


def session() -> Session:
    """Return the session of this request or command, opening it on first use.

    The session of a GET is read-only in the database itself: a page that writes by
    mistake fails in its first test, and on SQLite a reader never waits for a writer.
    """
    if "session" not in g:
        options = {"read_only": True, "postgresql_readonly": True} if _is_reading() else {}
        if _is_slow():
            options = {"deferred": True}
        g.session = Session(engine().execution_options(**options), expire_on_commit=False)
    return cast(Session, g.session)


@contextmanager
def writing() -> Iterator[Session]:
    """Yield a session that may write, also while a page is only read.

    That is the request's own where it may, and stands with its commit; else one that is
    committed at once.
    """
    if not (_is_reading() or _is_slow()):
        yield session()
        return
    with Session(engine(), expire_on_commit=False) as own:
        yield own
        own.commit()


def snapshot() -> Session:
    """Return a reading session all of whose queries see the database at one moment."""
    options: dict[str, Any] = {"read_only": True, "postgresql_readonly": True}
    if engine().dialect.name == "postgresql":
        options["isolation_level"] = "REPEATABLE READ"
    return Session(engine().execution_options(**options))


def tidy() -> bool:
    """Write the files of the database anew, without the order in which rows came.

    Returns False when somebody was reading and part of it is still to be done. On SQLite
    other writers wait for a moment; on PostgreSQL nobody does.
    """
    session().close()
    with engine().execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        if connection.dialect.name == "postgresql":
            for table in ("response", "receipt", "seen_nonce", "comment"):
                connection.exec_driver_sql(f"VACUUM {table}")
            return True
        # Not longer than a citizen waits without noticing: there is another time.
        connection.exec_driver_sql("PRAGMA busy_timeout=1000")
        connection.exec_driver_sql("VACUUM")
        busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0]
        connection.exec_driver_sql(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
        return not busy


def _is_reading() -> bool:
    return has_request_context() and request.method in SAFE_METHODS


def _is_slow() -> bool:
    return has_request_context() and request.endpoint in SLOW_ENDPOINTS


def _close(_error: BaseException | None) -> None:
    opened: Session | None = g.pop("session", None)
    if opened is not None:
        opened.close()


def _configure_sqlite(connection: Any, _record: ConnectionPoolEntry) -> None:
    # Autocommit at the driver: SQLAlchemy's own BEGIN (below) is the only one.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",  # an accepted answer survives a power failure
        "foreign_keys=ON",
        f"busy_timeout={BUSY_SECONDS * 1000}",
    ):
        connection.execute(f"PRAGMA {pragma}")


class WriteTurn:
    """SQLite's writers of this process, one at a time and in turn.

    SQLite itself lets a second writer sleep and try again, ever longer, so that a few wait
    for seconds while others pass; a lock wakes the next one when its turn comes.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def begin(self, connection: sa.Connection) -> None:
        """Begin a transaction: a writer takes its turn first."""
        options = connection.get_execution_options()
        read_only = bool(options.get("read_only"))
        connection.exec_driver_sql(f"PRAGMA query_only={int(read_only)}")
        # A migration makes tables anew: dropping the old one would delete what refers to it.
        checks = not options.get("rebuilds_tables")
        connection.exec_driver_sql(f"PRAGMA foreign_keys={int(checks)}")
        if read_only or options.get("deferred"):
            connection.exec_driver_sql("BEGIN")
            return
        connection.info["turn"] = self._lock.acquire(timeout=BUSY_SECONDS)
        if options.get("isolation_level") != "AUTOCOMMIT":  # as a VACUUM must be
            # The write lock at once: upgrading a read lock later fails instead of waiting.
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    def end(self, _connection: Any, record: ConnectionPoolEntry) -> None:
        """Give the turn back when the connection returns to its pool, committed or not."""
        if record.info.pop("turn", False):
            self._lock.release()
