import pytest

from forms.targets import AIMS, hundredths, written


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("85", 8500),
        ("85,5", 8550),
        ("85.25 %", 8525),
        ("1", 100),
        ("100,00%", 10_000),
        ("", None),
        ("  ", None),
    ],
)
def test_a_per_cent_is_read_as_people_write_it(text: str, value: int | None) -> None:
    assert hundredths(text) == value


@pytest.mark.parametrize("text", ["0", "0,99", "100,01", "101", "85,555", "tám", "-5", "8 5", "٨٥"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no per cent"):
        hundredths(text)


@pytest.mark.parametrize("text", ["85", "85,5", "85,25", "100", "1,05", ""])
def test_what_was_written_is_written_again(text: str) -> None:
    assert written(hundredths(text)) == text


def test_the_index_the_factors_and_their_questions_may_have_targets_in_order() -> None:
    codes = [code for _measure, code in AIMS]
    assert codes[:5] == ["index", "A", "A1", "A2", "A3"]
    assert len(codes) == len(set(codes)) == 1 + 5 + 16
