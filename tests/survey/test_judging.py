from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey import closing, period, reports
from survey.storage import exclusions, marks, responses, units
from survey.storage.batches import Batch
from survey.storage.exclusions import Exclusion
from survey.storage.points import ServicePoint
from survey.storage.responses import Response
from survey.storage.tallies import Tally
from tests import rows
from tests.province import ROWS, SINCE

DAY = date(2026, 10, 20)
K = 10
FIVES = (5, 5, 5, 5, 5, 5)
FOURS = (4, 4, 4, 4, 4, 4)


@pytest.fixture
def point(session: Session) -> ServicePoint:
    units.put(session, ROWS, SINCE)
    return rows.point_named(session, "31117", "Quầy 1", SINCE)


def _close(session: Session, day: date = DAY) -> None:
    at = datetime(day.year, day.month, day.day, 23, tzinfo=UTC)
    assert closing.close_day(session, day, at=at, threshold=K) is not None
    session.commit()
    session.expire_all()


def _many(
    session: Session, point: ServicePoint, n: int, *signs: str, day: date = DAY
) -> list[Response]:
    stored = rows.answers(session, point, day, n)
    for response in stored:
        marks.sign(response, set(signs))
    session.flush()
    return stored


def _signs(session: Session) -> dict[str, int]:
    query = select(Response.signs, func.count()).group_by(Response.signs)
    return dict(session.execute(query).all())


@pytest.mark.parametrize(
    ("bursts", "others", "found"),
    [
        (12, 12, {"burst": 12, "": 12}),
        (12, 0, {"burst": 12}),
        (9, 20, {"burst": 29}),
        (12, 9, {"burst": 21}),
        (8, 3, {"burst": 11}),
        (0, 12, {"": 12}),
    ],
)
def test_a_burst_never_tells_fewer_than_k_people_of_a_day_from_the_others(
    session: Session, point: ServicePoint, bursts: int, others: int, found: dict[str, int]
) -> None:
    _many(session, point, bursts, "burst")
    _many(session, point, others)
    _close(session)
    assert _signs(session) == found
    assert session.scalar(select(func.count()).where(Response.flagged)) == found.get("burst", 0)


def test_a_burst_is_settled_by_point_and_by_day_and_keeps_other_signs(
    session: Session, point: ServicePoint
) -> None:
    other = rows.point_named(session, "31117", "Quầy 2", SINCE)
    _many(session, point, 9, "burst", "quick")
    _many(session, point, 3, day=DAY - timedelta(days=1))
    _many(session, other, 4)
    _close(session)
    assert _signs(session) == {"burst quick": 9, "": 7}


def _past(session: Session, point: ServicePoint, day: date = DAY) -> None:
    """Give a point sixty answers of earlier days, of which one in three is all fives."""
    for back in range(1, 7):
        for levels in [FIVES, FOURS, (4, 4, 3, 4, 5, 9), (3, 4, 4, 4, 4, 4)] * 2 + [FIVES, FOURS]:
            rows.answer(session, point, day - timedelta(days=back), levels)


