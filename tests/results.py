"""Answers and closes behind pages of results, and the words a reader sees there."""

import html
import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from flask import Flask
from flask.testing import FlaskClient

from survey import closing, period
from survey.db import session
from survey.storage import points
from tests import province, rows


def answered(
    app: Flask,
    public_id: str,
    day: date,
    n: int,
    levels: Sequence[int] | None = None,
    **changes: object,
) -> None:
    """Store n answers of a counter and day, of these levels or of differing ones."""
    with app.app_context():
        point = points.any_of(session(), public_id)
        for number in range(n):
            chosen = levels or [1 + (number + item) % 5 for item in range(6)]
            rows.answer(session(), point, day, chosen, **changes)
        session().commit()


def close(app: Flask, day: date) -> None:
    """Close a business day, as at 06:00 of the next one."""
    at = datetime.combine(day + timedelta(days=1), period.DAILY_CLOSE)
    with app.app_context():
        closing.close_day(session(), day, at=at, threshold=app.config["SMALLEST_GROUP"])
        session().commit()


def page(client: FlaskClient, path: str) -> str:
    """Return a page, its entities resolved."""
    answer = province.get(client, path)
    assert answer.status_code == 200, (path, answer.status_code, answer.location)
    return html.unescape(answer.get_data(as_text=True))


# An interval as pages write it, as sentences do, and a rank set.
INTERVAL = re.compile(
    r"\d+(?:,\d)?–\d+(?:,\d)?%|(?:từ )?-?\d+(?:,\d)? đến -?\d+(?:,\d)?"
    r"|hạng \d+ trong|hạng từ \d+ đến \d+"
)
LINK = re.compile(r'<a class="interval" href="/method#([\w-]+)" title="([^"]+)">([^<]+)</a>')


def intervals(page: str) -> tuple[list[tuple[str, str, str]], list[str]]:
    """Return anchor, title and words of each interval, and the intervals that lead nowhere."""
    main = re.sub(r"<svg.*?</svg>", "", page.partition("<main")[2], flags=re.DOTALL)
    main = main.replace("trục 0–100%", "")  # what a chart spans
    return LINK.findall(main), INTERVAL.findall(re.sub(r"<[^>]+>", " ", LINK.sub("", main)))


def words(client: FlaskClient, path: str) -> str:
    """Return the words of a page, without markup, charts and “?”, with single spaces."""
    main = page(client, path).partition("<main")[2]
    text = re.sub(r"<svg.*?</svg>|<a[^>]*>\?</a>|<[^>]+>", " ", main, flags=re.DOTALL)
    return re.sub(r" (?=[.,;)])", "", " ".join(text.split()).replace("( ", "("))
