import base64
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


def test_every_renewed_sheet_goes_back_to_the_first() -> None:
    first = _sheet()
    assert first.first == first.nonce
    once = tokens.renew(first)
    for renewed in (once, tokens.renew(first), tokens.renew(once)):
        read = tokens.read_sheet(renewed.signed, "abcdefgh")
        assert read is not None
        assert read.first == first.nonce != read.nonce


def test_a_sheet_of_another_code_or_another_key_is_not_ours(app: Flask) -> None:
    signed = _sheet().signed
    assert tokens.read_sheet(signed, "hgfedcba") is None
    assert tokens.read_sheet(signed[:-1], "abcdefgh") is None
    assert tokens.read_sheet("", "abcdefgh") is None
    app.config["SECRET_KEY"] = "another"
    assert tokens.read_sheet(signed, "abcdefgh") is None


def test_a_sheet_is_late_after_three_days() -> None:
    sheet = _sheet()
    with time_machine.travel(period.now() + timedelta(hours=71, minutes=59)):
        assert not sheet.is_late
    with time_machine.travel(period.now() + timedelta(hours=72, minutes=1)):
        assert sheet.is_late


def test_a_nonce_outlives_its_sheet_and_its_end_keeps_no_hour() -> None:
    sheet = _sheet()
    end = tokens.nonce_expires_at(sheet.issued_at)
    assert end - sheet.issued_at >= timedelta(hours=96)
    assert (end.hour, end.minute, end.second, end.microsecond) == (0, 0, 0, 0)
    assert end.utcoffset() == timedelta(hours=7)


def test_a_renewed_sheet_keeps_what_was_shown_and_when_and_has_a_nonce_of_its_own() -> None:
    sheet = _sheet()
    with time_machine.travel(period.now() + timedelta(hours=80)):
        new = tokens.renew(sheet)
        assert not new.is_late
    assert (new.opened_at, new.scale_order, new.drawn) == (sheet.opened_at, "official", ("A1",))
    assert new.nonce != sheet.nonce


def test_a_sheet_signed_by_a_version_with_other_fields_is_not_ours() -> None:
    signed = tokens._timed("sheet").dumps(["abcdefgh", 1])
    assert tokens.read_sheet(signed, "abcdefgh") is None


def test_the_thank_you_is_the_same_for_every_resend_and_names_its_receipt() -> None:
    sheet = _sheet()
    again = tokens.read_sheet(sheet.signed, "abcdefgh")
    assert again
    assert again.thanks == sheet.thanks
    assert set(sheet.thanks.receipt) <= set(ALPHABET.upper())
    assert len(sheet.thanks.receipt) == tokens.RECEIPT_LENGTH
    assert _sheet().thanks.receipt != sheet.thanks.receipt


def test_a_thank_you_address_is_read_only_for_its_code_and_holds_no_receipt() -> None:
    thanks = _sheet().thanks
    found = tokens.read_thanks(thanks.signed, "abcdefgh")
    assert found
    assert found.receipt == thanks.receipt
    assert tokens.read_thanks(thanks.signed, "hgfedcba") is None
    assert tokens.read_thanks("forged", "abcdefgh") is None
    payload = base64.urlsafe_b64decode(thanks.signed.partition(".")[0] + "===")
    assert thanks.receipt.encode() not in payload


def test_a_sheet_is_no_thank_you_and_a_thank_you_no_sheet() -> None:
    sheet = _sheet()
    assert tokens.read_thanks(sheet.signed, "abcdefgh") is None
    assert tokens.read_sheet(sheet.thanks.signed, "abcdefgh") is None


def test_digests_of_a_receipt_cannot_be_joined_or_computed_without_the_key(app: Flask) -> None:
    response = tokens.receipt_digest("ABCDE23456", "response")
    assert response != tokens.receipt_digest("ABCDE23456", "comment")
    app.config["SECRET_KEY"] = "another"
    assert response != tokens.receipt_digest("ABCDE23456", "response")


def test_a_receipt_is_read_however_it_was_typed_and_only_if_it_is_ours(app: Flask) -> None:
    receipt = _sheet().thanks.receipt
    typed = f" {receipt[:5].lower()} – {receipt[5:]} "
    assert tokens.read_receipt(typed) == receipt
    others = [c for c in ALPHABET.upper() if c != receipt[0]]
    passed = [tokens.read_receipt(other + receipt[1:]) for other in others]
    assert passed.count(None) >= len(others) - 2  # one wrong code in 961 passes for ours
    assert tokens.read_receipt("") is None
    assert tokens.read_receipt(receipt + receipt[-1]) is None
    app.config["SECRET_KEY"] = "another"
    assert tokens.read_receipt(receipt) is None


def test_the_nonces_of_second_forms_differ_and_follow_from_the_receipt() -> None:
    thanks, other = _sheet().thanks, _sheet().thanks
    nonces = [thanks.nonce("comment"), thanks.nonce("more"), other.nonce("comment")]
    assert len(set(nonces)) == 3
    assert tokens.receipt_nonce(thanks.receipt, "comment") == nonces[0]


def test_decoys_are_the_same_for_every_look_and_a_sixth_of_all() -> None:
    thanks = [_sheet().thanks for _ in range(200)]
    picked = [[each.is_decoy(factor) for factor in "ABCDE"] for each in thanks]
    assert picked == [[each.is_decoy(factor) for factor in "ABCDE"] for each in thanks]
    assert 100 < sum(map(sum, picked)) < 240
