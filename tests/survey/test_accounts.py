import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from survey import period
from survey.accounts import invitation
from survey.db import session
from survey.storage import users
from tests import province
from tests.province import PASSWORD, Place

ON_HTTPS = {"base_url": "https://localhost"}


def _sign_in(client: FlaskClient, email: str, password: str, target: str = "/login") -> str:
    data = {"email": email, "password": password}
    data["csrf_token"] = province.csrf_token(client, target)
    answer = client.post(target, data=data, headers=province.referer(target), **ON_HTTPS)
    return answer.location or answer.get_data(as_text=True)


def _invite(app: Flask, email: str) -> str:
    with app.test_request_context(**ON_HTTPS):
        user = users.by_email(session(), email)
        assert user is not None
        return invitation(user)


def _set_password(client: FlaskClient, link: str, password: str) -> tuple[int, str]:
    token = province.csrf_token(client, link)
    data = {"password": password, "password_confirm": password, "csrf_token": token}
    answer = client.post(link, data=data, headers=province.referer(link), **ON_HTTPS)
    return answer.status_code, answer.get_data(as_text=True)


@pytest.fixture
def invited(app: Flask, place: Place) -> str:
    with app.app_context():
        users.add(session(), "Moi@hailong.example", "31117", "manager", period.now())
        session().commit()
    return "moi@hailong.example"


def test_a_wrong_password_and_an_unknown_account_look_the_same(
    client: FlaskClient, place: Place
) -> None:
    wrong = _sign_in(client, place.manager, "không phải mật khẩu")
    unknown = _sign_in(client, "ai@hailong.example", "không phải mật khẩu")
    messages = [re.search(r'role="alert">(.*?)</div>', page) for page in (wrong, unknown)]
    assert messages[0] and messages[1]
    assert messages[0][1] == messages[1][1]
    assert "không đúng" in messages[0][1]


def test_signing_in_leads_to_the_first_page_and_never_to_another_site(
    client: FlaskClient, place: Place
) -> None:
    assert _sign_in(client, place.manager, PASSWORD) == "/account/home"
    evil = client.application.test_client()
    location = _sign_in(evil, place.manager, PASSWORD, "/login?next=https://evil.example/")
    assert "evil.example" not in location.partition("<html")[0]


def test_a_stranger_is_led_back_to_the_page_after_signing_in(
    client: FlaskClient, place: Place
) -> None:
    asked = client.get(f"/points/{place.point}", **ON_HTTPS)
    assert asked.status_code == 302
    assert _sign_in(client, place.manager, PASSWORD, asked.location).endswith(place.point)


def test_an_invited_manager_sets_a_password_once_and_signs_in(
    app: Flask, client: FlaskClient, invited: str
) -> None:
    link = _invite(app, invited)
    assert _set_password(client, link, "một câu thật dài")[0] == 302
    assert _sign_in(client, invited, "một câu thật dài") == "/account/home"
    spent = client.application.test_client().get(link, **ON_HTTPS)
    assert spent.status_code == 302
    assert spent.location.endswith("/reset")


def test_an_invitation_expires_after_a_week(app: Flask, client: FlaskClient, invited: str) -> None:
    link = _invite(app, invited)
    with time_machine.travel(period.now() + timedelta(days=8)):
        answer = client.get(link, follow_redirects=True, **ON_HTTPS)
    page = answer.get_data(as_text=True)
    assert "7 ngày" in page
    assert "người quản trị" in page


def test_a_short_password_is_refused(app: Flask, client: FlaskClient, invited: str) -> None:
    status, page = _set_password(client, _invite(app, invited), "ngắn quá")
    assert status == 200
    assert "12" in page


def test_an_account_without_a_password_cannot_sign_in(client: FlaskClient, invited: str) -> None:
    assert "<html" in _sign_in(client, invited, "")
    assert "<html" in _sign_in(client, invited, "None")


def test_asking_for_a_new_password_promises_no_mail(client: FlaskClient, place: Place) -> None:
    token = province.csrf_token(client, "/login")
    data = {"email": place.manager, "csrf_token": token}
    answer = client.post(
        "/reset", data=data, headers=province.referer("/login"), follow_redirects=True, **ON_HTTPS
    )
    page = answer.get_data(as_text=True)
    assert "đã được gửi" not in page
    assert "người quản trị" in page


