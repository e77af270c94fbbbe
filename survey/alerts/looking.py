"""The look after the close: at a closed month once, at codes and withdrawals every night."""

from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy.orm import Session

from survey import db, period, quiet
from survey.db import CLOSE_LOCK, lock, session
from survey.period import CLOSES_AFTER, Period
from survey.reports import watch
from survey.storage import alerts, closes, units
from survey.storage.alerts import Finding

ONE_DAY = timedelta(days=1)


def examine(day: date) -> int:
    """Store what is found after the close of a day; return how many alerts are new.

    Reading takes a while and stops nobody; only what was found is written under the lock. The
    caller commits.
    """
    month = _last_closed(day)
    with db.snapshot() as one:
        is_due = closes.is_closed(month, closes.last(one, day + ONE_DAY))
        is_due = is_due and not alerts.is_examined(one, month.start)
        of_month = watch.of_month(one, month) if is_due else []
        of_night = [*_quiet(one, day + ONE_DAY), *watch.of_withdrawals(one, period.containing(day))]
    lock(session().connection(), CLOSE_LOCK)
    new = alerts.put(session(), alerts.OF_NIGHTS, of_night, day)
    if is_due and alerts.claim(session(), month.start):
        new += alerts.put(session(), alerts.OF_MONTHS, of_month, day)
    return new


def _last_closed(day: date) -> Period:
    """Return the latest month that the close of a day leaves closed."""
    return period.containing(day - CLOSES_AFTER + ONE_DAY).previous


def _quiet(one: Session, today: date) -> Iterator[Finding]:
    codes = units.on_day(one, period.today()).keys()
    for each in quiet.of_units(one, codes, today):
        yield Finding(
            kind=alerts.QUIET,
            unit_code=each.unit.code,
            point_id=each.code.point_id,
            code_id=each.code.id,
            since=each.since,
            n=each.open_days,
            rule="unscanned" if each.is_unscanned else "",
        )
