"""How many people come to a counter on a day of the Vietnamese year."""

import math
from datetime import UTC, date, datetime, timedelta

from survey.period import VIETNAM

SATURDAY = 5
# New year, reunification, labour, independence: (month, day).
HOLIDAYS = {(1, 1), (4, 30), (5, 1), (9, 2)}
# Monday to Friday: what was put off over the weekend comes first.
WEEKDAYS = (1.3, 1.05, 1.0, 0.9, 0.85)
# Days from Tết: before 21 days ahead and after 14 behind, a day is like any other.
RUSH, SHUT, OPEN, USUAL = -21, -2, 6, 14
NEW_MOON = datetime(2000, 1, 6, 18, 14, tzinfo=UTC)
LUNATION = timedelta(days=29.530588861)
# Tết is the new moon from the Sun's entry into Aquarius on.
AQUARIUS = (1, 21)


def busyness(day: date) -> float:
    """Return how many people come on a day, where 1 is an ordinary working day."""
    if day.weekday() >= SATURDAY or (day.month, day.day) in HOLIDAYS:
        return 0
    return WEEKDAYS[day.weekday()] * _around_tet((day - tet(day.year)).days)


def tet(year: int) -> date:
    """Return the lunar new year of a year, by the mean moon: right within a day."""
    first = datetime(year, *AQUARIUS, tzinfo=VIETNAM)
    lunations = math.ceil((first - NEW_MOON) / LUNATION)
    return (NEW_MOON + lunations * LUNATION).astimezone(VIETNAM).date()


def _around_tet(days_after: int) -> float:
    if RUSH <= days_after < SHUT:
        return 1.3
    if SHUT <= days_after < OPEN:
        return 0
    return 0.7 if OPEN <= days_after < USUAL else 1