def test_a_disabled_account_is_shut_out_at_once(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    assert manager.get("/points", **ON_HTTPS).status_code == 200
    with app.app_context():
        user = users.by_email(session(), place.manager)
        assert user is not None
        users.disable(user)
        session().commit()
    assert manager.get("/points", **ON_HTTPS).status_code == 302
    assert "<html" in _sign_in(app.test_client(), place.manager, PASSWORD)


def test_a_changed_password_ends_the_other_sessions(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    other = province.sign_in(app, place.manager)
    token = province.csrf_token(manager, "/change")
    new = "một câu khác hẳn"
    data = {"password": PASSWORD, "new_password": new, "new_password_confirm": new}
    answer = manager.post(
        "/change",
        data=data | {"csrf_token": token},
        headers=province.referer("/change"),
        **ON_HTTPS,
    )
    assert answer.status_code == 302
    assert other.get("/points", **ON_HTTPS).status_code == 302
    assert manager.get("/points", **ON_HTTPS).status_code == 200


def test_signing_out_ends_the_session(manager: FlaskClient) -> None:
    token = province.csrf_token(manager, "/points/new")
    manager.post(
        "/logout", data={"csrf_token": token}, headers=province.referer("/points"), **ON_HTTPS
    )
    assert manager.get("/points", **ON_HTTPS).status_code == 302


def test_the_session_cookie_is_bound_to_this_host_and_hidden_from_scripts(
    app: Flask, place: Place
) -> None:
    client = app.test_client()
    token = province.csrf_token(client, "/login")
    data = {"email": place.manager, "password": PASSWORD, "csrf_token": token}
    answer = client.post("/login", data=data, headers=province.referer("/login"), **ON_HTTPS)
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in cookie


def test_signing_in_rightly_is_never_slowed(make_app: Callable[..., Flask]) -> None:
    app = make_app(RATELIMIT_ENABLED=True)
    place = province.build(app)
    for _ in range(12):
        province.sign_in(app, place.manager)


def test_there_are_no_tokens_and_no_remembering(app: Flask, place: Place) -> None:
    client = app.test_client()
    asked = {"email": place.manager, "password": PASSWORD}
    token = client.post("/login?include_auth_token", json=asked, **ON_HTTPS)
    assert token.status_code in {400, 415}
    assert b"auth_token" not in token.data
    data = asked | {"remember": "y", "csrf_token": province.csrf_token(client, "/login")}
    answer = client.post("/login", data=data, headers=province.referer("/login"), **ON_HTTPS)
    assert answer.status_code == 302
    assert "remember" not in str(answer.headers)
    assert app.test_client().get("/points?auth_token=x", **ON_HTTPS).status_code == 302


def test_a_password_of_a_megabyte_is_just_wrong(client: FlaskClient, place: Place) -> None:
    assert "không đúng" in _sign_in(client, place.manager, "x" * 20_000)


def test_guessing_passwords_is_slowed_per_account_and_not_per_hall(
    make_app: Callable[..., Flask],
) -> None:
    client = make_app(RATELIMIT_ENABLED=True, WTF_CSRF_ENABLED=False).test_client()

    def guess(email: str) -> int:
        return client.post("/login", data={"email": email, "password": "x"}).status_code

    assert [guess("a@hailong.example") for _ in range(11)][-2:] == [200, 429]
    assert guess("A@hailong.example ") == guess("a@ｈailong。example") == 429
    assert guess("a@hai\ufe0flong.example") == 429  # nothing is shown of U+FE0F, and nothing kept
    assert guess("b@hailong.example") == 200


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        ("/verify", {"password": "x"}),
        ("/change", {"password": "x", "new_password": PASSWORD, "new_password_confirm": PASSWORD}),
    ],
)
def test_a_browser_left_open_is_no_place_to_guess_the_password(
    make_app: Callable[..., Flask], path: str, wrong: dict[str, str]
) -> None:
    app = make_app(RATELIMIT_ENABLED=True, WTF_CSRF_ENABLED=False)
    place = province.build(app)
    client = app.test_client()
    client.post("/login", data={"email": place.manager, "password": PASSWORD}, **ON_HTTPS)
    statuses = [client.post(path, data=wrong, **ON_HTTPS).status_code for _ in range(11)]
    assert statuses == [200] * 10 + [429]
