import random
from datetime import UTC, date, datetime, timedelta
from math import comb

import pytest
from sqlalchemy.orm import Session

from survey import quiet
from survey.storage import code_checks, point_codes, points, scans, units
from survey.storage.points import ServicePoint
from tests.province import ROWS

TODAY = date(2026, 11, 23)  # a Monday
NOW = datetime(2026, 8, 3, 3, tzinfo=UTC)
ONE = timedelta(days=1)
UNITS = {"31117", "31120"}


def _days(n: int, end: date = TODAY) -> list[date]:
    """Return the n working days before a day."""
    days = [end - ONE * back for back in range(1, 2 * n + 5)]
    return sorted([day for day in days if day.isoweekday() < 6][:n])


@pytest.fixture
def point(session: Session) -> ServicePoint:
    units.put(session, ROWS, date(2025, 7, 1))
    return points.add(session, "31117", "Quầy 1", NOW, NOW.date())


@pytest.fixture
def elsewhere(session: Session, point: ServicePoint) -> ServicePoint:
    """A counter that was scanned on every working day."""
    other = points.add(session, "31120", "Quầy 9", NOW, NOW.date())
    scans.add(session, {(other.code.id, day): 12 for day in _days(50)})
    return other


def _scan(session: Session, point: ServicePoint, days: list[date]) -> None:
    scans.add(session, {(point.code.id, day): 3 for day in days})


def _quiet(session: Session, today: date = TODAY) -> list[tuple[str, int, bool]]:
    found = quiet.of_units(session, UNITS, today)
    return [(each.code.point.name, each.open_days, each.is_unscanned) for each in found]


def test_the_chance_of_silence_is_the_share_of_orders_that_end_so() -> None:
    # Of the C(5, 2) = 10 ways to place two scanned days among five, three leave the last two out.
    assert quiet.chance_of_silence(5, 2, 2) == pytest.approx(3 / 10)
    assert quiet.chance_of_silence(43, 40, 3) == pytest.approx(1 / comb(43, 3))
    assert quiet.chance_of_silence(60, 0, 20) == 1
    assert quiet.chance_of_silence(10, 5, 6) == 0


def test_days_without_scans_elsewhere_are_not_open() -> None:
    start = date(2026, 11, 2)
    scanned = {start + ONE * n: 100 for n in range(12) if (start + ONE * n).isoweekday() < 6}
    holiday, saturday = start + ONE * 9, start + ONE * 5
    scanned |= {holiday: 4, saturday: 15}
    found = quiet.open_days(scanned, start, start + ONE * 12)
    assert found == [day for day in scanned if day not in (holiday, saturday)]


def test_where_nothing_is_scanned_elsewhere_working_days_are_open() -> None:
    start = date(2026, 11, 2)
    for scanned in ({}, {start: 5, start + ONE: 1}):
        found = quiet.open_days(scanned, start, start + ONE * 14)
        assert [day.isoweekday() for day in found] == [1, 2, 3, 4, 5] * 2


def test_a_code_scanned_every_day_is_quiet_after_three_open_days(
    session: Session, point: ServicePoint, elsewhere: ServicePoint
) -> None:
    _scan(session, point, _days(40)[:-3])
    assert _quiet(session) == [("Quầy 1", 3, False)]
    (found,) = quiet.of_units(session, UNITS, TODAY)
    assert (found.since, found.unit.code) == (_days(40)[-4], "31117")
    assert quiet.of_units(session, {"31120"}, TODAY) == []


def test_a_weekend_and_a_holiday_are_no_silence(session: Session, point: ServicePoint) -> None:
    other = points.add(session, "31120", "Quầy 9", NOW, NOW.date())
    open_ = _days(40)[:-4]  # four days off before today, with a weekend among them
    _scan(session, other, open_)
    _scan(session, point, open_)
    assert _quiet(session) == []


