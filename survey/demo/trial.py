"""What the two buttons of the demonstration do: send sheets as citizens would, and close now."""

import html
import re
from collections.abc import Collection, Iterator
from contextvars import Context
from datetime import date

import numpy as np
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from survey import closing
from survey.closing import CloseResult
from survey.demo import people
from survey.storage import closes, points
from survey.storage.points import ServicePoint
from survey.storage.responses import LEFT, NOT_APPLICABLE

PEOPLE = 20
SEE_OTHER = 303  # what the form answers to a sheet it stored
SHEET = re.compile(r'name="sheet" value="([^"]+)"')
# How each item of the form words that it does not concern the person.
NOT_MET = {"D": "no-result-yet", "E": "never-gave-feedback"}


def open_point(session: Session, codes: Collection[str], on: date) -> ServicePoint | None:
    """Return the first counter of these units whose sheets count; None if all are closed."""
    known = points.listing(session, codes, on).rows
    return next((point for point, _unit in known if takes_sheets(point)), None)


def takes_sheets(point: ServicePoint) -> bool:
    """Say whether a counter is open, and not one for trying out."""
    return point.is_open and not point.is_test


def send(app: Flask, address: str) -> int:
    """Fill in PEOPLE sheets through the form's own pages; return how many were taken.

    The caller must hold no transaction: on SQLite the form would wait for it. The requests
    run in an empty context, because inside another request they would share its session.
    """
    return Context().run(_send, app, address)


def close_now(session: Session, today: date, threshold: int) -> CloseResult:
    """Release what waits, today's answers too, without taking the next 06:00's place."""
    return closing.release(session, today, threshold, closes.last(session, today))


def _send(app: Flask, address: str) -> int:
    client = app.test_client(use_cookies=False)
    return sum(_is_taken(client, address, chosen) for chosen in _choices())


def _is_taken(client: FlaskClient, address: str, chosen: dict[str, str]) -> bool:
    found = SHEET.search(client.get(address).get_data(as_text=True))
    if found is None:
        return False
    answer = client.post(address, data=chosen | {"sheet": html.unescape(found[1])})
    return answer.status_code == SEE_OTHER


def _choices() -> Iterator[dict[str, str]]:
    """Yield what each person taps, another time every time."""
    rng = np.random.default_rng()
    visits = rng.integers(0, len(people.VISITS), PEOPLE)
    levels = people.answers(rng, np.zeros(PEOPLE), visits)
    for row, visit in zip(levels.tolist(), visits.tolist(), strict=True):
        items = zip(people.ITEMS, row, strict=True)
        tapped = {item: _value(item, level) for item, level in items if level != LEFT}
        yield tapped | {"visit": people.VISITS[visit]}


def _value(item: str, level: int) -> str:
    return NOT_MET.get(item, "not-met") if level == NOT_APPLICABLE else str(level)
