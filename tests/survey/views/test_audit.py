import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from forms.codes import REPLACE, REPLACE_LATER, REVOKE
from survey import period
from survey.db import session
from survey.storage import audit_entries
from survey.storage.audit_entries import AuditEntry
from survey.views import audit
from tests import province
from tests.province import Place

AUDITOR = "kiemtra@hailong.example"


@pytest.fixture
def auditor(app: Flask, place: Place) -> FlaskClient:
    return province.sign_in(app, province.person(app, AUDITOR, ("auditor", "92")))


def page(client: FlaskClient, address: str = "/audit") -> str:
    answer = province.get(client, address)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_what_managers_do_with_counters_and_files_is_in_the_log(
    app: Flask, manager: FlaskClient, auditor: FlaskClient, place: Place
) -> None:
    point, month = f"/points/{place.point}", period.containing(period.today()).name
    province.post(manager, "/points/new", name="Quầy 9", unit="31117")
    province.post(manager, f"{point}/edit", name="Quầy một", field="")
    province.post(manager, f"{point}/close", point)
    province.post(manager, f"{point}/reopen", point)
    province.get(manager, f"/results/units/31117/{month}/export.csv")
    log = page(auditor)
    for act in ("tạo quầy", "đổi tên quầy", "đóng quầy", "mở lại quầy", "xuất tệp chỉ số"):
        assert f"<strong>{place.manager}</strong>: {act}" in log
    assert "Quầy 1: Hộ tịch → Quầy một" in log


def test_moving_a_counter_is_in_the_log(app: Flask, auditor: FlaskClient, place: Place) -> None:
    provincial = province.sign_in(app, place.provincial)
    province.post(provincial, f"/points/{place.point}/move", unit="31120")
    assert "chuyển quầy" in page(auditor)
    assert "31117 → 31120" in page(auditor)


def test_the_log_is_narrowed_by_day_person_and_act(app: Flask, auditor: FlaskClient) -> None:
    with app.app_context():
        for days, actor, act in ((0, "a@x.example", "grant role"), (1, "b@x.example", "odd act")):
            at = period.now() - timedelta(days=days)
            audit_entries.record(session(), actor=actor, act=act, subject="mốc", at=at)
        session().commit()
    yesterday = period.today() - timedelta(days=1)
    for narrowed in (f"day={yesterday}", "actor=b@x.example", "act=odd+act"):
        log = page(auditor, f"/audit?{narrowed}")
        assert "<strong>b@x.example</strong>: odd act" in log
        assert "<strong>a@x.example</strong>" not in log
    assert "Không có dòng nào khớp" in page(auditor, "/audit?day=2020-01-01")
    assert "<strong>a@x.example</strong>" in page(auditor, "/audit?day=x&page=x")


def test_the_log_is_paged(app: Flask, auditor: FlaskClient) -> None:
    with app.app_context():
        for n in range(audit_entries.PAGE_SIZE + 1):
            audit_entries.record(
                session(), actor="a", act="b", subject=f"dòng-{n}-", at=period.now()
            )
        session().commit()
    assert "dòng-0-" not in page(auditor)
    assert "dòng-0-" in page(auditor, "/audit?page=2")


def test_the_page_says_whether_the_log_is_whole(app: Flask, auditor: FlaskClient) -> None:
    with app.app_context():
        audit_entries.record(session(), actor="a", act="b", subject="c", at=period.now())
        session().commit()
    assert "nguyên vẹn" not in page(auditor).partition("<ol")[0]
    assert "Nhật ký nguyên vẹn" in page(auditor, "/audit?check=1")
    with app.app_context():
        session().execute(update(AuditEntry).values(subject="d"))
        session().commit()
    assert "không còn nguyên vẹn từ dòng số 1" in page(auditor, "/audit?check=1")


def test_only_who_reaches_the_whole_register_reads_the_log(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    assert province.get(manager, "/audit").status_code == 403
    partial = province.person(app, AUDITOR, ("auditor", "31117"))
    client = province.sign_in(app, partial)
    assert province.get(client, "/audit").status_code == 403
    admin = province.person(app, "quantri@hailong.example", ("province-admin", "92"))
    assert page(province.sign_in(app, admin))


def test_every_act_that_is_recorded_has_its_words() -> None:
    calls = re.compile(r'\b_?(?:note|done)\((?:\w+, )?"([^"]+)"')
    sources = [file.read_text("utf-8") for file in Path("survey").rglob("*.py")]
    acts = {act for source in sources for act in calls.findall(source)}
    acts |= {f"{act} code" for act in (REPLACE, REPLACE_LATER, REVOKE)}
    assert len(acts) > 20
    assert sorted(acts - audit.ACT_NAMES.keys()) == []
