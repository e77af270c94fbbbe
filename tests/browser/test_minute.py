import pytest

from benchmarks import minute
from tests.browser.conftest import Pages

READER = minute.PACES[0]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_reading_and_tapping_a_complete_answer_takes_less_than_a_minute(
    pages: Pages, address: str, language: str
) -> None:
    page = pages.phone(360, 640)
    sitting = minute.form(page, f"{address}?lang={language}", "5")
    assert sitting.questions == 7  # the overall one, five factors, the visit
    assert 30 < _without_machine(sitting) < minute.MINUTE


@pytest.mark.parametrize("value", ["5", "1"])
def test_the_three_first_questions_after_the_thank_you_take_a_reader_thirty_seconds(
    pages: Pages, address: str, value: str
) -> None:
    page = pages.phone(360, 640)
    minute.form(page, address, value)
    sitting = minute.details(page, value, minute.DRAWN)
    assert sitting.questions == 3
    assert 15 < _without_machine(sitting) < 35


def _without_machine(sitting: minute.Sitting) -> float:
    return sitting.seconds(READER) - sitting.machine
