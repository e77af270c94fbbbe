from pathlib import Path

import pytest

from survey.answers_file.mapping import ColumnNames, column_names
from survey.reasons import WrongFile


def test_without_a_mapping_everything_is_recognised_by_its_heading() -> None:
    assert column_names(None) == ColumnNames()
    assert column_names(b"") == ColumnNames(questionnaire="mot-cua", date_order="dmy")


def test_a_mapping_is_read_with_the_byte_order_mark_of_an_editor() -> None:
    said = column_names('\ufeffdate = "Ngày"\n[items]\nA = "Câu 1"\n'.encode())
    assert (said.date, said.items) == ("Ngày", {"A": "Câu 1"})


@pytest.mark.parametrize(
    "file", [Path("docs/import.md"), Path("templates/imports/_example.toml")], ids=lambda f: f.name
)
def test_the_example_shown_to_people_is_a_mapping(file: Path) -> None:
    text = file.read_text("utf-8")
    example = text.partition("```toml\n")[2].partition("```")[0] or text
    said = column_names(example.encode())
    assert said.items is not None
    assert list(said.items) == ["overall", "A", "B", "C", "D", "E"]
    assert (said.date_order, said.point) == ("dmy", "Quầy")


@pytest.mark.parametrize(
    ("mapping", "code", "said"),
    [
        (b"date = ", "toml", "not valid TOML"),
        ("date = 'Ngày'".encode("utf-16"), "toml", "UTF-8"),
        (b"datum = 'x'", "mapping_key", "no “datum”"),
        (b"date = 5", "mapping_text", "date in the mapping must be text"),
        (b"[items]\nA = 1", "mapping_text", "items.A"),
        (b"items = 'A'", "mapping_items", "must be a table"),
        (b"date_order = 'ymd'", "mapping_value", "one of dmy, mdy"),
        (b"questionnaire = 'nd61'", "mapping_value", "one of mot-cua, sipas-dich-vu"),
    ],
)
def test_a_mapping_that_cannot_be_meant_is_refused(mapping: bytes, code: str, said: str) -> None:
    with pytest.raises(WrongFile, match=said) as refused:
        column_names(mapping)
    assert [reason.code for reason in refused.value.why] == [code]


def test_every_fault_of_a_mapping_is_said_at_once() -> None:
    with pytest.raises(WrongFile) as refused:
        column_names(b"datum = 'x'\ndate = 5\ndate_order = 'ymd'")
    codes = [reason.code for reason in refused.value.why]
    assert codes == ["mapping_key", "mapping_text", "mapping_value"]
