import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from passlib.totp import TOTP
from werkzeug.test import TestResponse

from survey import period
from survey.db import session
from survey.storage import audit_entries, users
from tests import province
from tests.province import PASSWORD, Place

ADMIN = "quantri@hailong.example"
SETUP = "/tf-setup"


@pytest.fixture
def admin(app: Flask, place: Place) -> str:
    return province.person(app, ADMIN, ("province-admin", "92"))


def half_in(app: Flask, email: str) -> tuple[FlaskClient, TestResponse]:
    """Return a client that has given the password, and the answer to it."""
    client = app.test_client()
    return client, province.post(client, "/login", email=email, password=PASSWORD)


def shown(client: FlaskClient) -> tuple[TOTP, str]:
    """Ask for a second factor; return the telephone with the key shown, and where to confirm it."""
    page = province.post(client, SETUP, setup="authenticator").get_data(as_text=True)
    key = re.search(r'<code class="text-break">([^<]+)</code>', page)
    action = re.search(r'action="(/tf-setup/[^"]+)"', page)
    assert key and action, page
    assert 'src="data:image/svg+xml;base64,' in page
    return TOTP(key[1]), action[1]


def set_up(client: FlaskClient) -> TOTP:
    """Set up a second factor as a telephone does, from the key shown; return the telephone."""
    phone, action = shown(client)
    answer = province.post(client, action, SETUP, code=phone.generate().token)
    assert urlsplit(answer.location).path == "/account"
    return phone


def code(phone: TOTP, later: int = 0) -> str:
    """Return the code a telephone shows so many seconds later."""
    return phone.generate(period.now() + timedelta(seconds=later)).token


def acts(app: Flask) -> list[str]:
    with app.app_context():
        return [entry.act for entry in audit_entries.page(session()).rows]


def test_a_province_role_can_do_nothing_before_it_has_a_second_factor(
    app: Flask, admin: str
) -> None:
    client, answer = half_in(app, admin)
    assert answer.location == "/account/home"
    for path in ("/account/home", "/people", "/results", "/points", "/account"):
        assert province.get(client, path).location == SETUP
    assert province.get(client, "/change").status_code == 200
    set_up(client)
    assert province.get(client, "/people").status_code == 200
    assert acts(app) == ["set up second factor"]


@pytest.mark.parametrize("role", ["reader", "auditor", "clerk", "manager"])
def test_every_role_of_a_province_needs_it_at_once(app: Flask, place: Place, role: str) -> None:
    client, _ = half_in(app, province.person(app, ADMIN, (role, "92")))
    assert province.get(client, "/account").location == SETUP
    set_up(client)
    assert province.get(client, "/account").status_code == 200
    assert "Tắt bước xác nhận" not in province.get(client, SETUP).get_data(as_text=True)


def test_a_manager_has_a_week_that_the_pages_count_down(app: Flask, place: Place) -> None:
    client = province.sign_in(app, place.manager)
    with time_machine.travel(period.now() + timedelta(days=2)):
        client = province.sign_in(app, place.manager)
        assert "Còn 5 ngày" in province.get(client, "/points").get_data(as_text=True)
    with time_machine.travel(period.now() + timedelta(days=7, minutes=1)):
        client, _ = half_in(app, place.manager)
        assert province.get(client, "/points").location == SETUP
        set_up(client)
        page = province.get(client, "/points").get_data(as_text=True)
        assert "phải có bước xác nhận" not in page


def test_a_reader_may_but_need_not_have_one(app: Flask, place: Place) -> None:
    reader = province.person(app, "doc@hailong.example", ("reader", "31117"))
    with time_machine.travel(period.now() + timedelta(days=400)):
        client, _ = half_in(app, reader)
        assert "bước xác nhận" not in province.get(client, "/results").get_data(as_text=True)
        set_up(client)
        answer = province.post(client, SETUP, setup="disable")
        assert urlsplit(answer.location).path == "/account"
    assert acts(app) == ["disable second factor", "set up second factor"]


def test_a_role_that_demands_it_cannot_switch_it_off(app: Flask, admin: str) -> None:
    client, _ = half_in(app, admin)
    set_up(client)
    page = province.get(client, SETUP).get_data(as_text=True)
    assert "Tắt bước xác nhận" not in page
    assert province.post(client, SETUP, setup="disable").status_code == 200
    with app.app_context():
        user = users.by_email(session(), admin)
        assert user is not None
        assert user.has_factor


def test_signing_in_asks_for_the_code_and_takes_each_once(app: Flask, admin: str) -> None:
    client, _ = half_in(app, admin)
    phone = set_up(client)
    later, answer = half_in(app, admin)
    assert urlsplit(answer.location).path == "/tf-validate"
    assert province.get(later, "/people").status_code == 302
    assert "Nhập mã xác nhận" in province.get(later, "/tf-validate").get_data(as_text=True)

    used = province.post(later, "/tf-validate", code=code(phone))
    assert used.status_code == 200
    assert "Mã không đúng" in used.get_data(as_text=True)
    with time_machine.travel(period.now() + timedelta(seconds=30)):
        assert province.post(later, "/tf-validate", code=code(phone)).status_code == 302
        assert province.get(later, "/people").status_code == 200


