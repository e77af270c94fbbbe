from datetime import date

import pytest

from survey import posters
from survey.posters import CheckRow, PosterError
from tests.posters import LONG, codes, pages, poster, texts

DAY = date(2026, 11, 5)
ROWS = [
    CheckRow(
        poster(point=f"Quầy {n}", address=f"https://hailong.cantho.gov.vn/p/ab2cd3{n:02d}"), ""
    )
    for n in range(30)
]


def test_the_check_sheet_lists_every_code_with_its_last_letters_and_a_picture_that_reads() -> None:
    pdf = posters.check_sheet("Phường Ninh Kiều", ROWS, DAY)
    text = " ".join(texts(pdf))
    read = [code for page in pages(pdf, 4) for code in codes(page)]
    assert sorted(read) == [row.poster.address for row in ROWS]
    assert "Người kiểm tra:" in text
    assert "in ngày 05/11/2026" in text
    for row in ROWS:
        assert row.poster.address[-4:] in text
        assert row.poster.point in text


def test_the_check_sheet_says_what_was_found_before_and_whose_code_it_is() -> None:
    rows = [CheckRow(poster(unit="Xã Mẫu", point=LONG), "01/11/2026: dán đè")]
    (text,) = texts(posters.check_sheet("Thành phố Cần Thơ", rows, DAY))
    assert "01/11/2026: dán đè" in text
    assert "Xã Mẫu" in text


def test_a_name_the_font_cannot_write_is_said_with_the_next_step() -> None:
    with pytest.raises(PosterError, match="Bước tiếp theo"):
        posters.check_sheet("Xã 😀", ROWS[:1], DAY)
