"""A citizen's browser in the fewest words: open a form, choose, send."""

import html
import re

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from survey.db import session
from survey.storage.responses import Response

CHOICES = {"overall": "5", "A": "4", "B": "3", "C": "skip", "D": "no-result-yet", "visit": "submit"}


def fields(page: str) -> dict[str, str]:
    """Return the hidden fields of a page."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in found}


def open_form(client: FlaskClient, token: str, lang: str | None = None) -> dict[str, str]:
    """Open the form of a code and return its hidden fields."""
    answer = client.get(f"/p/{token}", query_string={"lang": lang} if lang else None)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return fields(answer.get_data(as_text=True))


def send(client: FlaskClient, token: str, hidden: dict[str, str], **chosen: str) -> TestResponse:
    """Send a form with the choices given, or the usual ones."""
    return client.post(f"/p/{token}", data=hidden | (chosen or CHOICES))


def answer(client: FlaskClient, token: str, **chosen: str) -> TestResponse:
    """Open a form and send it."""
    return send(client, token, open_form(client, token), **chosen)


def stored(app: Flask) -> list[Response]:
    """Return the rows of the table `response`."""
    with app.app_context():
        return list(session().scalars(select(Response)))


def kept(page: str) -> set[tuple[str, str]]:
    """Return the choices that a page still holds."""
    return set(re.findall(r'<input type="radio" name="(\w+)" value="([\w-]+)" checked', page))


def focused(page: str) -> str:
    """Return the first words of the one part that has the focus when a page opens."""
    (words,) = re.findall(r"<[^>]* autofocus[^>]*>([^<.]*)", page)
    return html.unescape(words).strip()
