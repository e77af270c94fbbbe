import pytest

from benchmarks import minute
from tests.browser.conftest import Pages

READER = minute.PACES[0]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_complete_answer_takes_a_reader_about_a_minute(
    pages: Pages, address: str, language: str
) -> None:
    page = pages.phone(360, 640)
    sitting = minute.form(page, f"{address}?lang={language}", "5")
    assert sitting.questions == 7  # the overall one, five factors, the visit
    assert 30 < sitting.seconds(READER) < 70


def test_three_questions_after_the_thank_you_take_a_reader_thirty_seconds(
    pages: Pages, address: str
) -> None:
    page = pages.phone(360, 640)
    minute.form(page, address, "5")
    sitting = minute.details(page, "5")
    pace = sitting.seconds(READER) / sitting.questions
    assert 3 * pace < 35
