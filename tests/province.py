"""A small province for tests: two communes, a counter each, a manager of the first."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime

from flask import Flask, current_app
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from survey import accounts, period
from survey.db import session
from survey.storage import points, units, users
from survey.storage.unit_successions import UnitSuccession
from survey.storage.units import UnitRow

SINCE = date(2025, 7, 1)
PASSWORD = "một câu dài dễ nhớ"
NEVER = datetime.max.replace(tzinfo=UTC)
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


def reuse(session: Session, code: str, on: date) -> None:
    """Let a code have been another unit's until a day, and today's unit be made of a third then."""
    now = units.get(session, code, period.today())
    began, now.valid_from = now.valid_from, on
    rows = [
        UnitRow(number=1, code=each, name=name, level="commune", type="xa", parent_code="92")
        for each, name in ((code, "Xã khác"), ("31999", "Xã cũ"))
    ]
    other, forebear = (units.new(row, began, on) for row in rows)
    session.add_all([other, forebear])
    session.flush()
    line = UnitSuccession(old_id=forebear.id, new_id=now.id, full=True, reference=None)
    session.add(line)
    session.flush()


def person(app: Flask, email: str, *held: tuple[str, str]) -> str:
    """Add an account with roles over units, (role, unit code), and what they demand to sign in."""
    with app.app_context():
        now = period.now()
        user = users.add(session(), email, held[0][1], held[0][0], now)
        for role, unit in held[1:]:
            users.grant(session(), user, role, unit, now)
        accounts.set_password(user, PASSWORD)
        session().commit()
    return email


def sign_in(app: Flask, email: str, password: str = PASSWORD) -> FlaskClient:
    """Return a client signed in through the sign-in page itself.

    Who cannot do anything without a second factor gets one beforehand.
    """
    client = app.test_client()
    code = _second_factor(app, email)
    data = {"email": email, "password": password, "csrf_token": csrf_token(client, "/login")}
    answer = client.post(
        "/login", data=data, base_url="https://localhost", headers=referer("/login")
    )
    assert answer.status_code == 302, answer.get_data(as_text=True)
    if code:
        answer = post(client, "/tf-validate", code=code)
        assert answer.status_code == 302, answer.get_data(as_text=True)
    return client


def _second_factor(app: Flask, email: str) -> str | None:
    """Return the code that the account's telephone shows, None where none is asked for."""
    with app.app_context():
        user = users.by_email(session(), email)
        if user is None or not (user.has_factor or (user.factor_due or NEVER) <= period.now()):
            return None
        totp = current_app.extensions["security"].totp_factory
        if not user.has_factor:
            user.tf_primary_method = "authenticator"
            user.tf_totp_secret = totp.generate_totp_secret()
        user.tf_counter = None  # a test does not wait for the next code
        session().commit()
        code: str = totp.generate_totp_password(user.tf_totp_secret)
        return code


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
