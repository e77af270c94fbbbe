import pytest

from forms.questionnaire import FOLDER, parse
from survey import posters
from survey.posters import PosterError
from tests.posters import LONG, sizes, texts

QUESTIONNAIRE = parse((FOLDER / "mot-cua.toml").read_text("utf-8"))


def test_the_paper_asks_what_the_first_page_asks_with_every_answer_it_offers() -> None:
    (text,) = texts(posters.paper_form("Phường Ninh Kiều", "Quầy 1: Hộ tịch", QUESTIONNAIRE))
    wording = QUESTIONNAIRE.wordings["vi"]
    assert "Phường Ninh Kiều Quầy 1: Hộ tịch" in text
    for item in QUESTIONNAIRE.asked:
        others = " ".join(wording.not_applicable[value] for value in item.not_applicable)
        assert f"{wording.items[item.code]} {others}".strip() in text
    assert " ".join(wording.scale) in text
    assert " ".join([wording.visit_question, *wording.visits.values()]) in text
    assert "Không ghi tên, số điện thoại, số hồ sơ." in text


def test_a_paper_with_long_names_stays_one_sheet() -> None:
    assert sizes(posters.paper_form(LONG, LONG, QUESTIONNAIRE)) == [(210, 297)]


def test_a_paper_name_the_font_cannot_write_is_said_with_the_next_step() -> None:
    with pytest.raises(PosterError, match="Bước tiếp theo"):
        posters.paper_form("Xã 😀", "Quầy 1", QUESTIONNAIRE)
