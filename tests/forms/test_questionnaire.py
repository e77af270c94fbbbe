import re

import pytest

from forms.questionnaire import Questionnaire, QuestionnaireError, parse, shipped

BY_CODE = {questionnaire.code: questionnaire for questionnaire in shipped()}
MOT_CUA = BY_CODE["mot-cua"]


def _changed(old: str, new: str) -> Questionnaire:
    assert old in MOT_CUA.definition
    return parse(MOT_CUA.definition.replace(old, new, 1))


def test_two_instruments_ship() -> None:
    assert sorted(BY_CODE) == ["mot-cua", "sipas-dich-vu"]


def test_mot_cua_asks_one_overall_and_five_factor_items_of_everybody() -> None:
    assert [item.code for item in MOT_CUA.asked] == ["overall", "A", "B", "C", "D", "E"]
    assert [item.code for item in MOT_CUA.items if item.in_index] == ["A", "B", "C", "D", "E"]
    assert (len(MOT_CUA.drawable), MOT_CUA.draws) == (16, 3)


def test_sipas_asks_sixteen_items_in_the_official_layout_and_all_enter_the_index() -> None:
    sipas = BY_CODE["sipas-dich-vu"]
    factors = [item.factor for item in sipas.asked]
    assert [factors.count(factor) for factor in "ABCDE"] == [3, 4, 3, 3, 3]
    assert all(item.in_index for item in sipas.items)


def test_a_detail_item_means_the_same_in_both_instruments() -> None:
    sipas = BY_CODE["sipas-dich-vu"]
    for item in sipas.items:
        assert sipas.wordings["vi"].items[item.code] == MOT_CUA.wordings["vi"].items[item.code]


@pytest.mark.parametrize("questionnaire", shipped(), ids=lambda q: q.code)
def test_the_official_scale_and_a_respectful_address_in_every_item(
    questionnaire: Questionnaire,
) -> None:
    vietnamese = questionnaire.wordings["vi"]
    assert vietnamese.scale == (
        "Rất không hài lòng",
        "Không hài lòng",
        "Bình thường",
        "Hài lòng",
        "Rất hài lòng",
    )
    for words in vietnamese.items.values():
        assert re.search("Ông/Bà hài lòng thế nào về", words)
        assert not re.search(r"\bbạn\b", words)


def test_not_met_and_skipped_are_different_answers() -> None:
    choices = MOT_CUA.items[1].choices
    assert (choices["not-met"], choices["skip"]) == (9, 6)


def test_results_and_feedback_have_their_own_way_not_to_apply() -> None:
    by_code = {item.code: item for item in MOT_CUA.items}
    assert by_code["D"].not_applicable == ("no-result-yet", "not-met")
    assert by_code["E"].not_applicable == ("never-gave-feedback", "not-met")
    assert MOT_CUA.wordings["vi"].choice("no-result-yet") == "Chưa nhận kết quả"


def test_the_overall_item_offers_only_the_scale() -> None:
    assert list(MOT_CUA.items[0].choices) == ["1", "2", "3", "4", "5"]


def test_a_reversed_form_turns_the_scale_and_leaves_the_rest_below() -> None:
    item = MOT_CUA.items[1]
    assert item.choices_in("official") == ["1", "2", "3", "4", "5", "not-met", "skip"]
    assert item.choices_in("reversed") == ["5", "4", "3", "2", "1", "not-met", "skip"]


def test_another_word_changes_the_wording_hash_of_its_language_only() -> None:
    changed = _changed("nơi đón tiếp người dân", "chỗ đón tiếp người dân")
    assert changed.wordings["vi"].hash != MOT_CUA.wordings["vi"].hash
    assert changed.wordings["en"].hash == MOT_CUA.wordings["en"].hash
    assert changed.measure_hash == MOT_CUA.measure_hash


def test_another_routing_changes_the_measure_hash() -> None:
    assert _changed("draws = 3", "draws = 4").measure_hash != MOT_CUA.measure_hash


def test_khmer_is_offered_only_once_a_native_reviewer_is_named() -> None:
    vietnamese = MOT_CUA.definition.partition("[wording.vi]")[2].partition("[wording.en]")[0]
    khmer = "[wording.km]" + vietnamese.replace("[wording.vi", "[wording.km")
    draft = parse(MOT_CUA.definition + "\n" + khmer)
    assert draft.languages == ("vi", "en")
    named = khmer.replace("[wording.km]", '[wording.km]\nnative_reviewer = "Thạch Thị Sa Rây"', 1)
    reviewed = parse(MOT_CUA.definition + "\n" + named)
    assert reviewed.languages == ("vi", "en", "km")
    assert reviewed.wordings["km"].hash == draft.wordings["km"].hash


def test_an_unknown_language_is_answered_in_vietnamese() -> None:
    assert MOT_CUA.language("en") == "en"
    assert MOT_CUA.language("km") == MOT_CUA.language(None) == "vi"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('code = "mot-cua"', "", "'code' is missing"),
        ("draws = 3", "draws = ", "not valid TOML"),
        ('\nB = "Thủ tục hành chính"', "", r"wording.vi.factors\] lacks \['B'\]"),
        ('"Bình thường", ', "", "scale needs 5 labels"),
        ('code = "A2"', 'code = "A1"', "appears twice"),
    ],
)
def test_a_wrong_file_is_refused_with_its_place(old: str, new: str, message: str) -> None:
    with pytest.raises(QuestionnaireError, match=message):
        _changed(old, new)


def test_a_file_without_vietnamese_is_refused() -> None:
    english_only = MOT_CUA.definition.replace("[wording.vi", "[wording.km")
    with pytest.raises(QuestionnaireError, match="first wording must be"):
        parse(english_only)
