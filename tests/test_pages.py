"""Queries of every manager's page: few, and no more of them where there is more to show."""

from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from survey import period
from survey.db import session
from survey.storage import users
from survey.storage.points import ServicePoint
from survey.storage.users import PROVINCE_ADMIN
from tests import pages, peers, plenty, province

MOST = 50
# Pages that list what was added: longer where there is more of it.
GROWN = (
    "account.show",
    "alerts.listing",
    "checks.show",
    "comments.listing",
    "comparison.show",
    "dossiers.show",
    "invitations.show",
    "moderation.listing",
    "people.listing",
    "people.show",
    "points.listing",
)


def test_no_page_makes_more_queries_with_twelve_units_than_with_two(app: Flask) -> None:
    _grow(app, 2)
    email = province.person(app, "tinh@hailong.example", (PROVINCE_ADMIN, peers.PROVINCE))
    client = province.sign_in(app, email)
    few, short = _read(app, client)
    _grow(app, 10, first=31150)
    with app.app_context():
        plenty.sign_in_again(session(), users.every(session())[-1], 5)
        session().commit()
    many, long = _read(app, client)
    assert len(few) > 25, "the pages are no longer found"
    assert [name for name in GROWN if long[name] <= short[name]] == []
    assert {name: n for name, n in many.items() if n > few[name]} == {}
    assert {name: n for name, n in many.items() if n > MOST} == {}


def _read(app: Flask, client: FlaskClient) -> tuple[dict[str, int], dict[str, int]]:
    """Return the queries of every page, and its length."""
    queries, lengths = {}, {}
    for name, path in pages.of_managers(app, peers.PROVINCE).items():
        with pages.counted(app) as statements:
            answer = province.get(client, path)
        assert answer.status_code == 200, name
        queries[name], lengths[name] = len(statements), len(answer.text)
    return queries, lengths


def _grow(app: Flask, n: int, first: int = 31100) -> None:
    """Add communes with two counters, figures of two months, and whatever else pages list."""
    month = period.containing(period.today()).previous
    with app.app_context():
        ids = []
        for code in peers.communes(session(), n, first=first):
            for place, point_id in enumerate(peers.counters(session(), code)):
                ids.append(point_id)
                for each in (month.previous, month):
                    peers.release(session(), code, point_id, each, 40 + place, satisfied=0.8)
        opened = session().scalars(select(ServicePoint).where(ServicePoint.id.in_(ids)))
        plenty.fill(session(), opened.all())
        peers.closed(session(), period.today() - timedelta(days=n))
        session().commit()
