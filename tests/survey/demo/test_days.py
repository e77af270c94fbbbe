from datetime import date, timedelta

import pytest

from survey.demo.days import busyness, tet

# The first day of Tết as the almanac gives it.
ALMANAC = [
    date(2025, 1, 29),
    date(2026, 2, 17),
    date(2027, 2, 6),
    date(2028, 1, 26),
    date(2029, 2, 13),
    date(2031, 1, 23),
    date(2033, 1, 31),
    date(2034, 2, 19),
]


@pytest.mark.parametrize("day", ALMANAC, ids=str)
def test_the_lunar_new_year_is_right_within_a_day(day: date) -> None:
    assert abs(tet(day.year) - day) <= timedelta(days=1)


@pytest.mark.parametrize("year", range(2024, 2100))
def test_the_lunar_new_year_stays_in_its_season(year: int) -> None:
    assert date(year, 1, 20) <= tet(year) <= date(year, 2, 21)


def test_nobody_comes_at_weekends_and_on_public_holidays() -> None:
    assert busyness(date(2026, 11, 21)) == busyness(date(2026, 11, 22)) == 0
    assert busyness(date(2026, 4, 30)) == busyness(date(2026, 9, 2)) == 0
    assert busyness(date(2026, 11, 20)) > 0


def test_the_halls_are_fuller_before_the_new_year_and_shut_during_it() -> None:
    ordinary, before, during = date(2026, 1, 12), date(2026, 2, 9), date(2026, 2, 18)
    assert ordinary.weekday() == before.weekday()
    assert busyness(before) == pytest.approx(1.3 * busyness(ordinary))
    assert busyness(during) == 0
