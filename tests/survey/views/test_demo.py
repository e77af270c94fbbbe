"""The two buttons of the demonstration."""

import html
import re
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey import accounts, demo, period
from survey.db import session
from survey.storage import audit_entries, closes, points, users
from tests import province, results
from tests.province import PASSWORD, Place

COMMUNE = "00007"
MONTH = period.containing(period.today())
PAGE = f"/results/units/{COMMUNE}/{MONTH.name}"
ACT = f"/demo/{COMMUNE}/{MONTH.name}"


@pytest.fixture
def head(demo_app: Flask, prepared: Path) -> FlaskClient:
    """The account of the banner."""
    password = (prepared / "instance" / "demo-password").read_text("utf-8")
    return province.sign_in(demo_app, demo.EMAIL, password)


def _press(client: FlaskClient, words: str, page: str = PAGE) -> str:
    """Press a button of a page; return the words of the page it leads to."""
    source = results.page(client, page)
    form = next(part for part in source.split("<form")[1:] if f">{words}</button>" in part)
    address = re.search(r'action="([^"]+)"', form)
    assert address is not None
    answer = province.post(client, html.unescape(address[1]), page)
    assert answer.status_code == 303
    return results.words(client, answer.location)


def _press_after_sending(client: FlaskClient) -> str:
    _press(client, "Gửi thử 20 phiếu")
    return _press(client, "Chốt ngay")


def _received(words: str) -> int:
    found = re.search(r"Đã nhận ([\d.]+) phiếu", words)
    assert found is not None, words
    return int(found[1].replace(".", ""))


def _released(words: str) -> int:
    found = re.search(r"quét mã ([\d.]+)", words)
    assert found is not None, words
    return int(found[1].replace(".", ""))


def test_twenty_sheets_arrive_wait_and_are_released_at_once(head: FlaskClient) -> None:
    before = _press(head, "Chốt ngay")  # before 06:00 yesterday's would come with them
    waiting = _received(before) - _released(before)
    sent = _press(head, "Gửi thử 20 phiếu")
    assert "Đã gửi 20 phiếu tới Quầy 1: Hộ tịch, chứng thực, Xã Mẫu Khánh" in sent
    assert _received(sent) == _received(before) + 20
    assert _released(sent) == _released(before)
    closed = _press(head, "Chốt ngay")
    released = re.search(r"Đã chốt (\d+) phiếu trong 1 đợt", closed)
    assert released is not None, closed
    assert 20 <= int(released[1]) <= 20 + waiting
    assert _released(closed) == _released(before) + int(released[1])


def test_where_nothing_is_ready_a_close_says_so(head: FlaskClient) -> None:
    _press(head, "Chốt ngay")
    again = _press(head, "Chốt ngay")
    assert "Chưa nhóm nào đủ 10 phiếu để chốt" in again
    assert re.search(r"còn \d+ phiếu chờ đủ nhóm 10", again)


def test_a_close_now_is_not_the_close_of_the_day(demo_app: Flask, head: FlaskClient) -> None:
    with demo_app.app_context():
        before = closes.last(session(), date.max)
    _press(head, "Gửi thử 20 phiếu")
    _press(head, "Chốt ngay")
    with demo_app.app_context():
        after = closes.last(session(), date.max)
    assert before is not None
    assert after is not None
    assert (after.day, after.closed_at) == (before.day, before.closed_at)


def test_a_close_now_is_in_the_audit_log(demo_app: Flask, head: FlaskClient) -> None:
    closed = re.search(r"Đã chốt (\d+) phiếu trong (\d+) đợt", _press_after_sending(head))
    assert closed is not None
    with demo_app.app_context():
        entry = audit_entries.page(session(), act="close now").rows[0]
    assert (entry.actor, entry.subject) == (demo.EMAIL, str(period.today()))
    assert entry.detail == f"{closed[1]} / {closed[2]}"


def test_a_counters_page_sends_to_that_counter(demo_app: Flask, head: FlaskClient) -> None:
    with demo_app.app_context():
        point = points.add(session(), COMMUNE, "Quầy 9", period.now(), period.today())
        session().commit()
        path = f"/results/points/{point.public_id}/{MONTH.name}"
    sent = _press(head, "Gửi thử 20 phiếu", path)
    assert "tới Quầy 9, Xã Mẫu Khánh" in sent
    assert "20 phiếu" in sent
    assert "Đã chốt" in _press(head, "Chốt ngay", path)
    assert _released(results.words(head, path)) == 20


