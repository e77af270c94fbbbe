"""How often signs are wrong and right in a short simulation; `benchmarks.flags` has the table."""

from pathlib import Path

import pytest

from benchmarks import flag_rules, flags
from benchmarks.flags import BEGIN, END, rates
from benchmarks.traffic import HONEST, STUFFING, USUAL
from survey import signs

DAYS = 250
DOCUMENT = Path(__file__).parents[2] / "docs" / "flags.md"
COACH, FAMILY = "a coach every Monday", "family on one phone"


@pytest.mark.parametrize("name", HONEST)
def test_honest_answers_carry_signs_as_seldom_as_promised(name: str) -> None:
    found = rates(HONEST[name], DAYS)
    assert found["repeated"] + found["reused"] < 0.3
    if FAMILY in name:  # who all return to one sheet and agree in everything look like one
        assert found["duplicate"] < 10
        assert found["any"] - found["duplicate"] < 4
    elif COACH not in name:  # fifteen people at once are a burst, honest as they are
        assert found["any"] < 1


def test_a_busy_first_hour_is_no_burst_and_a_coach_is() -> None:
    busy, coach = (next(n for n in HONEST if part in n) for part in ("busy Monday", COACH))
    assert rates(HONEST[busy], DAYS)["burst"] == 0
    assert rates(HONEST[coach], DAYS)["burst"] > 5


@pytest.mark.parametrize(
    ("name", "sign", "least"),
    [
        ("in ten minutes, five seconds each", "straight", 100),
        ("in ten minutes, at a person's pace", "burst", 100),
        ("in ten minutes, at a person's pace", "repeated", 30),
        ("renewed from one sheet", "reused", 50),
    ],
)
def test_stuffing_in_haste_is_found(name: str, sign: str, least: float) -> None:
    stuffing = next(hand for full, hand in STUFFING.items() if name in full)
    assert rates(USUAL, DAYS, stuffing)[sign] >= least


def test_a_patient_hand_that_varies_its_answers_is_not_found() -> None:
    stuffing = next(hand for full, hand in STUFFING.items() if "varied, over the day" in full)
    assert rates(USUAL, DAYS, stuffing)["any"] < 2


def test_the_table_in_the_document_is_of_these_days_and_hands() -> None:
    table = DOCUMENT.read_text("utf-8").partition(BEGIN)[2].partition(END)[0]
    assert f"{flags.DAYS} working days" in table
    assert all(f"| {name} |" in table for name in (*HONEST, *STUFFING))


def test_every_sign_stands_in_the_document_with_its_rule_and_threshold() -> None:
    assert flag_rules.rules().keys() == signs.SIGNS
    assert flag_rules.table() in DOCUMENT.read_text("utf-8")


def test_a_printed_threshold_is_the_one_in_force(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signs, "QUICKEST", 3.5)
    monkeypatch.setattr(signs, "MOST_OF_A_SHEET", 8)
    rules = flag_rules.rules()
    assert "below 3.5 seconds" in rules["quick"][1]
    assert "from number 9 on" in rules["reused"][1]