def test_a_wrong_or_old_code_is_refused(app: Flask, admin: str) -> None:
    client, _ = half_in(app, admin)
    phone = set_up(client)
    with time_machine.travel(period.now() + timedelta(minutes=10)):
        later, _ = half_in(app, admin)
        for wrong in ("000000", "", "x", code(phone, -120), code(phone, 120)):
            assert province.post(later, "/tf-validate", code=wrong).status_code == 200
        assert province.get(later, "/people").status_code == 302


def test_a_recovery_code_lets_in_once(app: Flask, admin: str) -> None:
    client, _ = half_in(app, admin)
    set_up(client)
    assert "Chưa có mã khôi phục" in province.get(client, "/account").get_data(as_text=True)
    page = province.post(client, "/mf-recovery-codes").get_data(as_text=True)
    codes = re.findall(r"<li><code>([0-9a-f-]{14})</code></li>", page)
    assert len(set(codes)) == 10
    with app.app_context():
        user = users.by_email(session(), admin)
        assert user is not None
        assert not set(codes) & set(user.mf_recovery_codes or ())  # not readable in the rows

    later, _ = half_in(app, admin)
    assert province.post(later, "/mf-recovery", code="0000-0000-0000").status_code == 200
    assert province.post(later, "/mf-recovery", code=codes[3]).status_code == 302
    assert province.get(later, "/people").status_code == 200
    again, _ = half_in(app, admin)
    assert province.post(again, "/mf-recovery", code=codes[3]).status_code == 200


def test_the_pages_of_the_second_half_send_a_stranger_back(client: FlaskClient) -> None:
    for path in ("/tf-validate", "/mf-recovery"):
        assert urlsplit(province.get(client, path).location).path == "/login"


def test_after_signing_in_with_a_code_one_stands_where_one_wanted(app: Flask, admin: str) -> None:
    client, _ = half_in(app, admin)
    phone = set_up(client)
    later = app.test_client()
    asked = province.get(later, "/people").location
    answer = province.post(later, asked, email=admin, password=PASSWORD)
    assert parse_qs(urlsplit(answer.location).query)["next"] == ["/people"]
    with time_machine.travel(period.now() + timedelta(seconds=30)):
        answer = province.post(later, answer.location, code=code(phone))
    assert urlsplit(answer.location).path == "/people"


def test_a_new_password_by_link_does_not_do_without_the_code(app: Flask, admin: str) -> None:
    client, _ = half_in(app, admin)
    set_up(client)
    with app.test_request_context(base_url="https://localhost"):
        user = users.by_email(session(), admin)
        assert user is not None
        from survey.accounts import invitation  # noqa: PLC0415

        link = invitation(user)
    stranger = app.test_client()
    new = "một câu khác hẳn"
    assert province.post(stranger, link, password=new, password_confirm=new).status_code == 302
    answer = province.post(stranger, "/login", email=admin, password=new)
    assert urlsplit(answer.location).path == "/tf-validate"


def test_codes_cannot_be_tried_from_many_addresses(app: Flask, make_app, admin: str) -> None:  # type: ignore[no-untyped-def]
    client, _ = half_in(app, admin)
    set_up(client)
    limited = make_app(RATELIMIT_ENABLED=True, WTF_CSRF_ENABLED=False)
    statuses = []
    for number in range(12):
        guesser = limited.test_client()
        address = {"REMOTE_ADDR": f"203.0.113.{number}"}
        guesser.post("/login", data={"email": admin, "password": PASSWORD}, environ_base=address)
        answer = guesser.post("/tf-validate", data={"code": "000000"}, environ_base=address)
        statuses.append(answer.status_code)
    assert statuses == [200] * 10 + [429] * 2


def test_the_demonstration_asks_nobody(app: Flask, admin: str) -> None:
    app.config["PURPOSE"] = "demo"
    client, _ = half_in(app, admin)
    assert "bước xác nhận" not in province.get(client, "/people").get_data(as_text=True)


def test_a_key_shown_elsewhere_does_not_replace_the_one_of_an_open_browser(
    app: Flask, admin: str, place: Place
) -> None:
    left_open, _ = half_in(app, admin)
    phone = set_up(left_open)
    colleague, _ = half_in(app, place.manager)
    own_phone, action = shown(colleague)
    with time_machine.travel(period.now() + timedelta(minutes=1)):
        answer = province.post(left_open, action, "/account", code=code(own_phone))
        assert urlsplit(answer.location).path == SETUP
        later, _ = half_in(app, admin)
        assert province.post(later, "/tf-validate", code=code(own_phone)).status_code == 200
        assert province.post(later, "/tf-validate", code=code(phone)).status_code == 302


@pytest.mark.parametrize("path", [SETUP, "/mf-recovery-codes"])
def test_an_hour_later_the_second_factor_asks_for_the_password(
    app: Flask, admin: str, path: str
) -> None:
    client, _ = half_in(app, admin)
    set_up(client)
    assert province.get(client, path).status_code == 200
    with time_machine.travel(period.now() + timedelta(hours=1, minutes=1)):
        assert province.get(client, "/people").status_code == 200
        assert urlsplit(province.get(client, path).location).path == "/verify"


def test_a_session_of_long_ago_must_give_the_password_again(app: Flask, admin: str) -> None:
    app.config["SIGN_IN_HOURS"] = 100
    client, _ = half_in(app, admin)
    set_up(client)
    with time_machine.travel(period.now() + timedelta(hours=30)):
        answer = province.get(client, SETUP)
        assert urlsplit(answer.location).path == "/verify"
        assert province.post(client, answer.location, password=PASSWORD).status_code == 302
        assert province.get(client, SETUP).status_code == 200
