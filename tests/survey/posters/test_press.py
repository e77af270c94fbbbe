import pytest

from survey import posters
from survey.posters import PosterError
from survey.posters.words import of_language
from tests.posters import (
    ADDRESS,
    LONG,
    LONG_ADDRESS,
    codes,
    pages,
    poster,
    read_aloud,
    sizes,
    texts,
)

PAPERS = {
    "a4": (210, 297),
    "a5": (148, 210),
    "a6": (105, 148),
    "stand": (210, 297),
    "sticker": (210, 297),
}
COPIES = {"stand": 2, "sticker": 8}
LONG_NAMES = [LONG, "W" * 120, "#set page(fill: red) $x$ *đậm* \\ <b>"]


def test_every_form_has_a_test() -> None:
    assert set(PAPERS) == set(posters.FORMS)


@pytest.mark.parametrize("form", PAPERS)
@pytest.mark.parametrize("language", [None, "en"])
def test_a_form_is_one_page_of_its_paper_whose_codes_decode_to_exactly_the_address(
    form: str, language: str | None
) -> None:
    pdf = posters.pdf([poster()], form, language)
    assert sizes(pdf) == [PAPERS[form]]
    assert codes(pages(pdf)[0]) == [ADDRESS] * COPIES.get(form, 1)


@pytest.mark.parametrize("form", PAPERS)
def test_every_form_says_the_promises_in_vietnamese(form: str) -> None:
    (text,) = texts(posters.pdf([poster()], form))
    for words in (
        "Phường Ninh Kiều",
        "Quầy 1: Hộ tịch",
        "hailong.cantho.gov.vn/p/ab2cd3ef",
        "1 phút",
        "Không ghi tên",
        "Miễn phí",
        "Không bao giờ hỏi mật khẩu, mã OTP hay tiền",
        "ABCDEFGH-01",
        "05/11/2026",
    ):
        assert words in text
    assert "MÃ THỬ" not in text
    assert "minute" not in text


def test_a_stand_that_says_everything_twice_is_read_aloud_once() -> None:
    assert read_aloud(posters.pdf([poster(), poster()], "stand")) == [1, 1]


@pytest.mark.parametrize("form", PAPERS)
def test_every_paper_tells_of_the_three_days_at_home(form: str) -> None:
    (text,) = texts(posters.pdf([poster()], form))
    assert of_language("vi")["home"] in text
    assert "3 ngày" in text


@pytest.mark.parametrize("form", sorted(set(PAPERS) - {"sticker"}))
def test_what_stands_on_a_counter_tells_of_paper(form: str) -> None:
    (text,) = texts(posters.pdf([poster()], form))
    assert "phiếu giấy hoặc máy tính bảng" in text


@pytest.mark.parametrize("form", PAPERS)
def test_on_request_every_sentence_stands_in_english_below_the_vietnamese(form: str) -> None:
    (text,) = texts(posters.pdf([poster()], form, "en"))
    keys = {"question", "scan", "never", "minute", "free", "home"}
    if form != "sticker":
        keys.add("paper")
    for key in keys:
        assert of_language("vi")[key] in text
        assert of_language("en")[key] in text


@pytest.mark.parametrize("form", PAPERS)
def test_a_trial_is_marked_and_its_code_still_decodes(form: str) -> None:
    pdf = posters.pdf([poster(is_test=True, unit=LONG, point=LONG)], form, "en")
    assert len(sizes(pdf)) == 1
    assert "MÃ THỬ" in texts(pdf)[0]
    assert set(codes(pages(pdf)[0])) == {ADDRESS}


@pytest.mark.parametrize("form", PAPERS)
@pytest.mark.parametrize("name", LONG_NAMES, ids=["long", "one-word", "markup"])
def test_long_names_and_names_that_look_like_markup_stay_text_on_one_page(
    form: str, name: str
) -> None:
    pdf = posters.pdf([poster(unit=name, point=name, address=LONG_ADDRESS)], form, "en")
    assert len(sizes(pdf)) == 1
    assert codes(pages(pdf)[0]) == [LONG_ADDRESS] * COPIES.get(form, 1)
    text = texts(pdf)[0]
    assert name.split(maxsplit=1)[0][:10] in text
    assert name.rsplit(maxsplit=1)[-1][-4:] in text


@pytest.mark.parametrize("form", sorted(set(PAPERS) - {"stand"}))  # its folds run from edge to edge
def test_nothing_is_printed_beyond_the_edge(form: str) -> None:
    long = poster(unit="W" * 120, point="W" * 120, address=LONG_ADDRESS)
    picture = pages(posters.pdf([long], form, "en"), scale=1)[0].convert("L")
    width, height = picture.size
    for left in (0, width - 5):
        darkest, _ = picture.crop((left, 0, left + 5, height)).getextrema()
        assert darkest > 180


def test_nine_stickers_take_two_sheets() -> None:
    made = [poster(address=f"{ADDRESS}{number}") for number in range(9)]
    first, second = (codes(page) for page in pages(posters.pdf(made, "sticker")))
    assert first + second == [one.address for one in made]


def test_a_name_the_font_cannot_write_is_found_among_many() -> None:
    made = [poster(point=f"Quầy {number}") for number in range(20)]
    made[13] = poster(point="Quầy 😀", unit="Xã Mẫu")
    with pytest.raises(PosterError, match="“Quầy 😀”, Xã Mẫu"):
        posters.pdf(made)


def test_a_language_is_offered_once_somebody_who_speaks_it_has_read_the_words() -> None:
    assert posters.languages() == ("en",)
    assert of_language("vi").keys() == of_language("en").keys()


def test_a_plain_http_address_is_written_with_its_scheme() -> None:
    assert poster(address="http://127.0.0.1:8000/p/x").typed == "http://127.0.0.1:8000/p/x"