def test_a_rarely_scanned_code_is_given_more_time(
    session: Session, point: ServicePoint, elsewhere: ServicePoint
) -> None:
    days = _days(46)
    _scan(session, point, days[:32:4])
    assert _quiet(session) == []
    # Scanned on eight of 29 days, it may be silent for 17, and not for 40.
    later = TODAY + timedelta(days=35)
    _scan(session, elsewhere, _days(24, later))
    assert [name for name, _n, _new in _quiet(session, later)] == ["Quầy 1"]


def test_today_is_not_looked_at(
    session: Session, point: ServicePoint, elsewhere: ServicePoint
) -> None:
    _scan(session, point, [*_days(40)[:-3], TODAY])
    assert len(_quiet(session)) == 1


def test_a_code_seen_in_place_is_quiet_only_from_then_on(
    session: Session, point: ServicePoint, elsewhere: ServicePoint
) -> None:
    _scan(session, point, _days(40)[:-5])
    seen = {"on": _days(40)[-1], "by": "a@hailong.example", "at": NOW}
    code_checks.add(session, point.code, "covered", **seen)  # type: ignore[arg-type]
    session.flush()
    assert len(_quiet(session)) == 1
    code_checks.add(session, point.code, "ok", **seen)  # type: ignore[arg-type]
    session.flush()
    assert _quiet(session) == []


def test_a_new_code_that_nobody_scans_is_judged_by_the_history_of_its_counter(
    session: Session, point: ServicePoint, elsewhere: ServicePoint
) -> None:
    days = _days(40)
    _scan(session, point, days[:-6])
    issued = datetime(days[-6].year, days[-6].month, days[-6].day, 3, tzinfo=UTC)
    point_codes.issue(session, point, issued)
    assert _quiet(session) == [("Quầy 1", 5, False)]


def test_a_counter_never_scanned_is_named_after_two_weeks(
    session: Session, point: ServicePoint, elsewhere: ServicePoint
) -> None:
    days = _days(10)
    point.code.issued_at = datetime(days[0].year, days[0].month, days[0].day, 3, tzinfo=UTC)
    session.flush()
    assert _quiet(session) == []
    point.code.issued_at -= timedelta(days=1)
    session.flush()
    assert _quiet(session) == [("Quầy 1", 10, True)]


def test_no_code_is_blamed_for_the_time_before_scans_were_counted(
    session: Session, point: ServicePoint
) -> None:
    assert _quiet(session) == []
    other = points.add(session, "31120", "Quầy 9", NOW, NOW.date())
    _scan(session, other, _days(10))
    assert _quiet(session) == []
    _scan(session, other, _days(11)[:1])
    assert _quiet(session) == [("Quầy 1", 10, True)]


def test_a_closed_counter_and_a_revoked_code_are_not_quiet(
    session: Session, point: ServicePoint, elsewhere: ServicePoint
) -> None:
    _scan(session, point, _days(40)[:-5])
    points.close(point, NOW)
    session.flush()
    assert _quiet(session) == []
    points.reopen(point)
    point_codes.revoke(session, point, NOW)
    assert _quiet(session) == []


def test_the_only_counter_of_a_province_is_judged_by_working_days(
    session: Session, point: ServicePoint
) -> None:
    _scan(session, point, _days(40)[:-3])
    assert _quiet(session) == [("Quầy 1", 3, False)]


@pytest.mark.parametrize("rate", [0.1, 0.3, 0.5, 0.8, 0.95])
def test_counters_that_are_well_are_seldom_called_quiet(rate: float) -> None:
    coin, years, alarms = random.Random(20261123), 30, 0
    for _ in range(years):
        opened, active, last, was_quiet = _days(290, date(2027, 6, 1)), set(), None, False
        for number, day in enumerate(opened):
            if last and number > 40:
                is_now = quiet.is_quiet(active, opened[number - 40 : number], last)
                alarms += is_now and not was_quiet
                was_quiet = is_now
            if coin.random() < rate:
                active.add(day)
                last = day
    assert alarms / years < 0.35
