from datetime import date, timedelta

import pytest
from cryptography.fernet import Fernet
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from survey import sifting
from survey.db import session
from survey.storage import comments, contacts, points, referrals
from survey.storage.audit_entries import AuditEntry
from survey.storage.comments import Comment
from survey.storage.contacts import Contact
from tests import province, remarks, results
from tests.province import Place

DAY = date(2026, 11, 3)
MODERATOR = "duyet@hailong.example"
RAW = "Anh Hùng đòi thêm 200k, gọi tôi 0912345678."
KEY = Fernet.generate_key().decode()


@pytest.fixture
def name(app: Flask, place: Place) -> str:
    """The name of a held comment with names and numbers."""
    return _write(app, place.point, RAW)


@pytest.fixture
def moderator(app: Flask, place: Place) -> FlaskClient:
    return province.sign_in(app, province.person(app, MODERATOR, ("moderator", "92")))


def _write(app: Flask, public_id: str, text: str) -> str:
    with app.app_context():
        written = remarks.comment(session(), points.any_of(session(), public_id), DAY, text)
        sifting.sift(session(), DAY, 10)
        session().commit()
        return written.name


def _press(client: FlaskClient, name: str, act: str, **data: str) -> str:
    """Press a button of a comment's page; return the page that follows."""
    page = f"/moderation/{name}"
    answer = province.post(client, f"{page}/{act}", page, **data)
    if answer.status_code == 303:
        answer = province.get(client, answer.location)
    assert answer.status_code in {200, 422}, answer.get_data(as_text=True)
    return answer.get_data(as_text=True)


def _stored(app: Flask) -> Comment:
    with app.app_context():
        return session().scalars(select(Comment)).one()


def _log(app: Flask) -> list[tuple[str, str, str, str]]:
    """Return who did what to which comment, sign-ins and accounts left out."""
    with app.app_context():
        rows = session().scalars(select(AuditEntry).order_by(AuditEntry.number))
        return [
            (e.actor, e.act, e.subject, e.detail)
            for e in rows
            if "factor" not in e.act and "account" not in e.act
        ]


def test_a_held_comment_is_listed_masked_with_the_reason(moderator: FlaskClient, name: str) -> None:
    words = results.words(moderator, "/moderation")
    assert "Đang giữ lại (1)" in words
    assert "Anh [tên người] đòi thêm 200k, gọi tôi [số điện thoại]." in words
    assert "Tiền, quà" in words
    assert "Phường Ninh Kiều, Quầy 1: Hộ tịch" in words


def test_the_raw_words_are_shown_by_a_button_only_and_each_look_is_logged(
    app: Flask, moderator: FlaskClient, name: str
) -> None:
    for path in ("/moderation", "/moderation?view=recent", f"/moderation/{name}"):
        assert "0912345678" not in results.page(moderator, path)
    assert province.get(moderator, f"/moderation/{name}/raw").status_code == 405
    assert _log(app) == []
    for n in (1, 2):
        page = _press(moderator, name, "raw")
        assert RAW in page
        assert "02/02/2026" not in page
        assert "01/02/2027" in page  # the last day of the raw words
        assert _log(app) == [(MODERATOR, "view raw comment", name, "")] * n


def test_after_90_days_there_are_no_raw_words_to_see(
    app: Flask, moderator: FlaskClient, name: str
) -> None:
    with app.app_context():
        stored = session().scalars(select(Comment)).one()
        stored.text = None
        session().commit()
    page = results.page(moderator, f"/moderation/{name}")
    assert "Nguyên văn đã bị xóa" in page
    assert "Xem nguyên văn" not in page


@pytest.mark.parametrize("role", ["manager", "reader", "index-admin", "auditor", "clerk"])
def test_other_roles_of_the_province_reach_nothing(
    app: Flask, place: Place, name: str, role: str
) -> None:
    other = province.sign_in(app, province.person(app, "khac@hailong.example", (role, "92")))
    for path in ("/moderation", f"/moderation/{name}"):
        assert province.get(other, path).status_code == 403


def test_an_administrator_sees_what_is_held_and_not_the_raw_words(
    app: Flask, place: Place, name: str
) -> None:
    admin = province.sign_in(
        app, province.person(app, "tinh@hailong.example", ("province-admin", "92"))
    )
    page = results.page(admin, f"/moderation/{name}")
    assert "Anh [tên người] đòi thêm 200k" in page
    assert "Xem nguyên văn" not in page
    sent = province.post(admin, f"/moderation/{name}/raw", f"/moderation/{name}")
    assert sent.status_code == 403
    assert RAW not in sent.get_data(as_text=True)


def test_a_units_own_moderator_would_read_what_is_held_from_it_and_does_not(
    app: Flask, place: Place, name: str
) -> None:
    own = province.sign_in(app, province.person(app, "xa@hailong.example", ("moderator", "31117")))
    assert "Không có góp ý nào" in results.words(own, "/moderation")
    assert province.get(own, f"/moderation/{name}").status_code == 404


def test_a_person_takes_more_out_than_the_rules_did(
    app: Flask, moderator: FlaskClient, name: str
) -> None:
    masked = "Anh [tên người] đòi thêm tiền."
    assert masked in _press(moderator, name, "mask", masked=f"  {masked}\r\n")
    assert _stored(app).masked == masked
    assert _stored(app).search_key == "anh [ten nguoi] doi them tien."
    assert (MODERATOR, "correct mask", name, "") in _log(app)


