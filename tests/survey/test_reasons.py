import re
import string
from pathlib import Path

import pytest
from flask import Flask

from survey.reasons import SENTENCES, Reason, WrongFile, quote


def _placeholders(sentence: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("code", SENTENCES)
def test_a_reason_is_said_in_both_languages_from_the_same_values(code: str) -> None:
    english, vietnamese = SENTENCES[code]["en"], SENTENCES[code]["vi"]
    assert _placeholders(vietnamese) <= _placeholders(english)
    assert _placeholders(SENTENCES[code].get("page", "")) <= _placeholders(english)
    assert "xin" in vietnamese.lower()  # what to do next
    assert not re.search(r"\bbạn\b", vietnamese)
    assert vietnamese.endswith(".")


def test_every_reason_given_in_the_code_has_its_sentence() -> None:
    folders = ("", "answers_file", "dossiers_file", "invitations", "views")
    files = [file for folder in folders for file in (Path("survey") / folder).glob("*.py")]
    code = " ".join(file.read_text("utf-8") for file in files)
    given = set(re.findall(r'(?:Reason|_refuse)\(\s*"(\w+)"', code))
    assert {"day_future", "day_old"} <= set(SENTENCES)  # chosen in an expression
    assert given | {"day_future", "day_old"} == set(SENTENCES)


def test_a_reason_about_a_row_begins_with_its_number() -> None:
    reason = Reason("no_day", row=7)
    assert reason.english.startswith("row 7: the date")
    assert reason.on_page.startswith("Dòng 7: ô ngày")


def test_a_page_in_english_says_a_reason_without_the_options_of_commands(app: Flask) -> None:
    with app.test_request_context("/imports/new?lang=en"):
        assert Reason("no_day", row=7).on_page == "Row 7: the date is empty; fill it in"
        for code in SENTENCES:
            values = dict.fromkeys(_placeholders(SENTENCES[code]["en"]), "x")
            assert not re.search(r"--\w|docs/", Reason(code, values).on_page), code


def test_a_wrong_file_says_every_reason_in_english_to_whoever_expects_a_refusal() -> None:
    error = WrongFile(Reason("no_day", row=7), Reason("empty", {"file": "x.csv"}))
    assert len(error.reasons) == 2
    assert "x.csv is empty" in str(error)


def test_a_quoted_cell_is_short_and_cannot_move_the_cursor() -> None:
    assert quote("\x1b[2Jđỏ\n") == "�[2Jđỏ�"
    assert quote("a" * 61) == "a" * 59 + "…"
