"""The page of the rules that leave answers out of every headline."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from survey.db import session
from survey.storage import audit_entries, exclusions
from survey.storage.exclusions import Exclusion
from tests import province, results
from tests.province import Place

PAGE = "/exclusion-rules"
WHO = "chiso@hailong.example"
RULE = {"month": "2026-12", "signs": "staff", "reason": "Quyết định 12/QĐ-UBND"}


@pytest.fixture(autouse=True)
def november() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 11, 22, 3, tzinfo=UTC)):
        yield


@pytest.fixture
def admin(app: Flask, place: Place) -> FlaskClient:
    """The administrator of the index of the province."""
    return province.sign_in(app, province.person(app, WHO, ("index-admin", "92")))


def _rules(app: Flask) -> list[Exclusion]:
    with app.app_context():
        return list(exclusions.all_(session()))


def test_a_rule_is_written_for_a_month_ahead_and_logged(app: Flask, admin: FlaskClient) -> None:
    assert "Chưa có quy tắc nào" in results.words(admin, PAGE)
    assert province.post(admin, PAGE, **RULE).status_code == 303
    (rule,) = _rules(app)
    assert (rule.starts_on, rule.signs, rule.written_by) == (date(2026, 12, 1), "staff", WHO)
    words = results.words(admin, PAGE)
    assert "Từ 12/2026 · Chưa bắt đầu Để ngoài: đến từ mạng nội bộ" in words
    assert "Căn cứ: Quyết định 12/QĐ-UBND chiso@hailong.example ghi ngày 22/11/2026" in words
    assert "Hôm nay để ngoài thêm: không dấu hiệu nào." in words
    with app.app_context():
        entry = audit_entries.page(session(), act="write exclusion rule").rows[0]
    assert (entry.actor, entry.subject, entry.detail) == (
        WHO,
        "2026-12",
        "staff: Quyết định 12/QĐ-UBND",
    )


def test_a_rule_without_signs_counts_all_again(app: Flask, admin: FlaskClient) -> None:
    without = {name: value for name, value in RULE.items() if name != "signs"}
    assert province.post(admin, PAGE, **without).status_code == 303
    assert [rule.signs for rule in _rules(app)] == [""]
    assert "Để ngoài: không dấu hiệu nào" in results.words(admin, PAGE)


@pytest.mark.parametrize(
    "wrong",
    [{"month": "2026-11"}, {"month": "2026-12-05"}, {"signs": "honeypot"}, {"reason": " "}],
)
def test_what_cannot_be_a_rule_is_refused_and_nothing_kept(
    app: Flask, admin: FlaskClient, wrong: dict[str, str]
) -> None:
    refused = province.post(admin, PAGE, **RULE | wrong)
    assert refused.status_code == 422
    assert "Chưa ghi:" in refused.get_data(as_text=True)
    assert _rules(app) == []


def test_whoever_reads_results_reads_the_rules_and_writes_none(
    app: Flask, manager: FlaskClient, admin: FlaskClient
) -> None:
    province.post(admin, PAGE, **RULE)
    words = results.words(manager, PAGE)
    assert "Quyết định 12/QĐ-UBND" in words
    assert "Ghi quy tắc mới" not in words
    assert province.post(manager, PAGE, "/points/new", **RULE).status_code == 403
    assert len(_rules(app)) == 1


def test_an_administrator_of_one_commune_decides_nothing_about_it(app: Flask, place: Place) -> None:
    own = province.person(app, "xa@hailong.example", ("index-admin", "31117"))
    client = province.sign_in(app, own)
    assert "Ghi quy tắc mới" not in results.words(client, PAGE)
    token = province.csrf_token(client, "/account")
    answer = client.post(
        PAGE,
        data=RULE | {"csrf_token": token},
        base_url="https://localhost",
        headers=province.referer(PAGE),
    )
    assert answer.status_code == 403
    assert _rules(app) == []


def test_the_page_says_which_rule_holds_and_which_another_replaced(
    app: Flask, admin: FlaskClient
) -> None:
    with app.app_context():
        for month, signs in ((8, "burst"), (10, "quick"), (10, "staff")):
            rule = Exclusion(
                starts_on=date(2026, month, 1),
                signs=signs,
                reason="Quyết định",
                written_on=date(2026, 7, 1),
                written_by="command line",
            )
            exclusions.add(session(), rule)
        session().commit()
    words = results.words(admin, PAGE)
    assert "Hôm nay để ngoài thêm: đến từ mạng nội bộ." in words
    assert "Từ 10/2026 · Đang có hiệu lực Để ngoài: đến từ mạng nội bộ" in words
    assert "Từ 10/2026 · Đã được thay Để ngoài: gửi rất nhanh" in words
    assert "Từ 08/2026 · Đã hết hiệu lực" in words


def test_the_page_is_one_tap_from_the_results(manager: FlaskClient) -> None:
    assert f'href="{PAGE}"' in results.page(manager, "/results/units/31117/2026-11")
