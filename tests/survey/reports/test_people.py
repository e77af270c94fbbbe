"""People are added up to each place; what has settled once, what waits anew."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import period
from survey.reports.kept import Kept
from survey.reports.people import Arrivals, is_at_counter, people_of
from survey.storage import points
from survey.storage.batches import Batch
from survey.storage.points import ServicePoint
from survey.storage.tallies import TallyRow
from tests import peers, rows

OCTOBER = period.parse("2026-10")
ROW = TallyRow(
    unit_code="31100",
    point_id=1,
    starts_on=OCTOBER.start,
    ends_on=OCTOBER.end,
    measure_hash="",
    is_imported=False,
    marks_apart=True,
    stream="qr",
    flagged=False,
    n=30,
    batches=(),
    sums=(),
)


def test_people_are_counted_by_channel_by_point_and_apart() -> None:
    found = people_of(
        [
            ROW,
            ROW._replace(stream="paper", n=5, point_id=2),
            ROW._replace(flagged=True, n=4),
            ROW._replace(flagged=True, marks_apart=False, n=2, point_id=None),
        ]
    )
    assert (found.n, found.n_apart, found.n_points) == (41, 4, 2)
    assert found.channels == {"paper": 5, "qr": 36}


@pytest.fixture
def counter(session: Session) -> ServicePoint:
    """A counter with three answers of October, one of which is released."""
    (code,) = peers.communes(session, 1)
    number, _other = peers.counters(session, code)
    point = points.by_id(session, {number})[number]
    first, *_ = rows.answers(session, point, OCTOBER.start, 3)
    peers.release(session, code, number, OCTOBER, 10, satisfied=0.5)
    first.batch_id = session.scalars(select(Batch.id)).one()
    session.commit()
    return point


def _arrivals(session: Session, kept: Kept) -> Arrivals:
    above = {"31100": ["31100", peers.PROVINCE], peers.PROVINCE: [peers.PROVINCE]}
    return Arrivals(session, kept, [*above], OCTOBER, above.__getitem__)


def test_what_came_is_added_up_to_the_counter_its_unit_and_those_above(
    session: Session, counter: ServicePoint
) -> None:
    came = _arrivals(session, Kept([]))
    for place in (("31100", counter.id), ("31100", 0), (peers.PROVINCE, 0)):
        found = came.at(place)
        assert (sum(row.n for row in found), sum(row.waiting for row in found)) == (3, 2)
    assert came.at(("31101", 0)) == []


def test_of_a_release_what_settled_is_counted_once_and_what_waits_each_time(
    session: Session, counter: ServicePoint
) -> None:
    kept = Kept([])
    assert sum(row.n for row in _arrivals(session, kept).at(("31100", 0))) == 3
    rows.answers(session, counter, OCTOBER.start, 4)
    settled = rows.answer(session, counter, OCTOBER.start)
    settled.batch_id = session.scalars(select(Batch.id)).one()
    session.flush()
    assert sum(row.n for row in _arrivals(session, kept).at(("31100", 0))) == 7
    assert sum(row.n for row in _arrivals(session, Kept([])).at(("31100", 0))) == 8


def test_who_answered_online_was_at_no_counter(session: Session, counter: ServicePoint) -> None:
    other = next(iter(points.assigned(session, ["31100"], OCTOBER)[1:]))[0]
    rows.answer(session, other, OCTOBER.start, channel="online")
    came = _arrivals(session, Kept([]))
    assert all(map(is_at_counter, came.at(("31100", counter.id))))
    assert [(row.n, is_at_counter(row)) for row in came.at(("31100", other.id))] == [(1, False)]
