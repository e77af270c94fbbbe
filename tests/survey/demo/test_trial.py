"""The sheets that the demonstration sends itself."""

from datetime import date

from flask import Flask
from sqlalchemy import func, select

from survey import demo, period
from survey.db import session
from survey.demo import trial
from survey.storage import points, units
from survey.storage.receipts import Receipt
from survey.storage.responses import Response
from survey.storage.seen_nonces import SeenNonce
from tests import sheets
from tests.province import Place


def test_twenty_people_send_sheets_through_the_form(app: Flask, place: Place) -> None:
    assert trial.send(app, f"/p/{place.token}") == 20
    stored = sheets.stored(app)
    assert len(stored) == 20
    assert {row.channel for row in stored} == {"qr"}
    assert {row.business_day for row in stored} == {period.today()}
    assert len({row.answers for row in stored}) > 10
    with app.app_context():
        for table in (Receipt, SeenNonce):
            assert session().scalar(select(func.count()).select_from(table)) == 20


def test_they_do_so_within_a_request_without_sharing_its_session(app: Flask, place: Place) -> None:
    with app.test_request_context("/", method="POST"):
        before = session()
        before.close()
        assert trial.send(app, f"/p/{place.token}") == 20
        assert session() is before
        assert not before.in_transaction()


def test_what_takes_no_sheets_is_said(app: Flask, place: Place) -> None:
    assert trial.send(app, "/p/22222222") == 0
    with app.app_context():
        code = points.by_token(session(), place.token)
        points.close(code.point, period.now())
        session().commit()
    assert trial.send(app, f"/p/{place.token}") == 0
    assert sheets.stored(app) == []


def test_a_unit_sends_to_its_first_open_counter_that_counts(app: Flask, place: Place) -> None:
    today = period.today()
    with app.app_context():
        codes = units.subtree(session(), "31117", today)
        first = trial.open_point(session(), codes, today)
        assert first is not None
        assert first.public_id == place.point  # and not the counter for trying out
        points.close(first, period.now())
        session().flush()
        assert trial.open_point(session(), codes, today) is None


def test_a_close_now_releases_today_and_leaves_the_next_close_to_do(demo_app: Flask) -> None:
    with demo_app.app_context():
        token = demo.first_point(session(), period.today()).code.token
    assert trial.send(demo_app, f"/p/{token}") == 20
    with demo_app.app_context():
        before = trial.closes.last(session(), date.max)
        result = trial.close_now(session(), period.today(), 10)
        assert result.batches >= 1
        assert result.answers >= 20
        session().commit()
        today = select(func.count()).where(
            Response.business_day == period.today(), Response.batch_id.is_(None)
        )
        assert session().scalar(today) == 0
        after = trial.closes.last(session(), date.max)
        assert before is not None
        assert after is not None
        assert after.day == before.day
