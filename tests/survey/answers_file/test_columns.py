import unicodedata

import pytest

from forms.questionnaire import shipped
from survey.answers_file.columns import Columns, recognise
from survey.answers_file.mapping import ColumnNames
from survey.reasons import WrongFile
from tests import google

QUESTIONNAIRES = {found.code: found for found in shipped()}


def _columns(header: list[str], *, one_point: bool = True, **said: object) -> Columns:
    names = ColumnNames(**said)  # type: ignore[arg-type]
    return recognise(header, QUESTIONNAIRES[names.questionnaire], names, one_point=one_point)


def _codes(header: list[str], *, one_point: bool = True, **said: object) -> list[str]:
    with pytest.raises(WrongFile) as refused:
        _columns(header, one_point=one_point, **said)
    return [reason.code for reason in refused.value.why]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_google_forms_header_is_recognised_in_either_unicode_form(form: str) -> None:
    found = _columns([unicodedata.normalize(form, name) for name in google.HEADER])
    assert (found.date, list(found.items[:7])) == (0, [1, 2, 3, 4, 5, 6, None])
    assert len(found.ignored) == 2


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("code", QUESTIONNAIRES)
def test_the_questions_of_a_questionnaire_are_recognised_in_our_languages(
    code: str, language: str
) -> None:
    asked = QUESTIONNAIRES[code].wordings[language].items
    header = ["TIMESTAMP", *(text.upper() for text in asked.values())]
    found = _columns(header, questionnaire=code)
    assert list(found.items) == list(range(1, len(header)))


def test_codes_and_visit_are_recognised_in_any_case() -> None:
    found = _columns(["ngày", "OVERALL", "a", "Hôm nay Ông/Bà:", "Quầy"], one_point=False)
    assert (found.date, list(found.items[:3]), found.visit, found.point) == (0, [1, 2, None], 3, 4)


def test_a_point_given_beforehand_leaves_the_point_column_unread() -> None:
    found = _columns(["Ngày", "overall", "Quầy"])
    assert (found.point, found.ignored) == (None, ["Quầy"])


def test_a_mapping_names_columns_whole_or_by_the_row_of_a_grid() -> None:
    header = ["Khi nào?", "Mức độ [Nơi đón tiếp]", "Mức độ [Thủ tục]", "Số phiếu", "overall"]
    said = {"date": "khi nào?", "id": "SỐ PHIẾU"}
    found = _columns(header, items={"A": "Mức độ [Nơi đón tiếp]", "B": "thủ tục"}, **said)
    assert (found.date, found.id, list(found.items[:3])) == (0, 3, [None, 1, 2])
    assert found.ignored == ["overall"]  # [items] names these and no others


def test_an_empty_name_leaves_a_column_out() -> None:
    found = _columns(["Ngày", "overall", "visit"], visit="")
    assert found.visit is None


def test_a_repeated_heading_is_refused_only_where_it_is_used() -> None:
    header = ["Ngày", "overall", "Ý kiến", "Ý kiến", "", ""]
    assert _columns(header).ignored == ["Ý kiến", "Ý kiến"]
    assert _codes([*header, "Overall"]) == ["column_unclear"]
    assert _codes([*header, "Timestamp"]) == ["column_unclear"]
    assert _codes(header, id="Ý kiến") == ["column_unclear"]


def test_unclear_columns_are_named_as_a_spreadsheet_names_them() -> None:
    with pytest.raises(WrongFile, match="columns B, D could each be A: “A”, “a”"):
        _columns(["Ngày", "A", "overall", "a"])


@pytest.mark.parametrize(
    ("header", "said", "codes"),
    [
        (["Ngày", "Họ tên"], {}, ["no_items"]),
        (["overall"], {}, ["no_date"]),
        (["x"], {}, ["no_items", "no_date"]),
        (["Ngày", "overall"], {"date": "Lúc"}, ["column_missing"]),
        (["Ngày", "overall"], {"items": {"A": "Câu 1"}}, ["column_missing"]),
        (["Ngày", "overall"], {"items": {}}, ["no_items"]),
        (["Ngày", "overall"], {"items": {"A": "overall", "B": "overall"}}, ["column_twice"]),
        (["Ngày", "overall"], {"items": {"overall": "overall", "Z": "x"}}, ["mapping_item"]),
        (["Ngày", "overall", "Quầy"], {"point": "Quầy"}, ["point_twice"]),
        (["Ngày", "A"], {"questionnaire": "sipas-dich-vu"}, ["no_items"]),
    ],
)
def test_what_is_missing_or_contradictory_is_refused(
    header: list[str], said: dict[str, object], codes: list[str]
) -> None:
    assert _codes(header, **said) == codes


def test_many_points_need_a_column_for_them() -> None:
    assert _codes(["Ngày", "overall"], one_point=False) == ["no_point"]


def test_a_message_lists_no_more_headings_than_one_can_read() -> None:
    with pytest.raises(WrongFile) as refused:
        _columns([f"Cột {n}" for n in range(200)])
    assert "“Cột 19” …" in str(refused.value)
    assert "Cột 20" not in str(refused.value)
