"""Denominators: corrected with their dates, never overwritten."""

from collections import Counter
from datetime import date

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from survey import period
from survey.storage import denominators, rollups, units
from survey.storage.base import Refused
from survey.storage.denominators import Cell, Part
from survey.storage.points import ServicePoint
from survey.storage.rollups import RollUp
from tests import rows
from tests.province import ROWS, SINCE

OCTOBER = period.parse("2026-10")
FIRST, SECOND = date(2026, 11, 3), date(2026, 11, 9)
LATE, ON_TIME = Part("Đất đai", None, False), Part("Đất đai", None, True)


@pytest.fixture
def point(session: Session) -> ServicePoint:
    units.put(session, ROWS, SINCE)
    return rows.point_named(session, "31117", "Quầy 1", SINCE)


def _cell(point: ServicePoint, channel: str = "counter") -> Cell:
    return Cell("31117", point.id, OCTOBER.start, channel)


def _put(session: Session, cell: Cell, on: date, **parts: int) -> None:
    named = {"late": LATE, "on_time": ON_TIME}
    counts = {cell: Counter({named[name]: n for name, n in parts.items()})}
    denominators.put(session, counts, denominators.in_force(session, [cell]), on)
    session.commit()


def test_what_was_stored_is_read_back_part_by_part(session: Session, point: ServicePoint) -> None:
    cell, other = _cell(point), _cell(point, "online")
    _put(session, cell, FIRST, late=3, on_time=97)
    _put(session, other, FIRST)
    known = denominators.in_force(session, [cell, other, _cell(point, "postal")])
    assert set(known) == {cell, other}
    assert known[cell].parts == Counter({LATE: 3, ON_TIME: 97})
    assert (known[cell].n, known[other].n) == (100, 0)


def test_a_correction_is_dated_and_what_it_corrects_stays(
    session: Session, point: ServicePoint
) -> None:
    _put(session, _cell(point), FIRST, on_time=90)
    _put(session, _cell(point), SECOND, late=1, on_time=99)
    found = denominators.history(session, ["31117"], OCTOBER)
    told = [(row.version, row.n, row.stored_on, row.replaced_on) for row in found]
    assert told == [(1, 90, FIRST, SECOND), (2, 100, SECOND, None)]
    assert [row.n for row in denominators.counts(session, ["31117"], OCTOBER)] == [100]
    (total,) = denominators.by_month(session, ["31117"])
    assert (total.n, total.n_points, total.n_corrected) == (100, 1, 1)
    assert total.stored_on == SECOND


def test_other_units_months_and_ways_stand_apart(session: Session, point: ServicePoint) -> None:
    _put(session, _cell(point), FIRST, on_time=90)
    _put(session, _cell(point, "postal"), FIRST, on_time=5)
    assert denominators.counts(session, ["31120"], OCTOBER) == []
    assert denominators.counts(session, ["31117"], OCTOBER.previous) == []
    found = denominators.by_month(session, ["31117"])
    assert [(row.channel, row.n) for row in found] == [("counter", 90), ("postal", 5)]


def test_of_two_corrections_at_once_one_is_refused(session: Session, point: ServicePoint) -> None:
    cell = _cell(point)
    _put(session, cell, FIRST, on_time=90)
    known = denominators.in_force(session, [cell])
    denominators.put(session, {cell: Counter({ON_TIME: 95})}, known, SECOND)
    session.commit()
    with pytest.raises(IntegrityError):
        denominators.put(session, {cell: Counter({ON_TIME: 80})}, known, SECOND)
    session.rollback()
    assert denominators.in_force(session, [cell])[cell].n == 95


def _choice(month: str, name: str, on: date = FIRST) -> RollUp:
    start = period.parse(month).start
    return RollUp(starts_on=start, name=name, written_on=on, written_by="command line")


def test_a_roll_up_holds_for_periods_that_begin_after_it_was_chosen(session: Session) -> None:
    rollups.add(session, _choice("2027-01", "weighted"))
    rollups.add(session, _choice("2027-07", "pooled"))
    choices = rollups.all_(session)
    days = {"2026-12": "pooled", "2027-01": "weighted", "2027-06": "weighted", "2027-07": "pooled"}
    for month, expected in days.items():
        assert rollups.of_day(choices, period.parse(month).start) == expected
    with pytest.raises(Refused, match="2026-11 has begun"):
        rollups.add(session, _choice("2026-11", "weighted"))
