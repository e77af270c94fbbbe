from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from survey import period, reports
from survey.storage import points, units
from survey.storage.points import ServicePoint
from survey.storage.withdrawals import Withdrawal
from tests import rows
from tests.province import ROWS, SINCE

DAY = date(2026, 10, 20)
MONTH = period.containing(DAY)


@pytest.fixture
def counters(session: Session) -> Sequence[ServicePoint]:
    units.put(session, ROWS, SINCE)
    places = (("31117", "Quầy 1"), ("31117", "Quầy 2"), ("31120", "Quầy 3"))
    return [rows.point_named(session, code, name, SINCE) for code, name in places]


def _take(
    session: Session,
    point: ServicePoint,
    what: str,
    n: int,
    code: str = "31117",
    *,
    on: date = DAY,
) -> None:
    key = {"point_id": point.id, "unit_code": code, "business_day": on, "what": what}
    session.add(Withdrawal(**key, n=n))
    session.commit()


def _found(session: Session, code: str = "92") -> list[tuple[str, str, Mapping[str, int]]]:
    unit = units.get(session, code, period.today())
    found = reports.taken_back(session, unit, MONTH)
    return [(each.point.name, each.unit.code, each.counts) for each in found]


def test_a_province_sees_the_counts_of_its_points_most_answers_first(
    session: Session, counters: Sequence[ServicePoint]
) -> None:
    first, second, third = counters
    _take(session, first, "comment", 4)
    _take(session, second, "answer", 1)
    _take(session, third, "answer", 1, "31120")
    _take(session, third, "answer", 2, "31120", on=DAY + timedelta(days=1))
    _take(session, third, "contact", 1, "31120")
    _take(session, third, "answer", 9, "31120", on=MONTH.end)
    assert _found(session) == [
        ("Quầy 3", "31120", {"answer": 3, "contact": 1}),
        ("Quầy 2", "31117", {"answer": 1}),
        ("Quầy 1", "31117", {"comment": 4}),
    ]


def test_no_unit_below_learns_whether_anybody_took_something_back(
    session: Session, counters: Sequence[ServicePoint]
) -> None:
    _take(session, counters[0], "answer", 3)
    assert _found(session, "31117") == []


def test_what_was_taken_back_at_a_point_that_moved_stays_with_its_unit_of_then(
    session: Session, counters: Sequence[ServicePoint]
) -> None:
    points.move(session, counters[0], "31120", MONTH.start)
    _take(session, counters[0], "answer", 1)
    _take(session, counters[0], "answer", 2, "31120")
    assert [(code, n["answer"]) for _name, code, n in _found(session)] == [
        ("31120", 2),
        ("31117", 1),
    ]


def test_where_nobody_took_anything_back_there_is_nothing(
    session: Session, counters: Sequence[ServicePoint]
) -> None:
    assert _found(session) == []