def test_an_empty_text_masks_nothing(app: Flask, moderator: FlaskClient, name: str) -> None:
    assert "Xin điền ô này" in _press(moderator, name, "mask", masked="  ")
    assert _stored(app).masked


def test_a_comment_is_held_and_let_go_by_hand(
    app: Flask, moderator: FlaskClient, place: Place
) -> None:
    plain = _write(app, place.point, "Chờ lâu.")
    assert "Chờ lâu." in results.words(moderator, "/moderation?view=waiting")
    assert "Người duyệt giữ lại" in _press(moderator, plain, "hold")
    assert _stored(app).holds == "moderator"
    _press(moderator, plain, "let-go")
    assert _stored(app).holds == ""
    acts = [act for _actor, act, _subject, _detail in _log(app)]
    assert acts == ["hold comment", "let comment go"]


def test_a_comment_is_passed_on_by_a_named_decision_once(
    app: Flask, moderator: FlaskClient, name: str
) -> None:
    decision = {"authority": "Thanh tra tỉnh", "reason": "Có dấu hiệu đòi tiền."}
    page = _press(moderator, name, "refer", **decision)
    _press(moderator, name, "refer", **decision)
    for words in (MODERATOR, "Thanh tra tỉnh", "Có dấu hiệu đòi tiền."):
        assert words in page
    assert "Thôi giữ" not in page
    with app.app_context():
        (kept,) = referrals.of(session(), _stored(app).key)
        assert (kept.decided_by, kept.authority) == (MODERATOR, "Thanh tra tỉnh")
        assert kept.ended_at is None
    assert (MODERATOR, "refer comment", name, "Thanh tra tỉnh") in _log(app)
    assert "Anh [tên người]" in results.words(moderator, "/moderation?view=passed")
    assert "chỉ thôi giữ sau khi" in _press(moderator, name, "let-go")
    assert _stored(app).holds
    assert "Xong" in _press(moderator, name, "settle")
    with app.app_context():
        (settled,) = referrals.of(session(), _stored(app).key)
        assert settled.ended_by == MODERATOR
    assert "không có quyết định" in _press(moderator, name, "settle")
    acts = [act for _actor, act, _subject, _detail in _log(app)]
    assert acts == ["refer comment", "settle referral"]


def test_a_comment_taken_back_is_not_kept_by_another_decision(
    app: Flask, moderator: FlaskClient, name: str
) -> None:
    decision = {"authority": "Thanh tra tỉnh", "reason": "Có dấu hiệu đòi tiền."}
    _press(moderator, name, "refer", **decision)
    with app.app_context():
        assert comments.withdraw(session(), _stored(app).receipt_digest)
        session().commit()
    _press(moderator, name, "settle")
    assert "người viết đã rút" in _press(moderator, name, "refer", **decision)
    with app.app_context():
        assert referrals.open_of(session(), [_stored(app).key]) == {}


@pytest.mark.parametrize("missing", ["authority", "reason"])
def test_a_decision_says_to_whom_and_why(
    app: Flask, moderator: FlaskClient, name: str, missing: str
) -> None:
    decision = {"authority": "Thanh tra tỉnh", "reason": "Có dấu hiệu đòi tiền."} | {missing: " "}
    assert "Xin điền ô này" in _press(moderator, name, "refer", **decision)
    with app.app_context():
        assert referrals.of(session(), _stored(app).key) == []


def test_a_number_is_shown_by_a_button_logged_and_settled(
    app: Flask, moderator: FlaskClient, name: str
) -> None:
    app.config["CONTACT_KEYS"] = [KEY]
    with app.app_context():
        key = _stored(app).key
        values = {"consent_version": "1", "consent_text": "x", "on": DAY}
        contacts.add(session(), key, "0912 000 111", [KEY], **values)
        session().commit()
    assert "Có để số điện thoại" in results.words(moderator, "/moderation")
    assert "0912 000 111" not in results.page(moderator, f"/moderation/{name}")
    assert "0912 000 111" in _press(moderator, name, "number")
    assert (MODERATOR, "view telephone number", name, "") in _log(app)
    last = DAY + timedelta(days=180)
    shown = results.words(moderator, f"/moderation/{name}")
    assert f"bị xóa chậm nhất ngày {last:%d/%m/%Y}" in shown
    assert "không giữ số điện thoại" not in shown
    decision = {"authority": "Thanh tra tỉnh", "reason": "Có dấu hiệu đòi tiền."}
    assert "không giữ số điện thoại" in _press(moderator, name, "refer", **decision)
    assert "Đã gọi xong ngày" in _press(moderator, name, "called")
    with app.app_context():
        assert session().scalars(select(Contact)).one().closed_on


def test_without_a_number_there_is_none_to_see(moderator: FlaskClient, name: str) -> None:
    page = f"/moderation/{name}"
    assert province.post(moderator, f"{page}/number", page).status_code == 404


def test_a_comment_of_today_is_read_at_the_next_close(
    app: Flask, moderator: FlaskClient, place: Place
) -> None:
    with app.app_context():
        point = points.any_of(session(), place.point)
        today = remarks.comment(session(), point, DAY + timedelta(days=1)).name
        session().commit()
    assert "Không có góp ý nào" in results.words(moderator, "/moderation?view=recent")
    assert province.get(moderator, f"/moderation/{today}").status_code == 404
