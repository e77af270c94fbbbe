import pytest

from forms.afterwards import details, telephone
from forms.questionnaire import Questionnaire, shipped

MOT_CUA = next(each for each in shipped() if each.code == "mot-cua")
SIPAS = next(each for each in shipped() if each.code == "sipas-dich-vu")


def _put(
    drawn: tuple[str, ...] = (),
    decoys: tuple[str, ...] = (),
    questionnaire: Questionnaire = MOT_CUA,
    **levels: int,
) -> str:
    stored = dict.fromkeys([item.code for item in questionnaire.items], 5) | levels
    return " ".join(item.code for item in details(questionnaire, stored, drawn, decoys))


def test_the_drawn_items_are_put_and_nothing_else_to_who_was_satisfied() -> None:
    assert _put(("A2", "C1", "E3"), A=4, C=5) == "A2 C1 E3"


@pytest.mark.parametrize("level", [1, 2, 3])
def test_the_details_of_a_factor_rated_three_or_lower_follow_each_once(level: int) -> None:
    assert _put(("A2", "C1", "E3"), C=level) == "A2 C1 E3 C2 C3"


@pytest.mark.parametrize("level", [0, 4, 5, 6, 9])
def test_a_factor_that_was_liked_or_left_has_no_details(level: int) -> None:
    assert _put(C=level) == ""


def test_a_low_overall_level_belongs_to_no_factor() -> None:
    assert _put(overall=1) == ""


def test_a_decoy_has_its_details_put_whatever_was_answered() -> None:
    assert _put(("A2",), ("D",), D=5, B=2) == "A2 B1 B2 B3 B4 D1 D2 D3"


def test_an_instrument_that_asks_everything_at_once_has_no_details() -> None:
    assert _put(("A1",), ("A",), SIPAS, A1=1) == ""


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("0912345678", "0912345678"),
        (" 0912.345 678 ", "0912345678"),
        ("+84 912-345-678", "0912345678"),
        ("84912345678", "0912345678"),
        ("0084 (0)912 345 678", "0912345678"),
        ("912345678", "0912345678"),
        ("841234567", "0841234567"),  # without its zero, not from abroad
        ("0841234567", "0841234567"),
        ("0292 3812 345", "02923812345"),
        ("០៩១២៣៤៥៦៧៨", "0912345678"),
    ],
)
def test_a_number_is_understood_however_it_was_written(typed: str, number: str) -> None:
    assert telephone(typed) == number


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "không",
        "113",
        "0123456789",
        "09123456789",
        "091234567",
        "+1 912 345 678",
        "+912345678",
        "0912345678 0987654321",
    ],
)
def test_what_nobody_can_dial_is_no_number(typed: str) -> None:
    assert telephone(typed) is None