def test_a_counter_that_takes_no_sheets_has_no_button_to_send(
    demo_app: Flask, head: FlaskClient
) -> None:
    with demo_app.app_context():
        point = points.add(session(), COMMUNE, "Quầy 9", period.now(), period.today())
        points.close(point, period.now())
        session().commit()
        path = f"/results/points/{point.public_id}/{MONTH.name}"
    shown = results.words(head, path)
    assert "Chốt ngay" in shown
    assert "Gửi thử 20 phiếu" not in shown
    answer = province.post(head, f"{ACT}/send?point={point.public_id}", path)
    assert "không có quầy nào đang mở" in results.words(head, answer.location)


@pytest.mark.parametrize("kind", ["month", "quarter", "year"])
def test_the_way_back_keeps_a_period_that_goes_on(head: FlaskClient, kind: str) -> None:
    shown = period.containing(period.today(), kind)
    path = f"/results/units/{COMMUNE}/{shown.name}"
    answer = province.post(head, f"/demo/{COMMUNE}/{shown.name}/close", path)
    assert answer.location == path


def test_the_way_back_from_a_period_that_is_over_is_this_month(head: FlaskClient) -> None:
    over = MONTH.previous.name
    path = f"/results/units/{COMMUNE}/{over}"
    answer = province.post(head, f"/demo/{COMMUNE}/{over}/send", path)
    assert answer.location == PAGE


def test_there_are_no_buttons_for_what_is_not_there(head: FlaskClient) -> None:
    for path in (
        f"/demo/99999/{MONTH.name}/close",
        f"/demo/99999/{MONTH.name}/send",
        f"{ACT}/send?point=22222222",
        f"/demo/{COMMUNE}/2026-13/close",
    ):
        assert province.post(head, path, PAGE).status_code == 404, path


def test_a_manager_of_one_commune_sends_to_no_other(demo_app: Flask) -> None:
    with demo_app.app_context():
        user = users.add(session(), "xa@hailong.example", COMMUNE, "manager", period.now())
        accounts.set_password(user, PASSWORD)
        session().commit()
    client = province.sign_in(demo_app, "xa@hailong.example")
    assert province.post(client, f"{ACT}/send", PAGE).status_code == 303
    for act in ("send", "close"):
        answer = province.post(client, f"/demo/00001/{MONTH.name}/{act}", PAGE)
        assert answer.status_code == 404


def test_a_stranger_is_sent_to_sign_in_and_a_forged_form_is_refused(
    demo_app: Flask, head: FlaskClient
) -> None:
    for act in ("send", "close"):
        answer = demo_app.test_client().post(f"{ACT}/{act}")
        assert (answer.status_code, answer.location[:6]) == (302, "/login")
        assert head.post(f"{ACT}/{act}", base_url="https://localhost").status_code == 400
        assert head.get(f"{ACT}/{act}", base_url="https://localhost").status_code == 405


def test_every_route_of_the_demonstration_names_its_readers(demo_app: Flask) -> None:
    views = [v for e, v in demo_app.view_functions.items() if e.startswith("demo.")]
    assert len(views) == 2
    assert all(view.roles == frozenset({"manager"}) for view in views)  # type: ignore[attr-defined]


def test_nowhere_else_are_there_buttons_or_their_addresses(
    manager: FlaskClient, place: Place
) -> None:
    path = f"/results/units/31117/{MONTH.name}"
    assert "Chốt ngay" not in results.page(manager, path)
    for act in ("send", "close"):
        answer = province.post(manager, f"/demo/31117/{MONTH.name}/{act}", path)
        assert answer.status_code == 404


def test_the_account_of_the_banner_may_look_at_every_page(head: FlaskClient) -> None:
    listed = results.page(head, "/moderation?view=recent")
    found = re.search(r'href="(/moderation/[0-9a-f]{16})"', listed)
    assert found
    raw = province.post(head, f"{found[1]}/raw", found[1])
    assert raw.status_code == 200
    assert "Lần xem này đã được ghi" in raw.get_data(as_text=True)
    assert "đọc góp ý gốc" in results.page(head, "/audit")
