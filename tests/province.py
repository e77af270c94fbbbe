"""A small province for tests: two communes, a counter each, a manager of the first."""

import re
from dataclasses import dataclass
from datetime import date

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from survey import accounts, period
from survey.db import session
from survey.storage import points, units, users
from survey.storage.units import UnitRow

SINCE = date(2025, 7, 1)
PASSWORD = "một câu dài dễ nhớ"
ROWS = [
    UnitRow(number=1, code="92", name="Thành phố Cần Thơ", level="province", type="thanh-pho"),
    UnitRow(
        number=2,
        code="31117",
        name="Phường Ninh Kiều",
        level="commune",
        type="phuong",
        parent_code="92",
    ),
    UnitRow(
        number=3,
        code="31120",
        name="Phường Cái Khế",
        level="commune",
        type="phuong",
        parent_code="92",
    ),
]


@dataclass(frozen=True)
class Place:
    """What a test needs to reach the province."""

    token: str
    point: str
    other_token: str
    other_point: str
    test_token: str
    manager: str
    provincial: str


def build(app: Flask) -> Place:
    """Fill the application's database; return where things are."""
    with app.app_context():
        now = period.now()
        units.put(session(), ROWS, SINCE)
        first = points.add(session(), "31117", "Quầy 1: Hộ tịch", now, SINCE, field="Hộ tịch")
        other = points.add(session(), "31120", "Quầy 2: Đất đai", now, SINCE)
        trial = points.add(session(), "31117", "Quầy thử", now, SINCE, is_test=True)
        people = {"quanly@hailong.example": "31117", "so.noivu@hailong.example": "92"}
        for email, unit in people.items():
            accounts.set_password(users.add(session(), email, unit, "manager", now), PASSWORD)
        session().commit()
        return Place(
            first.code.token,
            first.public_id,
            other.code.token,
            other.public_id,
            trial.code.token,
            *people,
        )


def sign_in(app: Flask, email: str, password: str = PASSWORD) -> FlaskClient:
    """Return a client signed in through the sign-in page itself."""
    client = app.test_client()
    data = {"email": email, "password": password, "csrf_token": csrf_token(client, "/login")}
    answer = client.post(
        "/login", data=data, base_url="https://localhost", headers=referer("/login")
    )
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return client


def csrf_token(client: FlaskClient, path: str) -> str:
    """Return the CSRF token of a manager's page."""
    page = client.get(path, base_url="https://localhost").get_data(as_text=True)
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found, page
    return found[1]


def referer(path: str) -> dict[str, str]:
    """Return the header a browser sends with a form, which the CSRF check asks for on https."""
    return {"Referer": f"https://localhost{path}"}


def get(client: FlaskClient, path: str) -> TestResponse:
    """Open a manager's page as a browser does on https."""
    return client.get(path, base_url="https://localhost")


def post(client: FlaskClient, path: str, page: str | None = None, **data: str) -> TestResponse:
    """Send a form of a manager's page, with the token of that page."""
    token = csrf_token(client, page or path)
    data |= {"csrf_token": token}
    return client.post(path, data=data, headers=referer(page or path), base_url="https://localhost")
