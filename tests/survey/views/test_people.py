import re
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey.db import session
from survey.storage import audit_entries, users
from survey.storage.users import User
from tests import province
from tests.province import PASSWORD, Place

ADMIN, CLERK = "quantri@hailong.example", "nhap@hailong.example"
NEW = "moi@hailong.example"


@pytest.fixture
def admin(app: Flask, place: Place) -> FlaskClient:
    """A client signed in as administrator of the province."""
    return province.sign_in(app, province.person(app, ADMIN, ("province-admin", "92")))


@pytest.fixture
def clerk(app: Flask, place: Place) -> str:
    """The account of a clerk of the manager's commune."""
    return province.person(app, CLERK, ("clerk", "31117"))


def account(app: Flask, email: str) -> User:
    with app.app_context():
        user = users.by_email(session(), email)
        assert user is not None
        return user


def held(app: Flask, email: str) -> list[tuple[str, str]]:
    return sorted((each.role, each.unit_code) for each in account(app, email).assignments)


def path(app: Flask, email: str) -> str:
    return f"/people/{account(app, email).id}"


def log(app: Flask) -> list[tuple[str, str, str]]:
    with app.app_context():
        rows = reversed(audit_entries.page(session()).rows)
        return [(row.actor, row.act, row.subject) for row in rows]


def invite(client: FlaskClient, email: str, role: str, unit: str) -> tuple[int, str]:
    answer = province.post(client, "/people/new", email=email, role=role, unit=unit)
    return answer.status_code, answer.get_data(as_text=True)


def test_an_invited_person_sets_a_password_by_the_link_shown_once_and_works(
    app: Flask, manager: FlaskClient
) -> None:
    status, page = invite(manager, " Moi@HaiLong.example ", "reader", "31117")
    assert status == 200
    link = re.search(r"https://hailong\.example\.vn(/reset/[^<\s]+)</textarea>", page)
    assert link
    stranger = app.test_client()
    new = {"password": PASSWORD, "password_confirm": PASSWORD}
    assert province.post(stranger, link[1], **new).status_code == 302
    reader = province.sign_in(app, NEW)
    assert province.get(reader, "/results/units/31117").status_code == 302
    assert province.get(reader, "/points").status_code == 403
    assert held(app, NEW) == [("reader", "31117")]
    assert log(app) == [("quanly@hailong.example", "invite person", NEW)]
    assert link[1] not in province.get(manager, path(app, NEW)).get_data(as_text=True)


@pytest.mark.parametrize(
    ("role", "unit"),
    [("manager", "31120"), ("reader", "92"), ("moderator", "31117"), ("province-admin", "31117")],
)
def test_nobody_gives_more_than_he_has(
    app: Flask, manager: FlaskClient, role: str, unit: str
) -> None:
    status, _page = invite(manager, NEW, role, unit)
    assert status == 422
    with app.app_context():
        assert users.by_email(session(), NEW) is None


def test_a_manager_is_offered_only_what_he_may_give(manager: FlaskClient) -> None:
    page = province.get(manager, "/people/new").get_data(as_text=True)
    assert re.findall(r'<option value="([^"]+)"', page.partition('id="unit"')[0]) == [
        "manager",
        "clerk",
        "reader",
    ]


@pytest.mark.parametrize("email", ["", "không phải thư", "a@", "x" * 300 + "@a.vn"])
def test_what_is_no_address_is_not_invited(manager: FlaskClient, email: str) -> None:
    status, page = invite(manager, email, "reader", "31117")
    assert status == 422
    assert 'aria-invalid="true"' in page


def test_inviting_who_has_an_account_gives_it_another_role(
    app: Flask, admin: FlaskClient, clerk: str
) -> None:
    status, _ = invite(admin, clerk, "reader", "31120")
    assert status == 303
    assert invite(admin, clerk, "reader", "31120")[0] == 303
    assert held(app, clerk) == [("clerk", "31117"), ("reader", "31120")]
    assert [act for _, act, _ in log(app)] == ["grant role"]


def test_a_role_given_here_tells_nothing_of_how_somebody_of_elsewhere_signs_in(
    app: Flask, admin: FlaskClient, manager: FlaskClient, clerk: str
) -> None:
    assert "Đang đăng nhập ở" not in province.get(manager, path(app, clerk)).get_data(as_text=True)
    province.sign_in(app, clerk)
    assert "Đang đăng nhập ở 1" in province.get(manager, path(app, clerk)).get_data(as_text=True)
    assert invite(manager, ADMIN, "reader", "31117")[0] == 303
    page = province.get(manager, path(app, ADMIN)).get_data(as_text=True)
    assert "còn vai trò ngoài phạm vi" in page
    assert "Đang đăng nhập ở" not in page
    assert "Đang dùng, có bước" not in page


