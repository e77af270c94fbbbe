from collections.abc import Iterator

import pytest
from flask import Flask

from survey import invitations
from survey.storage.code_tokens import ALPHABET, check_character


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def test_codes_differ_and_are_read_however_they_are_typed() -> None:
    made = {invitations.new() for _ in range(500)}
    assert len(made) == 500
    for code in made:
        assert len(code) == invitations.LENGTH == 12
        for typed in (code, code.upper(), invitations.shown(code), f" {code[:5]}-{code[5:]} "):
            assert invitations.read(typed) == code


def test_a_code_is_printed_in_three_groups() -> None:
    assert invitations.shown("abcdefghjkmn") == "ABCD EFGH JKMN"


def test_every_wrong_character_and_every_swap_is_known_as_mistyped() -> None:
    code = invitations.new()
    for place, right in enumerate(code):
        for other in ALPHABET:
            wrong = code[:place] + other + code[place + 1 :]
            assert invitations.is_mistyped(wrong) == (other != right)
    for place in range(len(code) - 1):
        swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
        assert invitations.is_mistyped(swapped) == (swapped != code)
    for wrong in ("", code[:-1], code + "2", "1" + code[1:]):
        assert invitations.is_mistyped(wrong)


def test_a_well_typed_code_that_we_did_not_make_is_not_ours(app: Flask) -> None:
    made = invitations.new()
    other = "b" if made[9] == "a" else "a"
    body = made[:9] + other + made[10]
    forged = body + check_character(body)
    assert not invitations.is_mistyped(forged)
    assert invitations.read(forged) is None
    app.config["SECRET_KEY"] = "another"
    assert invitations.read(made) is None


def test_what_is_stored_of_a_code_cannot_be_made_without_the_key(app: Flask) -> None:
    code = invitations.new()
    stored = invitations.digest(code)
    assert code.encode() not in stored
    app.config["SECRET_KEY"] = "another"
    assert invitations.digest(code) != stored
