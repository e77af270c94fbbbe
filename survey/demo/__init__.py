"""The demonstration province: units, counters, a year of answers and one account, under
names nobody can take for real ones."""

import secrets
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from survey import accounts, period, register, splits, streams
from survey.demo import counters, past
from survey.demo.counters import Counter
from survey.demo.past import WEEKS
from survey.demo.year import DAYS
from survey.storage import points, split_tallies, stream_releases, units, users
from survey.storage.points import ServicePoint

__all__ = ["EMAIL", "PROVINCE", "WEEKS", "first_point", "load"]

UNITS = Path(__file__).parent / "units.csv"
PROVINCE = "00"
EMAIL = "quanly@hailong.example"
OPENING, CLOSING = time(7, 30, tzinfo=period.VIETNAM), time(17, tzinfo=period.VIETNAM)


def load(
    session: Session,
    now: datetime,
    threshold: int,
    closed: Callable[[int], object] = lambda _weeks: None,
) -> str:
    """Fill an empty database with the year before today; return the password of EMAIL.

    `threshold` is the smallest group released; `closed` is told of each of WEEKS closes.
    """
    last = period.business_day(now) - timedelta(days=1)
    first = last - timedelta(days=DAYS - 1)
    rows = register.units_of(UNITS)
    units.put(session, rows, first)
    plan = counters.plan([row.code for row in rows if row.level == "commune"])
    opened = [_open(session, counter, last) for counter in plan]
    points.add(session, "00-SNV", "Quầy thử", now, last, is_test=True)
    closed_until = period.last_close_due(now).date() - timedelta(days=1)
    past.fill(
        session, plan, opened, last, closed_until=closed_until, threshold=threshold, closed=closed
    )
    _show_parts(session, closed_until, threshold)
    user = users.add(session, EMAIL, PROVINCE, users.PROVINCE_ADMIN, now)
    for role in (users.MODERATOR, users.AUDITOR):  # so that every page can be looked at
        users.grant(session, user, role, PROVINCE, now)
    accounts.set_password(user, password := secrets.token_urlsafe(12))
    return password


def first_point(session: Session, today: date) -> ServicePoint:
    """Return the counter whose form a newcomer is shown first."""
    codes = units.subtree(session, PROVINCE, today)
    return points.listing(session, codes, today, text=counters.USUAL[0].name).rows[0][0]


def _show_parts(session: Session, day: date, threshold: int) -> None:
    """Decide what closed periods tell apart, as the night after each close does."""
    stream_releases.put(session, streams.decide(session, day, threshold))
    for month in splits.due(session):
        split_tallies.put(session, month, splits.decide(session, month, threshold))


def _open(session: Session, counter: Counter, last: date) -> ServicePoint:
    day = last - timedelta(days=DAYS - 1 if counter.opened is None else counter.opened - 1)
    at = datetime.combine(day, OPENING)
    point = points.add(session, counter.unit_code, counter.name, at, day, field=counter.field)
    if counter.closed is not None:
        points.close(point, datetime.combine(last - timedelta(days=counter.closed), CLOSING))
    return point
