from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from survey import period, tokens
from survey.storage.code_tokens import ALPHABET
from survey.tokens import Sheet


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def _sheet() -> Sheet:
    return tokens.new_sheet(
        code="abcdefgh",
        version=1,
        language="vi",
        scale_order="official",
        drawn=["A1"],
        channel="qr",
    )


def test_a_sheet_comes_back_as_it_was_signed() -> None:
    sheet = _sheet()
    assert tokens.read_sheet(sheet.signed, "abcdefgh") == sheet
    assert (sheet.language, sheet.drawn, sheet.channel) == ("vi", ("A1",), "qr")


def test_every_sheet_has_a_nonce_of_its_own() -> None:
    assert len({_sheet().nonce for _ in range(100)}) == 100


def test_a_sheet_of_another_code_or_another_key_is_not_ours(app: Flask) -> None:
    signed = _sheet().signed
    assert tokens.read_sheet(signed, "hgfedcba") is None
    assert tokens.read_sheet(signed[:-1], "abcdefgh") is None
    assert tokens.read_sheet("", "abcdefgh") is None
    app.config["SECRET_KEY"] = "another"
    assert tokens.read_sheet(signed, "abcdefgh") is None


def test_a_sheet_is_late_after_three_days_and_its_nonce_outlives_it() -> None:
    sheet = _sheet()
    with time_machine.travel(period.now() + timedelta(hours=71, minutes=59)):
        assert not sheet.is_late
    with time_machine.travel(period.now() + timedelta(hours=72, minutes=1)):
        assert sheet.is_late
        assert sheet.nonce_expires_at > period.now() + timedelta(hours=23)


def test_a_receipt_is_the_same_for_every_resend_and_says_nothing() -> None:
    assert tokens.receipt(b"nonce") == tokens.receipt(b"nonce") != tokens.receipt(b"other")
    assert set(tokens.receipt(b"nonce")) <= set(ALPHABET.upper())
    assert len(tokens.receipt(b"nonce")) == tokens.RECEIPT_LENGTH


def test_a_thank_you_address_names_its_receipt_and_only_for_its_code() -> None:
    signed = tokens.sign_thanks("abcdefgh", "R")
    assert signed == tokens.sign_thanks("abcdefgh", "R")
    assert tokens.read_thanks(signed, "abcdefgh") == "R"
    assert tokens.read_thanks(signed, "hgfedcba") is None
    assert tokens.read_thanks("forged", "abcdefgh") is None


def test_a_sheet_cannot_be_used_as_a_comment_form_or_a_thank_you() -> None:
    signed = _sheet().signed
    assert tokens.read_comment(signed, "abcdefgh", "R") is None
    assert tokens.read_thanks(signed, "abcdefgh") is None


def test_a_comment_form_belongs_to_one_receipt() -> None:
    slip = tokens.new_comment("abcdefgh", "R")
    assert tokens.read_comment(slip.signed, "abcdefgh", "R") == slip
    assert tokens.read_comment(slip.signed, "abcdefgh", "S") is None
