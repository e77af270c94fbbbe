from datetime import date

import pypdfium2
import pytest
import zxingcpp

from survey import posters
from survey.posters import Poster

ADDRESS = "https://hailong.cantho.gov.vn/p/ab2cd3ef"
LONG = "Trung tâm Phục vụ hành chính công đặc khu Hoàng Sa, Đường số 10, Khu hành chính tập trung"


def _poster(**changes: object) -> Poster:
    values = {
        "unit": "Phường Ninh Kiều",
        "point": "Quầy 1: Hộ tịch",
        "address": ADDRESS,
        "serial": "ABCDEFGH-01",
        "issued_on": date(2026, 11, 5),
        "is_test": False,
    }
    return Poster(**(values | changes))  # type: ignore[arg-type]


def _text(document: pypdfium2.PdfDocument) -> str:
    return " ".join(document[0].get_textpage().get_text_range().split())


def _codes(document: pypdfium2.PdfDocument) -> list[str]:
    picture = document[0].render(scale=2).to_pil()
    return [found.text for found in zxingcpp.read_barcodes(picture)]


def test_the_poster_is_one_a5_page_and_its_code_decodes_to_exactly_the_address() -> None:
    with pypdfium2.PdfDocument(posters.pdf(_poster())) as document:
        assert len(document) == 1
        width, height = document[0].get_size()
        assert (round(width / 72 * 25.4), round(height / 72 * 25.4)) == (148, 210)
        assert _codes(document) == [ADDRESS]


def test_the_poster_says_the_promises_in_vietnamese() -> None:
    with pypdfium2.PdfDocument(posters.pdf(_poster())) as document:
        text = _text(document)
    for words in (
        "Phường Ninh Kiều",
        "Quầy 1: Hộ tịch",
        "hailong.cantho.gov.vn/p/ab2cd3ef",
        "1 phút",
        "Không ghi tên",
        "Miễn phí",
        "3 ngày",
        "Không bao giờ hỏi mật khẩu, mã OTP hay tiền",
        "phiếu giấy hoặc máy tính bảng",
        "ABCDEFGH-01",
        "05/11/2026",
    ):
        assert words in text
    assert "MÃ THỬ" not in text


def test_a_test_point_is_marked_on_its_poster_and_its_code_still_decodes() -> None:
    poster = _poster(is_test=True, unit=LONG, point=LONG)
    with pypdfium2.PdfDocument(posters.pdf(poster)) as document:
        assert len(document) == 1
        assert "MÃ THỬ" in _text(document)
        assert _codes(document) == [ADDRESS]


@pytest.mark.parametrize("name", [LONG, "A" * 120, "#set page(fill: red) $x$ *đậm* \\ <b>"])
def test_long_names_and_names_that_look_like_markup_stay_text_on_one_page(name: str) -> None:
    long_address = f"https://hailong.trungtamphucvuhanhchinhcong.quangtri.gov.vn/p/{'a' * 8}"
    poster = _poster(unit=name, point=name, address=long_address)
    with pypdfium2.PdfDocument(posters.pdf(poster)) as document:
        assert len(document) == 1
        assert _codes(document) == [long_address]
        assert name.split(maxsplit=1)[0][:20] in _text(document)


def test_a_plain_http_address_is_written_with_its_scheme() -> None:
    assert _poster(address="http://127.0.0.1:8000/p/x").typed == "http://127.0.0.1:8000/p/x"


def test_the_code_on_a_page_is_svg_without_style_or_script() -> None:
    svg = posters.qr_svg(ADDRESS)
    assert svg.startswith("<svg")
    assert "style" not in svg
    assert "script" not in svg
