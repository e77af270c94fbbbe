import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from survey.storage import names

VIETNAMESE = st.text("aăâbcdđeêghiklmnoôơpqrstuưvxyàáảãạằắẳẵặÂẤẦẨẪẬĐÊƠƯ 0123456789", max_size=30)


def test_a_name_is_stored_composed_with_single_spaces_and_a_capital() -> None:
    decomposed = unicodedata.normalize("NFD", "xã  Bắc\u00a0Sơn ")
    assert names.clean(decomposed) == "Xã Bắc Sơn"
    assert names.clean("Xã M’Drắk") == "Xã M'Drắk"


def test_search_ignores_case_marks_and_the_stroke_of_d() -> None:
    assert names.fold("Đắk Lắk") == names.fold("dak LAK") == "dak lak"
    assert names.fold("Hoà Bình") == names.fold("Hòa Bình") == "hoa binh"


def test_two_placements_of_a_tone_are_one_spelling() -> None:
    assert names.spelling("Xã Hoà An") == names.spelling("Xã Hòa An")
    assert names.spelling("Xã Lạc Thuỷ") == names.spelling("Xã Lạc Thủy")


def test_another_tone_or_another_vowel_is_another_spelling() -> None:
    assert names.spelling("Xã Hoa An") != names.spelling("Xã Hoà An")
    assert names.spelling("Xã Tân An") != names.spelling("Xã Tăn An")


def test_names_sort_as_in_a_vietnamese_dictionary() -> None:
    ordered = [
        "An",
        "Ăn",
        "Ân",
        "Ba",
        "Bà",
        "Bả",
        "Bã",
        "Bá",
        "Bạ",
        "Cam",
        "Dân",
        "Đa",
        "Em",
        "Yên",
    ]
    assert _sorted(ordered) == ordered


def test_letters_decide_before_tones_and_syllables_before_longer_words() -> None:
    ordered = ["Hòa An", "Hóa An", "Hòa Bình", "Hoàng"]
    assert _sorted(ordered) == ordered


def test_numbers_in_names_count_by_value() -> None:
    ordered = ["Quầy 1", "Quầy 2", "Quầy 10"]
    assert _sorted(ordered) == ordered


@given(VIETNAMESE)
def test_every_name_has_keys_and_cleaning_twice_changes_nothing(name: str) -> None:
    assert names.clean(names.clean(name)) == names.clean(name)
    assert names.fold(name) == names.fold(unicodedata.normalize("NFD", name))
    assert names.sort_key(name) == names.sort_key(unicodedata.normalize("NFD", name))


def _sorted(given: list[str]) -> list[str]:
    """Sort from the wrong end, so that an order kept by accident shows."""
    backwards = given[::-1]
    return sorted(backwards, key=names.sort_key)