def test_what_came_too_often_on_a_day_is_marked_down_to_the_usual(
    session: Session, point: ServicePoint
) -> None:
    _past(session, point)
    _many(session, point, 10)
    for number in range(40):
        response = rows.answer(session, point, DAY, FIVES)
        # What was drawn and asked of some alone makes nobody different.
        response.answers = response.answers[:6] + bytes([1 + number % 5]) * 16
    _close(session)
    assert set(_signs(session)) == {"", "repeated"}
    usual = -(-50 * (18 + 0.5) // (60 + 1))
    assert _signs(session)["repeated"] == 40 - usual
    tallied = session.scalar(select(func.sum(Tally.n)).where(Tally.flagged))
    assert tallied == _signs(session)["repeated"]
    assert closing.check(session) == []


def test_of_equal_answers_those_with_other_signs_are_marked_first(
    session: Session, point: ServicePoint
) -> None:
    _past(session, point)
    _many(session, point, 10)
    for number in range(40):
        stored = rows.answer(session, point, DAY, FIVES)
        marks.sign(stored, {"quick"} if number < 5 else set())
    _close(session)
    found = _signs(session)
    assert "quick" not in found
    assert found["quick repeated"] == 5


def test_what_a_point_usually_gets_marks_nobody(session: Session, point: ServicePoint) -> None:
    for back in range(8):
        for _ in range(12):
            rows.answer(session, point, DAY - timedelta(days=back), FIVES)
    _close(session)
    assert _signs(session) == {"": 96}


def test_what_is_left_out_makes_no_other_answer_too_frequent(
    session: Session, point: ServicePoint
) -> None:
    _past(session, point)
    _many(session, point, 10)
    for number in range(40):
        stored = rows.answer(session, point, DAY, FIVES)
        marks.sign(stored, {"honeypot"} if number < 36 else set())
    _close(session)
    assert _signs(session) == {"": 74, "honeypot": 36}


def test_a_day_is_judged_once(session: Session, point: ServicePoint) -> None:
    waiting = _many(session, point, 3)
    _close(session)
    marks.sign(waiting[0], {"burst"})
    session.commit()
    _close(session, DAY + timedelta(days=1))
    assert _signs(session) == {"burst": 1, "": 2}


def test_what_is_left_out_is_in_no_sum_and_makes_no_batch_larger(
    session: Session, point: ServicePoint
) -> None:
    _many(session, point, 9)
    _many(session, point, 5, "honeypot")
    _close(session)
    assert session.scalars(select(Batch)).all() == []
    _many(session, point, 1, day=DAY + timedelta(days=1))
    _close(session, DAY + timedelta(days=1))
    (batch,) = session.scalars(select(Batch))
    assert batch.n == 10
    assert session.scalar(select(func.sum(Tally.n))) == 10
    assert set(session.scalars(select(Response.batch_id))) == {batch.id}, "nothing waits for ever"
    assert closing.check(session) == []


def test_a_report_says_how_many_are_left_out_beside_those_it_counts(
    session: Session, point: ServicePoint
) -> None:
    _many(session, point, 12)
    _many(session, point, 3, "duplicate")
    unit = units.get(session, "92", DAY)
    before = reports.index_report(session, unit, period.parse("2026-10"))
    assert (before.received, before.waiting, before.n_left_out) == (12, 12, 3)
    _close(session)
    after = reports.index_report(session, unit, period.parse("2026-10"))
    assert (after.received, after.waiting, after.n_respondents, after.n_left_out) == (12, 0, 12, 3)
    assert responses.count(session, point) == 12


def _rule(session: Session, signs: str, month: date) -> None:
    rule = Exclusion(
        starts_on=month,
        signs=signs,
        reason="Quyết định 12",
        written_on=month - timedelta(days=1),
        written_by="so.noivu@hailong.example",
    )
    exclusions.add(session, rule)


def test_a_rule_leaves_out_what_came_from_its_first_month_on_and_nothing_before(
    session: Session, point: ServicePoint
) -> None:
    _rule(session, "staff quick", date(2026, 11, 1))
    for month in (10, 11):
        _many(session, point, 10, day=date(2026, month, 5))
        _many(session, point, 4, "staff", day=date(2026, month, 5))
        _many(session, point, 2, "straight", day=date(2026, month, 5))
        _close(session, date(2026, month, 5))
    batches = session.scalars(select(Batch).order_by(Batch.starts_on)).all()
    assert [batch.n for batch in batches] == [16, 12]
    assert closing.check(session) == []


def test_until_its_batch_nobody_sees_that_a_rule_left_an_answer_out(
    session: Session, point: ServicePoint
) -> None:
    _rule(session, "straight", date(2026, 10, 1))
    _many(session, point, 3)
    _many(session, point, 1, "straight")
    _many(session, point, 1, "straight", "honeypot")
    assert _shown(session, point) == (4, 4, 1)
    _close(session)
    assert session.scalar(select(func.count()).where(Response.left_out)) == 2
    assert _shown(session, point) == (4, 4, 1)
    _many(session, point, 7, day=DAY + timedelta(days=1))
    _close(session, DAY + timedelta(days=1))
    assert _shown(session, point) == (10, 0, 2)


def _shown(session: Session, point: ServicePoint) -> tuple[int, int, int]:
    """Return how many a page says were received, wait and are left out."""
    unit = units.get(session, "31117", DAY)
    report = reports.index_report(session, unit, period.containing(DAY))
    assert responses.count(session, point) == report.received
    return report.received, report.waiting, report.n_left_out


def test_a_rule_sees_the_signs_that_the_close_itself_finds(
    session: Session, point: ServicePoint
) -> None:
    _rule(session, "repeated", date(2026, 10, 1))
    _past(session, point)
    _many(session, point, 10)
    for _ in range(40):
        rows.answer(session, point, DAY, FIVES)
    _close(session)
    marked = _signs(session)["repeated"]
    assert session.scalar(select(func.sum(Tally.n))) == 110 - marked
