from datetime import timedelta

import time_machine
from flask import Flask
from flask.testing import FlaskClient

from survey import period
from survey.db import session
from survey.storage import sign_ins, users
from survey.storage.sign_ins import SignIn
from tests import province
from tests.province import Place


def open_ones(app: Flask, email: str) -> list[SignIn]:
    with app.app_context():
        user = users.by_email(session(), email)
        assert user is not None
        return list(sign_ins.listing(session(), user.id, period.now() - timedelta(days=1)))


def test_the_own_page_tells_roles_and_where_one_is_signed_in(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    province.sign_in(app, place.manager)
    page = province.get(manager, "/account").get_data(as_text=True)
    assert "Quản lý đơn vị, Phường Ninh Kiều" in page
    assert page.count("Trình duyệt này") == 1
    assert page.count('aria-label="Đăng xuất nơi đăng nhập lúc') == 1


def test_signing_out_elsewhere_ends_the_other_browsers_only(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    others = [province.sign_in(app, place.manager) for _ in range(2)]
    page = province.post(manager, "/account/sign-ins/end", "/account")
    assert page.status_code == 303
    for other in others:
        assert province.get(other, "/points").status_code == 302
    assert province.get(manager, "/points").status_code == 200


def test_one_other_browser_is_signed_out_by_its_number(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    other = province.sign_in(app, place.manager)
    last = max(each.id for each in open_ones(app, place.manager))
    province.post(manager, f"/account/sign-ins/{last}/end", "/account")
    assert province.get(other, "/points").status_code == 302
    assert province.get(manager, "/points").status_code == 200


def test_nobody_ends_another_persons_sign_in_by_its_number(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    other = province.sign_in(app, place.provincial)
    number = open_ones(app, place.provincial)[0].id
    province.post(manager, f"/account/sign-ins/{number}/end", "/account")
    assert province.get(other, "/points").status_code == 200


def test_signing_out_leaves_a_copied_cookie_worthless(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    copied = app.test_client()
    cookie = manager.get_cookie("__Host-session", domain="localhost")
    assert cookie is not None
    copied.set_cookie("__Host-session", cookie.value, domain="localhost", secure=True)
    assert province.get(copied, "/points").status_code == 200
    province.post(manager, "/logout", "/account")
    assert province.get(copied, "/points").status_code == 302
    assert open_ones(app, place.manager) == []


def test_a_browser_left_for_a_working_day_must_sign_in_again(
    app: Flask, manager: FlaskClient
) -> None:
    with time_machine.travel(period.now() + timedelta(hours=11)):
        assert province.get(manager, "/points").status_code == 200
    with time_machine.travel(period.now() + timedelta(hours=22)):
        assert province.get(manager, "/points").status_code == 200
    with time_machine.travel(period.now() + timedelta(hours=34, minutes=1)):
        assert province.get(manager, "/points").status_code == 302


def test_use_is_noted_by_the_hour_and_no_finer(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    begun = open_ones(app, place.manager)[0].seen_at
    with time_machine.travel(begun + timedelta(minutes=50)):
        province.get(manager, "/points")
        assert open_ones(app, place.manager)[0].seen_at == begun
    with time_machine.travel(begun + timedelta(minutes=70)):
        province.get(manager, "/points")
        assert open_ones(app, place.manager)[0].seen_at > begun


def test_signing_in_and_out_works_on_each_database(both_app: Flask) -> None:
    place = province.build(both_app)
    client = province.sign_in(both_app, place.manager)
    assert province.get(client, "/account").status_code == 200
    province.post(client, "/logout", "/account")
    assert province.get(client, "/account").status_code == 302
