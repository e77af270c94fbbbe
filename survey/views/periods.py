"""The periods that pages of results offer, and how their reader moves between them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from flask import abort, make_response, render_template

from survey import period as periods
from survey.period import MONTHS, Period

# Series begin with the communes of 2025; earlier only where older answers were brought in.
FIRST_DAY = date(2025, 7, 1)


@dataclass(frozen=True)
class Choice:
    """The neighbours of a period, and the period of every other kind around the same time."""

    previous: Period | None
    next: Period | None
    kinds: Mapping[str, Period]


def read(name: str, first: date) -> Period:
    """Return the period with this name; a 404 page where nothing can be shown for it."""
    try:
        period = periods.parse(name)
    except ValueError:
        abort(404)
    if period.end <= first:
        abort(404)
    if period.start > periods.today():
        page = render_template("dashboard/not_begun.html", period=period)
        abort(make_response(page, 404))
    return period


def choice(period: Period, first: date) -> Choice:
    """Return where to go from a period: from `first` until today."""
    today, previous = periods.today(), period.previous
    following = periods.containing(period.end, period.kind)
    about = min(period.end - timedelta(days=1), today)
    return Choice(
        previous=previous if previous.end > first else None,
        next=following if following.start <= today else None,
        kinds={kind: periods.containing(about, kind) for kind in MONTHS},
    )