def test_the_list_is_searched_and_shows_roles_of_the_own_subtree_only(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    province.person(app, CLERK, ("clerk", "31117"), ("reader", "31120"))
    page = province.get(manager, "/people").get_data(as_text=True)
    assert CLERK in page
    assert place.provincial not in page
    assert "Cái Khế" not in page
    found = province.get(manager, "/people?q=NHAP@").get_data(as_text=True)
    assert CLERK in found
    assert place.manager not in found
    assert "Xem tất cả" in province.get(manager, "/people?q=zzz").get_data(as_text=True)


def test_a_role_is_taken_back_but_the_last_goes_with_the_account(
    app: Flask, admin: FlaskClient, clerk: str
) -> None:
    page = path(app, clerk)
    province.post(admin, f"{page}/roles", page, role="reader", unit="31120")
    province.post(admin, f"{page}/roles/end", page, role="clerk", unit="31117")
    assert held(app, clerk) == [("reader", "31120")]
    answer = province.post(admin, f"{page}/roles/end", page, role="reader", unit="31120")
    assert "vai trò cuối cùng" in province.get(admin, answer.location).get_data(as_text=True)
    assert held(app, clerk) == [("reader", "31120")]
    assert [act for _, act, _ in log(app)] == ["grant role", "revoke role"]


def test_roles_beyond_the_own_subtree_are_not_taken_back(
    app: Flask, manager: FlaskClient, clerk: str, place: Place
) -> None:
    province.person(app, "hai@hailong.example", ("clerk", "31117"), ("reader", "31120"))
    page = path(app, "hai@hailong.example")
    province.post(manager, f"{page}/roles/end", page, role="reader", unit="31120")
    assert ("reader", "31120") in held(app, "hai@hailong.example")
    for act in ("link", "disable", "sign-ins/end", "factor/end"):
        assert province.post(manager, f"{page}/{act}", page).status_code == 404
    assert log(app) == []


def test_nobody_changes_the_own_rights(app: Flask, manager: FlaskClient, place: Place) -> None:
    page = path(app, place.manager)
    assert "tài khoản của Ông/Bà" in province.get(manager, page).get_data(as_text=True)
    province.post(manager, f"{page}/roles", "/people/new", role="clerk", unit="31117")
    province.post(manager, f"{page}/roles/end", "/people/new", role="manager", unit="31117")
    assert province.post(manager, f"{page}/disable", "/people/new").status_code == 404
    assert held(app, place.manager) == [("manager", "31117")]


def test_a_new_link_ends_the_older_one_and_what_is_open(
    app: Flask, manager: FlaskClient, clerk: str
) -> None:
    working, page = province.sign_in(app, clerk), path(app, clerk)
    links = []
    for _ in range(2):
        shown = province.post(manager, f"{page}/link", page).get_data(as_text=True)
        links += re.findall(r"(/reset/[^<\s]+)</textarea>", shown)
    assert province.get(working, "/account").status_code == 302
    stranger = app.test_client()
    assert urlsplit(province.get(stranger, links[0]).location).path == "/reset"
    assert province.get(stranger, links[1]).status_code == 200


def test_a_disabled_account_is_shut_out_until_it_is_enabled(
    app: Flask, manager: FlaskClient, clerk: str
) -> None:
    working, page = province.sign_in(app, clerk), path(app, clerk)
    province.post(manager, f"{page}/disable", page)
    assert province.get(working, "/account").status_code == 302
    assert "Đã khóa" in province.get(manager, page).get_data(as_text=True)
    province.post(manager, f"{page}/enable", page)
    assert province.get(working, "/account").status_code == 302
    province.sign_in(app, clerk)
    assert [act for _, act, _ in log(app)] == ["disable account", "enable account"]


def test_an_account_is_signed_out_everywhere_by_its_administrator(
    app: Flask, manager: FlaskClient, clerk: str
) -> None:
    working, page = province.sign_in(app, clerk), path(app, clerk)
    assert "ở 1 nơi" in province.get(manager, page).get_data(as_text=True)
    province.post(manager, f"{page}/sign-ins/end", page)
    assert province.get(working, "/account").status_code == 302
    assert province.get(manager, page).status_code == 200
    assert log(app)[-1][1:] == ("end sign-ins", clerk)


def test_a_lost_second_factor_is_forgotten_and_demanded_anew(
    app: Flask, admin: FlaskClient, place: Place
) -> None:
    other = province.person(app, "hai@hailong.example", ("province-admin", "92"))
    province.sign_in(app, other)
    page = path(app, other)
    assert account(app, other).has_factor
    province.post(admin, f"{page}/factor/end", page)
    assert not account(app, other).has_factor
    client = app.test_client()
    province.post(client, "/login", email=other, password=PASSWORD)
    assert province.get(client, "/people").location == "/tf-setup"
    assert log(app)[-1][1:] == ("forget second factor", other)


def test_each_role_begins_where_its_work_is(app: Flask, place: Place) -> None:
    begins = {"reader": "/results", "auditor": "/audit", "clerk": None}
    for role, home in begins.items():
        client = province.sign_in(app, province.person(app, f"{role}@x.example", (role, "92")))
        location = province.get(client, "/account/home").location
        assert home in {None, location}, role
        assert province.get(client, location).status_code in {200, 302}, role
        assert province.get(client, "/points").status_code == 403
