import json
import threading
import time
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select, update

from survey import closing, db, period
from survey.cli import nightly
from survey.db import session
from survey.storage import audit_entries, closes, points
from survey.storage.batches import Batch
from survey.storage.responses import Response
from survey.storage.tallies import Tally
from tests import province, rows
from tests.province import Place

DAY = date(2026, 10, 20)


def _run(app: Flask, *options: str) -> Result:
    return app.test_cli_runner().invoke(args=["nightly", *options])


def _answers(app: Flask, place: Place, day: date, n: int) -> None:
    with app.app_context():
        rows.answers(session(), points.any_of(session(), place.point), day, n)
        session().commit()


def test_the_close_of_a_morning_releases_what_waited_and_says_so(both_app: Flask) -> None:
    place = province.build(both_app)
    _answers(both_app, place, DAY, 12)
    _answers(both_app, place, DAY + timedelta(days=1), 3)
    done = _run(both_app, "--as-of", "2026-10-21")
    assert done.exit_code == 0, done.output
    assert "Closed 2026-10-21 06:00: 12 answers in 1 batches, 0 still wait, 0 cells" in done.output
    with both_app.app_context():
        last = closes.last(session(), date.max)
        assert last is not None
        assert (last.day, last.answers, last.batches, last.threshold) == (DAY, 12, 1, 10)
        assert last.closed_at == datetime(2026, 10, 21, 6, tzinfo=period.VIETNAM)


def test_however_many_run_a_day_is_closed_once(app: Flask, place: Place) -> None:
    _answers(app, place, DAY, 12)
    assert _run(app, "--as-of", "2026-10-21").exit_code == 0
    again = _run(app, "--as-of", "2026-10-21")
    assert again.exit_code == 0
    assert "was done before; nothing to do" in again.output


def test_another_threshold_than_the_day_before_is_in_the_audit_log(
    app: Flask, place: Place
) -> None:
    _run(app, "--as-of", "2026-10-21")
    _run(app, "--as-of", "2026-10-22")
    app.config["SMALLEST_GROUP"] = 15
    _run(app, "--as-of", "2026-10-23")
    _run(app, "--as-of", "2026-10-24")
    with app.app_context():
        said = [(e.act, e.subject, e.detail) for e in audit_entries.page(session()).rows]
    assert said == [("change threshold", "2026-10-22", "10 → 15")]


def test_a_morning_that_has_not_come_is_refused(app: Flask, place: Place) -> None:
    done = _run(app, "--as-of", "2999-01-01")
    assert done.exit_code == 1
    assert "has not come yet; nothing was done" in done.output
    with app.app_context():
        assert closes.last(session(), date.max) is None


def test_without_a_day_the_last_six_o_clock_is_closed(app: Flask, place: Place) -> None:
    _answers(app, place, DAY, 12)
    with time_machine.travel(datetime(2026, 10, 22, 5, 59, tzinfo=period.VIETNAM), tick=False):
        assert "Closed 2026-10-21 06:00" in _run(app).output
    with time_machine.travel(datetime(2026, 10, 22, 6, 0, tzinfo=period.VIETNAM), tick=False):
        assert "Closed 2026-10-22 06:00" in _run(app).output


def test_sums_that_do_not_fit_their_answers_raise_the_alarm(both_app: Flask) -> None:
    place = province.build(both_app)
    _answers(both_app, place, DAY, 12)
    assert _run(both_app, "--as-of", "2026-10-21").exit_code == 0
    with both_app.app_context():
        session().execute(update(Tally).values(n=11))
        session().commit()
    done = _run(both_app, "--as-of", "2026-10-22")
    assert done.exit_code == 1
    assert "The sums of 1 batches differ from their answers" in done.output


def test_the_files_hold_no_trace_of_the_order_after_the_close(app: Flask, place: Place) -> None:
    _answers(app, place, DAY, 12)
    _run(app, "--as-of", "2026-10-21")
    with app.app_context():
        assert db.engine().url.database
        log = Path(f"{db.engine().url.database}-wal")
    # What the log holds is the note that the files were written anew, and no answer.
    assert not log.exists() or place.manager.encode() not in log.read_bytes()
    assert not log.exists() or b"31117" not in log.read_bytes()


def test_files_that_could_not_be_written_anew_are_tried_again(
    app: Flask, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full() -> bool:
        raise OSError(28, "No space left on device")

    _answers(app, place, DAY, 12)
    monkeypatch.setattr(db, "tidy", full)
    with app.app_context():
        assert nightly._close_safely() == nightly.RETRY
        assert closes.is_untidy(session())
        session().rollback()
    monkeypatch.setattr(db, "tidy", lambda: False)
    with app.app_context():
        assert nightly._close_safely() == nightly.RETRY
        session().rollback()
    monkeypatch.undo()
    with app.app_context():
        assert nightly._close_safely() > nightly.RETRY
        assert not closes.is_untidy(session())


def test_a_reader_makes_the_files_wait_and_not_the_citizens(app: Flask, place: Place) -> None:
    _answers(app, place, DAY, 12)
    with app.app_context():
        reader = db.snapshot()
        reader.scalar(select(func.count()).select_from(Response))
        began = time.monotonic()
        nightly.close(period.now())
        assert time.monotonic() - began < 10
        assert closes.is_untidy(session())
        session().rollback()
        reader.close()
        nightly.close(period.now())
        assert not closes.is_untidy(session())


def test_the_server_catches_up_when_it_starts(app: Flask, place: Place) -> None:
    _answers(app, place, DAY, 12)
    stop = threading.Event()
    thread = nightly.keep_closing(app, stop)
    end = time.monotonic() + 20
    released = 0
    while not released and time.monotonic() < end:
        time.sleep(0.05)
        with app.app_context():
            released = session().scalar(select(func.count()).select_from(Batch)) or 0
    stop.set()
    thread.join(20)
    assert (released, thread.is_alive()) == (1, False)


def test_the_next_close_is_the_next_six_o_clock(app: Flask, place: Place) -> None:
    with (
        time_machine.travel(datetime(2026, 10, 22, 4, 30, tzinfo=period.VIETNAM), tick=False),
        app.app_context(),
    ):
        assert nightly._close_safely() == timedelta(hours=1, minutes=30)


def test_a_close_that_fails_is_logged_and_tried_again(
    app: Flask, place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_args: object, **_kwargs: object) -> None:
        raise OSError(28, "No space left on device")

    _answers(app, place, DAY, 12)
    monkeypatch.setattr(closing, "close_day", full)
    with app.app_context():
        assert nightly._close_safely() == nightly.RETRY
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["event"] == "close failed"
    monkeypatch.undo()
    with app.app_context():
        nightly._close_safely()
        assert set(session().scalars(select(Response.batch_id))) == {1}
