"""A number left for a call-back: only beside a comment, only with consent, only encrypted."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from survey.db import session
from survey.storage import contacts
from survey.storage.comments import Comment
from survey.storage.contacts import Contact
from survey.views import offers
from tests import province, sheets
from tests.province import Place

KEY = contacts.new_key()
CALL = {"text": "Ghế chờ ít quá.", "number": "+84 912 345 678", "consent": "1", "call": "1"}


@pytest.fixture
def calling(make_app: Callable[..., Flask]) -> Flask:
    return make_app(CONTACT_KEYS=KEY)


@pytest.fixture
def location(calling: Flask) -> str:
    place = province.build(calling)
    return sheets.answer(calling.test_client(), place.token).location


def _send(app: Flask, location: str, **changes: str) -> TestResponse:
    sent = {name: value for name, value in (CALL | changes).items() if value}
    return app.test_client().post(location, data=sent)


def _contacts(app: Flask) -> list[Contact]:
    with app.app_context():
        return list(session().scalars(select(Contact)))


def _comments(app: Flask) -> list[str]:
    with app.app_context():
        return list(session().scalars(select(Comment.text)))


def test_without_a_key_no_number_is_asked_for_or_taken(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    location = sheets.answer(client, place.token).location
    assert "Số điện thoại" not in client.get(location).get_data(as_text=True)
    assert _send(app, location).location.endswith("sent=comment")
    assert (_comments(app), _contacts(app)) == (["Ghế chờ ít quá."], [])


def test_the_consent_is_offered_unticked_and_both_buttons_look_the_same(
    calling: Flask, location: str
) -> None:
    page = calling.test_client().get(location).get_data(as_text=True)
    assert '<input type="checkbox" name="consent" value="1"><span>' in page
    assert '<button name="call" value="1">Gửi kèm số điện thoại</button>' in page
    assert "<button>Gửi, không kèm số điện thoại</button>" in page
    assert page.index("<button>Gửi góp ý") < page.index('name="call"')  # what Enter presses


def test_a_number_is_stored_encrypted_with_the_consent_it_was_left_under(
    calling: Flask, location: str
) -> None:
    offered = calling.test_client().get(location).get_data(as_text=True)
    reply = _send(calling, location)
    said = calling.test_client().get(reply.location).get_data(as_text=True)
    assert "Đã nhận góp ý và số điện thoại" in said
    (contact,) = _contacts(calling)
    assert b"912345678" not in contact.encrypted
    assert contacts.number(contact, [KEY]) == "0912345678"
    assert contact.consent_version == offers.CONSENT_VERSION
    assert contact.consent_text.startswith("Tôi đồng ý")
    assert f"<span>{contact.consent_text}</span>" in offered


def test_a_number_that_is_sent_with_the_other_button_is_not_stored(
    calling: Flask, location: str
) -> None:
    assert _send(calling, location, call="").location.endswith("sent=comment")
    assert (_comments(calling), _contacts(calling)) == (["Ghế chờ ít quá."], [])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"number": "12345"}, "0912 345 678"),
        ({"number": ""}, "0912 345 678"),
        ({"consent": ""}, "đánh dấu vào ô đồng ý"),
        ({"text": ""}, "chưa viết gì"),
    ],
)
def test_what_is_missing_is_said_and_nothing_typed_is_lost(
    calling: Flask, location: str, changes: dict[str, str], said: str
) -> None:
    refused = _send(calling, location, **changes)
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert said in page
    for name, value in (CALL | changes).items():
        assert name in {"consent", "call"} or value in page
    assert page.count('role="alert"') == 1
    assert (_comments(calling), _contacts(calling)) == ([], [])


def test_a_number_sent_again_is_stored_once(calling: Flask, location: str) -> None:
    assert [_send(calling, location).status_code for _time in range(3)] == [303] * 3
    assert len(_contacts(calling)) == len(_comments(calling)) == 1


def test_who_went_back_to_add_a_number_to_a_comment_already_sent_has_it_stored(
    calling: Flask, location: str
) -> None:
    _send(calling, location, call="")
    assert _send(calling, location).location.endswith("sent=contact")
    assert len(_comments(calling)) == 1
    assert [contacts.number(each, [KEY]) for each in _contacts(calling)] == ["0912345678"]


def test_another_comment_brings_no_number(calling: Flask, location: str) -> None:
    _send(calling, location, call="")
    refused = _send(calling, location, text="Và nóng.")
    assert refused.status_code == 409
    assert _contacts(calling) == []


def test_a_changed_consent_text_has_a_version_of_its_own(calling: Flask) -> None:
    with calling.test_request_context():
        texts = {offers.CONSENT_VERSION: offers.consent()}
    assert texts == {
        "2026-11": (
            "Tôi đồng ý để cán bộ được tỉnh giao gọi cho tôi về góp ý này. Số điện thoại được mã "
            "hoá, chỉ dùng để gọi lại, xoá 90 ngày sau khi giải quyết xong và chậm nhất sau 180 "
            "ngày."
        )
    }
    days = (contacts.KEPT_AFTER_CLOSING.days, contacts.KEPT_AT_MOST.days)
    assert days == (90, 180)  # as the text says


def test_an_english_reader_agrees_in_english(calling: Flask, location: str) -> None:
    sent = calling.test_client().post(f"{location}?lang=en", data=CALL)
    assert sent.status_code == 303
    (contact,) = _contacts(calling)
    assert contact.consent_text.startswith("I agree")
