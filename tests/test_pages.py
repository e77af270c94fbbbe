"""Queries of every manager's page: few, and no more of them where there is more to show."""

from collections.abc import Sequence
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient

from survey import period
from survey.db import session
from survey.storage import users
from survey.storage.comments import Comment
from survey.storage.users import PROVINCE_ADMIN
from tests import pages, peers, province

MOST = 50


def test_no_page_makes_more_queries_with_twelve_units_than_with_two(app: Flask) -> None:
    _grow(app, 2)
    email = province.person(app, "tinh@hailong.example", (PROVINCE_ADMIN, peers.PROVINCE))
    client = province.sign_in(app, email)
    few = _queries(app, client)
    _grow(app, 10, first=31150)
    many = _queries(app, client)
    assert len(few) > 25, "the pages are no longer found"
    assert {name: n for name, n in many.items() if n > few[name]} == {}
    assert {name: n for name, n in many.items() if n > MOST} == {}


def _queries(app: Flask, client: FlaskClient) -> dict[str, int]:
    found = {}
    for name, path in pages.of_managers(app, peers.PROVINCE).items():
        with pages.counted(app) as statements:
            assert province.get(client, path).status_code == 200, name
        found[name] = len(statements)
    return found


def _grow(app: Flask, n: int, first: int = 31100) -> None:
    """Add communes with two counters, figures of two months, a manager and comments each."""
    month = period.containing(period.today()).previous
    with app.app_context():
        for code in peers.communes(session(), n, first=first):
            ids = peers.counters(session(), code)
            for place, point_id in enumerate(ids):
                for each in (month.previous, month):
                    peers.release(session(), code, point_id, each, 40 + place, satisfied=0.8)
            users.add(session(), f"{code}@hailong.example", code, "manager", period.now())
            session().add_all(_comments(code, ids))
        peers.closed(session(), period.today() - timedelta(days=n))
        session().commit()


def _comments(code: str, point_ids: Sequence[int]) -> list[Comment]:
    today = period.today()
    return [
        Comment(
            key=int(code) * 10 + number,
            point_id=point_id,
            unit_code=code,
            receipt_digest=bytes(32),
            business_day=today - timedelta(days=3),
            language="vi",
            is_test=False,
            text="Chờ hơi lâu.",
            masked="Chờ hơi lâu.",
            released_on=today,
        )
        for number, point_id in enumerate(point_ids)
    ]
