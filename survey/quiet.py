"""Codes gone quiet against their own history: the sticker may be gone, covered, or unseen.

A day is open when codes elsewhere were scanned on it, which knows weekends and holidays
without a calendar. On open days a code is scanned or it is not; were nothing wrong, any
order of those days would be as likely as another. So the chance that the last `silent` of
`days` open days are all without a scan, when `active` of them had one, is
C(days - silent, active) / C(days, active): exact whatever the rate of the counter, and never
small for a code with little history.
"""

from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import comb
from statistics import median
from typing import NamedTuple

from sqlalchemy.orm import Session

from survey import period
from survey.storage import code_checks, point_codes, scans
from survey.storage.points import PointCode
from survey.storage.units import Unit

RARE = 0.001
# Fewer silent days are a day off and a training; a new code is given time to be put up.
FEWEST_SILENT, FEWEST_UNSCANNED = 3, 10
HISTORY, LOOK_BACK = timedelta(days=56), timedelta(days=182)
# A holiday keeps a few scans of people at home: up to this share of a usual day is none.
STRAY = 0.2
FRIDAY = 5


@dataclass(frozen=True)
class Quiet:
    """A code to go and look at: since when nobody has scanned it, and for how many open days."""

    code: PointCode
    unit: Unit
    since: date
    open_days: int
    # No code of its point was ever scanned, so that there is no history to be quiet against.
    is_unscanned: bool


def of_units(session: Session, unit_codes: Collection[str], today: date) -> list[Quiet]:
    """Return the quiet codes of these units, in the order of units and points.

    Today is not looked at: what is counted on a running day is shown to nobody.
    """
    start = today - LOOK_BACK
    total = scans.by_day(session, start, today)
    if not total:  # nothing was ever counted: that is not the fault of a sticker
        return []
    known = _known(session, unit_codes, today, min(total))
    silent = [one for one in known if (today - one.since).days > FEWEST_SILENT]
    own = scans.of_points(session, [one.code.point_id for one in silent], start, today)
    found = (_quiet(one, own.get(one.code.point_id, {}), total, today) for one in silent)
    return [quiet for quiet in found if quiet is not None]


def open_days(elsewhere: Mapping[date, int], start: date, end: date) -> list[date]:
    """Return the days of [start, end) on which counters were open, judged by scans elsewhere.

    Monday to Friday where too little is scanned elsewhere to tell.
    """
    days = [start + timedelta(days=n) for n in range((end - start).days)]
    working = [day for day in days if day.isoweekday() <= FRIDAY]
    scanned = [elsewhere[day] for day in days if elsewhere.get(day)]
    if not scanned or 2 * len(scanned) < len(working):
        return working
    usual = median(scanned)
    return [day for day in days if elsewhere.get(day, 0) > STRAY * usual]


def is_quiet(active: Container[date], opened: Iterable[date], since: date) -> bool:
    """Say whether nobody scanned for too many open days after `since` to be chance."""
    days = [day for day in opened if day > since - HISTORY]
    silent = sum(day > since for day in days)
    n_active = sum(day in active for day in days if day <= since)
    return silent >= FEWEST_SILENT and chance_of_silence(len(days), n_active, silent) < RARE


def chance_of_silence(days: int, active: int, silent: int) -> float:
    """Return how likely it is that none of `active` days fell among the last `silent` of `days`.

    1 where no day was active: a code that was never scanned cannot go quiet.
    """
    return comb(days - silent, active) / comb(days, active)


class _Known(NamedTuple):
    """A code, and the last day it is known to have hung: scanned, seen or issued."""

    code: PointCode
    unit: Unit
    since: date


def _known(
    session: Session, unit_codes: Collection[str], today: date, counted_from: date
) -> Iterator[_Known]:
    codes = point_codes.in_force(session, unit_codes, today)
    ids = [code.id for code, _unit in codes]
    scanned, seen = scans.last_days(session, ids, today), code_checks.latest(session, ids)
    for code, unit in codes:
        days = [counted_from, period.business_day(code.issued_at), scanned.get(code.id, date.min)]
        if (check := seen.get(code.id)) and check.result == "ok":
            days.append(check.checked_on)
        yield _Known(code, unit, max(days))


def _quiet(
    known: _Known, own: Mapping[date, int], total: Mapping[date, int], today: date
) -> Quiet | None:
    elsewhere = {day: n - own.get(day, 0) for day, n in total.items()}
    # Before its first scan there was no sticker, or no counting.
    opened = open_days(elsewhere, min(own, default=known.since), today)
    n_silent = sum(day > known.since for day in opened)
    is_found = is_quiet(own, opened, known.since) if own else n_silent >= FEWEST_UNSCANNED
    return Quiet(*known, n_silent, is_unscanned=not own) if is_found else None
