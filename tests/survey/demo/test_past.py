"""The demonstration as a newcomer finds it, and how its year came into the tables."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from survey import closing, demo, period
from survey.db import session, snapshot
from survey.demo import counters, past
from survey.splits import SPLITS
from survey.storage import closes, comments, points, responses, split_tallies, units
from survey.storage.batches import Batch
from survey.storage.comments import Comment
from survey.storage.imports import Import
from survey.storage.points import ServicePoint
from survey.storage.responses import Response
from survey.storage.split_tallies import SplitTally
from tests import province, rows
from tests.province import ROWS, SINCE

SMALLEST = 10


@pytest.fixture
def today(demo_app: Flask) -> Iterator[date]:
    """The day of the last close, in the context of the demonstration."""
    with demo_app.app_context():
        last = session().scalar(select(func.max(closes.Close.closed_at)))
        assert last is not None
        yield period.business_day(last)


def _points(today: date) -> list[ServicePoint]:
    codes = units.subtree(session(), demo.PROVINCE, today)
    return [point for point, _unit in points.listing(session(), codes, today).rows]


def test_nobody_takes_its_units_for_real(today: date) -> None:
    codes = units.subtree(session(), demo.PROVINCE, today)
    named = units.named(session(), codes, today)
    assert len(named) == 13
    assert all("mẫu" in unit.name.lower() for unit in named)


def test_it_has_three_counters_in_every_commune_and_a_few_others(today: date) -> None:
    found = _points(today)
    assert len(found) == 3 * 10 + len(counters.OTHERS) + 1
    assert sum(point.is_test for point in found) == 1
    assert sum(not point.is_open for point in found) == 2
    assert demo.first_point(session(), today).is_open


def test_a_year_of_answers_came_in_until_yesterday(today: date) -> None:
    first, last, n = (
        session()
        .execute(
            select(func.min(Response.business_day), func.max(Response.business_day), func.count())
        )
        .one()
    )
    assert n > 25_000
    assert today - timedelta(days=365) <= first < today - timedelta(days=350)
    assert today - timedelta(days=15) < last < period.today()


def test_it_is_closed_until_yesterday_with_every_period_due(today: date) -> None:
    last = closes.last(session(), date.max)
    assert last is not None
    assert last.day == today - timedelta(days=1)
    assert last.threshold == SMALLEST
    for kind in ("month", "quarter"):
        over = period.containing(today - timedelta(days=100), kind)
        assert closes.is_closed(over, last) is (over.closes_on <= today)


def test_every_month_was_released_in_batches_of_at_least_ten(today: date) -> None:
    batches = session().scalars(select(Batch)).all()
    assert min(batch.n for batch in batches) >= SMALLEST
    months = {batch.starts_on for batch in batches if batch.period.kind == "month"}
    last = period.containing(today - timedelta(days=40)).start
    assert last in months
    assert len(months) >= 12


def test_what_counters_left_over_was_released_by_their_unit(today: date) -> None:
    leftovers = session().scalars(select(Batch).where(Batch.point_id.is_(None))).all()
    assert len({batch.unit_code for batch in leftovers}) > 5
    # Where every counter is quiet, hardly one has a batch of its own.
    quiet = session().scalars(select(Batch).where(Batch.unit_code == "00010")).all()
    assert len(quiet) > 5
    assert sum(batch.point_id is None for batch in quiet) > len(quiet) / 2


def test_what_still_waits_is_too_little_to_be_shown(today: date) -> None:
    waiting = responses.waiting(session(), today - timedelta(days=1))
    groups = Counter(
        (row.point_id, row.import_id, period.containing(row.business_day)) for row in waiting
    )
    assert 0 < max(groups.values()) < SMALLEST


def test_its_sums_are_those_of_its_answers(today: date) -> None:
    with snapshot() as one:
        assert closing.check(one) == []


def test_closed_months_are_told_apart_in_every_way(today: date) -> None:
    groups = session().execute(select(SplitTally.split, SplitTally.category).distinct()).all()
    assert {split for split, _category in groups} == set(SPLITS)
    assert {("on_time", "late"), ("visit", "collect"), ("field", "Tư pháp")} <= set(
        map(tuple, groups)
    )
    assert session().scalar(select(func.min(SplitTally.smallest))) >= SMALLEST
    last = period.containing(today - timedelta(days=40))
    assert last.start in split_tallies.decided(session())


def test_no_counter_has_answers_from_before_it_opened_or_after_it_closed(today: date) -> None:
    days = (func.min(Response.business_day), func.max(Response.business_day))
    query = select(Response.point_id, *days).where(Response.import_id.is_(None))
    spans = {row[0]: row[1:] for row in session().execute(query.group_by(Response.point_id))}
    for point in _points(today):
        first, last = spans.get(point.id, (None, None))
        assert (first is None) is point.is_test
        if first is not None:
            assert period.business_day(point.opened_at) <= first
        if point.closed_at is not None:
            assert last <= period.business_day(point.closed_at)


def test_one_commune_brought_its_older_answers_in(today: date) -> None:
    (brought,) = session().scalars(select(Import))
    assert brought.counted_on is not None
    query = select(Response.unit_code, Response.channel, func.count()).where(
        Response.import_id == brought.id
    )
    ((unit_code, channel, n),) = session().execute(query.group_by("unit_code", "channel"))
    assert (unit_code, channel) == ("00003", "imported")
    assert n > 150
    released = select(func.sum(Batch.n)).where(Batch.is_imported)
    assert session().scalar(released) > 0.8 * n


def test_some_people_wrote_and_most_of_it_was_released(today: date) -> None:
    written = session().scalar(select(func.count()).select_from(Comment)) or 0
    assert 200 < written < 500
    released = comments.count(session(), units.subtree(session(), demo.PROVINCE, today))
    assert written / 2 < released < written
    held = select(func.count()).select_from(Comment).where(Comment.holds == "money")
    assert 0 < (session().scalar(held) or 0) < written / 10
    # Whatever day it is, a moderator finds one whose words are still kept.
    assert session().scalar(held.where(Comment.text.is_not(None)))
    shown = comments.listing(session(), units.subtree(session(), demo.PROVINCE, today))
    assert any("[tên người]" in (comment.masked or "") for comment, _point in shown.rows)


def test_its_account_signs_in_and_sees_the_province(demo_app: Flask, prepared: Path) -> None:
    password = (prepared / "instance" / "demo-password").read_text("utf-8")
    assert len(password) == 16
    client = province.sign_in(demo_app, demo.EMAIL, password)
    page = province.get(client, "/points").get_data(as_text=True)
    assert "(34)" in page


def test_a_start_that_is_cut_off_leaves_nothing(app: Flask) -> None:
    told = []

    def interrupt(n: int) -> None:
        told.append(n)
        if len(told) == 3:
            raise KeyboardInterrupt

    with app.app_context():
        with pytest.raises(KeyboardInterrupt):
            demo.load(session(), period.now(), SMALLEST, interrupt)
        assert not units.is_empty(session())
    with app.app_context():
        assert units.is_empty(session())
        assert session().scalar(select(func.count()).select_from(Response)) == 0
        assert closes.last(session(), date.max) is None


def test_before_six_in_the_morning_yesterday_still_waits(app: Flask) -> None:
    last = date(2026, 11, 20)
    busy = counters.Counter(unit_code="31117", name="Quầy 1", a_month=300)
    told: list[int] = []
    with app.app_context():
        units.put(session(), ROWS, SINCE)
        point = rows.point_named(session(), "31117", "Quầy 1", SINCE)
        past.fill(
            session(),
            [busy],
            [point],
            last,
            closed_until=last - timedelta(days=1),
            threshold=SMALLEST,
            closed=told.append,
        )
        closed = closes.last(session(), date.max)
        assert closed is not None
        assert closed.day == last - timedelta(days=1)
        assert {row.business_day for row in responses.waiting(session(), last)} >= {last}
    assert sum(told) == demo.WEEKS
