import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from survey import db, period
from survey.db import make_engine, session
from survey.storage import points, units
from tests import province


def test_the_session_of_a_get_cannot_write(both_app: Flask) -> None:
    province.build(both_app)
    with both_app.test_request_context("/"), pytest.raises(DBAPIError):
        points.add(session(), "31117", "Quầy 7", period.now(), period.today())
    with both_app.test_request_context("/", method="POST"):
        points.add(session(), "31117", "Quầy 7", period.now(), period.today())
        session().commit()


def test_a_session_that_read_gives_back_a_connection_that_can_write(both_app: Flask) -> None:
    province.build(both_app)
    for method in ("GET", "POST", "GET", "POST"):
        with both_app.test_request_context("/", method=method):
            assert units.get(session(), "92", period.today())
            if method == "POST":
                units.get(session(), "92", period.today()).electronic_id = "H13"
                session().commit()


def test_a_reader_does_not_wait_for_a_writer(database_url: str) -> None:
    engine = make_engine(database_url)
    with Session(engine) as writer:
        units.put(writer, province.ROWS, province.SINCE)
        with Session(engine.execution_options(read_only=True)) as reader:
            assert units.is_empty(reader)
        writer.commit()
    engine.dispose()


def test_sqlite_loses_no_accepted_answer_on_a_power_failure(sqlite_url: str) -> None:
    engine = make_engine(sqlite_url)
    with engine.connect() as connection:
        settings = {
            name: connection.scalar(sa.text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    engine.dispose()


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_an_address_as_hosting_platforms_write_it_is_understood(scheme: str) -> None:
    engine = make_engine(f"{scheme}://ai@127.0.0.1/hailong")
    assert engine.url.drivername == "postgresql+psycopg"
    engine.dispose()


def test_writers_of_one_process_take_turns_and_none_is_left_holding_it(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "BUSY_SECONDS", 1)
    engine = make_engine(sqlite_url)
    other = sqlite3.connect(engine.url.database or "")
    other.execute("BEGIN IMMEDIATE")
    with Session(engine) as refused, pytest.raises(OperationalError):
        units.put(refused, province.ROWS, province.SINCE)
    other.rollback()
    other.close()
    with Session(engine) as failed, pytest.raises(ZeroDivisionError):
        units.put(failed, province.ROWS, province.SINCE)
        raise ZeroDivisionError
    with Session(engine) as writer:
        assert units.put(writer, province.ROWS, province.SINCE).added == 3
        writer.commit()
    engine.dispose()


def test_many_threads_write_and_all_is_kept(sqlite_url: str) -> None:
    engine = make_engine(sqlite_url)

    def write(number: int) -> None:
        with Session(engine) as session:
            row = replace(province.ROWS[0], code=f"{number:02d}", name=f"Tỉnh {number}")
            units.put(session, [row], province.SINCE)
            session.commit()

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(write, range(60)))
    with Session(engine) as session:
        assert len(units.current(session)) == 60
    engine.dispose()
