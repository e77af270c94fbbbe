from dataclasses import replace

from forms.passages import asked_first, passages
from forms.questionnaire import parse, shipped

(FORM,) = (each for each in shipped() if each.code == "mot-cua")


def test_a_passage_is_the_question_and_every_choice_in_the_order_shown() -> None:
    by_code = {each.code: each for each in passages(FORM, "vi")}
    words = by_code["D"].words
    assert words[0] == FORM.wordings["vi"].items["D"]
    assert words[1:6] == FORM.wordings["vi"].scale
    assert words[6:] == ("Chưa nhận kết quả", "Tôi không gặp việc này", "Bỏ qua")
    assert by_code["overall"].words[1:] == FORM.wordings["vi"].scale
    assert by_code["visit"].words == (
        "Hôm nay Ông/Bà:",
        "Nộp hồ sơ",
        "Nhận kết quả",
        "Hỏi thông tin",
    )


def test_the_first_page_comes_first_and_nothing_is_left_out() -> None:
    codes = [each.code for each in passages(FORM, "vi")]
    first = asked_first(FORM)
    assert set(codes[: len(first)]) == first == {"overall", "A", "B", "C", "D", "E", "visit"}
    assert set(codes) == {item.code for item in FORM.items} | {"visit"}


def test_a_reversed_scale_is_a_reading_of_its_own() -> None:
    official, reverse = (passages(FORM, "vi", order)[0] for order in ("official", "reversed"))
    assert (official.name, reverse.name) == ("overall", "overall-reversed")
    assert reverse.words[1:] == official.words[:0:-1]
    assert reverse.hash != official.hash


def test_new_words_are_another_passage_and_the_others_stay() -> None:
    changed = parse(FORM.definition.replace("nơi đón tiếp người dân", "chỗ đón tiếp người dân"))
    before, after = ({each.code: each.hash for each in passages(q, "vi")} for q in (FORM, changed))
    assert {code for code in before if before[code] != after[code]} == {"A"}
    assert before["A"] != {each.code: each.hash for each in passages(FORM, "en")}["A"]
    assert replace(passages(FORM, "vi")[0], name="x").hash == before["overall"]
