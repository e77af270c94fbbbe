import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey.db import session
from survey.storage import audit_entries, targets
from survey.storage.targets import INDEX
from tests import province, results
from tests.province import Place

OWN = "/targets/31117/2026"


def _held(app: Flask, code: str = "31117") -> dict[tuple[str, str], int]:
    with app.app_context():
        return {key: row.value for key, row in targets.own(session(), code, 2026).items()}


def _log(app: Flask) -> list[tuple[str, str]]:
    with app.app_context():
        rows = audit_entries.page(session(), act="set targets").rows
        return [(row.subject, row.detail) for row in rows]


def _send(client: FlaskClient, content: str, button: str) -> tuple[int, str]:
    answer = client.post(
        "/targets/import",
        data={
            "file": (io.BytesIO(content.encode()), "chi-tieu.csv"),
            button: "1",
            "csrf_token": province.csrf_token(client, "/targets/import"),
        },
        headers=province.referer("/targets/import"),
        base_url="https://localhost",
    )
    return answer.status_code, answer.get_data(as_text=True)


def test_a_manager_begins_with_his_own_unit(manager: FlaskClient) -> None:
    assert re.fullmatch(r"/targets/31117/20\d\d", province.get(manager, "/targets").location)


def test_targets_are_set_changed_taken_back_and_every_change_is_noted(
    app: Flask, manager: FlaskClient
) -> None:
    answer = province.post(manager, OWN, **{"overall-index": "85", "factor-C": "90,5"})
    assert answer.status_code == 302
    assert _held(app) == {INDEX: 8500, ("factor", "C"): 9050}
    page = results.page(manager, OWN)
    assert 'value="90,5"' in page
    assert "quanly@hailong.example" in page
    province.post(manager, OWN, **{"overall-index": "86"})
    assert _held(app) == {INDEX: 8600}
    assert _log(app) == [
        ("31117 2026", "index 85 → 86; C 90,5 → none"),
        ("31117 2026", "index none → 85; C none → 90,5"),
    ]
    province.post(manager, OWN, **{"overall-index": "86"})
    assert len(_log(app)) == 2


def test_a_wrong_number_keeps_what_was_written_and_stores_nothing(
    app: Flask, manager: FlaskClient
) -> None:
    answer = province.post(manager, OWN, **{"overall-index": "850", "factor-C": "90"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Xin ghi một số từ 1 đến 100" in page
    assert 'value="850"' in page
    assert 'value="90"' in page
    assert _held(app) == {}


def test_what_comes_from_above_is_named_and_not_copied(app: Flask, place: Place) -> None:
    above = province.sign_in(app, place.provincial)
    province.post(above, "/targets/92/2026", **{"overall-index": "88,25"})
    text = results.words(province.sign_in(app, place.manager), OWN)
    assert "Đang theo Thành phố Cần Thơ: 88,25%." in text
    assert _held(app) == {}


@pytest.mark.parametrize("path", ["/targets/31120/2026", "/targets/92/2026", "/targets/31117/1999"])
def test_nobody_sets_targets_outside_the_subtree_or_the_years(
    manager: FlaskClient, path: str
) -> None:
    assert province.get(manager, path).status_code == 404


def test_a_reader_sets_none(app: Flask, place: Place) -> None:
    reader = province.sign_in(app, province.person(app, "xem@hailong.example", ("reader", "31117")))
    assert province.get(reader, OWN).status_code == 403


def test_a_file_is_tried_and_then_stored(app: Flask, manager: FlaskClient) -> None:
    content = "Mã đơn vị;Năm;Mã;Chỉ tiêu\n31117;2026;index;85\n31117;2026;A;90"
    code, page = _send(manager, content, "check")
    assert (code, "2 chỉ tiêu sẽ thay đổi, 0 chỉ tiêu giữ nguyên" in page) == (200, True)
    assert (_held(app), _log(app)) == ({}, [])
    code, page = _send(manager, content, "submit")
    assert (code, "Đã nhập: 2 chỉ tiêu thay đổi" in page) == (200, True)
    assert _held(app) == {INDEX: 8500, ("factor", "A"): 9000}
    assert _log(app) == [("31117 2026", "index none → 85; A none → 90")]


def test_a_file_about_another_unit_is_refused_whole(app: Flask, manager: FlaskClient) -> None:
    content = "Mã đơn vị;Năm;Mã;Chỉ tiêu\n31117;2026;index;85\n31120;2026;A;90"
    code, page = _send(manager, content, "submit")
    assert (code, "Dòng 3: “31120” không phải mã đơn vị" in page) == (422, True)
    assert _held(app) == {}


def test_a_form_without_a_file_asks_for_one(manager: FlaskClient) -> None:
    answer = province.post(manager, "/targets/import")
    assert (answer.status_code, "Xin chọn tệp." in answer.get_data(as_text=True)) == (422, True)
