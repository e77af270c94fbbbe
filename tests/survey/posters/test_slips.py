import pytest

from survey.posters import PosterError, slips
from survey.posters.slips import Slip
from tests.posters import LONG, codes, pages, sizes, texts

BASE = "https://hailong.cantho.gov.vn/m/"


def _slip(number: int = 0, **changes: object) -> Slip:
    values = {
        "address": f"{BASE}{number:012d}",
        "code": "ABCD EFGH JKMN",
        "unit": "Phường Ninh Kiều",
        "point": "Quầy 1: Hộ tịch",
        "row": 17,
    }
    return Slip(**values | changes)  # type: ignore[arg-type]


def test_every_code_of_two_sheets_decodes_to_its_own_address() -> None:
    made = [_slip(number) for number in range(25)]
    pdf = slips.pdf(made, "hailong.cantho.gov.vn")
    assert sizes(pdf) == [(210, 297)] * 2
    first, second = (codes(page) for page in pages(pdf))
    assert (len(first), len(second)) == (24, 1)
    assert first + second == [slip.address for slip in made]


def test_a_slip_says_what_its_holder_and_its_printer_need() -> None:
    (text,) = texts(slips.pdf([_slip()], "hailong.cantho.gov.vn"))
    for words in (
        "Phường Ninh Kiều",
        "Quầy 1: Hộ tịch",
        "hailong.cantho.gov.vn",
        "ABCD EFGH JKMN",
        "Mã dùng một lần, hết hạn sau 72 giờ kể từ khi nhận kết quả",
        "Không ghi tên",
        "Dòng 17",
    ):
        assert words in text
    assert "Dòng" not in texts(slips.pdf([_slip(row=None)], "hailong.cantho.gov.vn"))[0]


@pytest.mark.parametrize("name", [LONG, "W" * 120, "#set page(fill: red) $x$ *đậm*"])
def test_a_long_name_stays_on_its_slip_and_leaves_the_code_readable(name: str) -> None:
    pdf = slips.pdf([_slip(n, unit=name, point=name) for n in range(24)], "hailong.cantho.gov.vn")
    assert len(sizes(pdf)) == 1
    assert codes(pages(pdf)[0]) == [_slip(number).address for number in range(24)]
    assert texts(pdf)[0].count("72 giờ kể từ khi nhận kết quả") == 24


def test_a_code_is_still_read_at_half_its_size() -> None:
    picture = pages(slips.pdf([_slip(n) for n in range(24)], "x.gov.vn"), scale=4)[0]
    small = picture.resize((picture.width // 2, picture.height // 2))
    assert len(codes(small)) == 24


def test_a_name_the_font_cannot_write_is_refused_with_the_next_step() -> None:
    with pytest.raises(PosterError, match="đổi tên"):
        slips.pdf([_slip(point="Quầy 😀")], "hailong.cantho.gov.vn")
