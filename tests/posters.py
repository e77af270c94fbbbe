"""Posters for tests, and what a phone and a reader find on the paper."""

from datetime import date

import pypdfium2
import zxingcpp
from PIL import Image
from pypdfium2 import raw

from survey.posters import Poster

ADDRESS = "https://hailong.cantho.gov.vn/p/ab2cd3ef"
LONG_ADDRESS = f"https://hailong.trungtamphucvuhanhchinhcong.quangtri.gov.vn/p/{'a' * 8}"
LONG = (
    "Trung tâm Phục vụ hành chính công đặc khu Hoàng Sa, Đường số 10, "
    "Khu hành chính tập trung, thành phố Đà Nẵng, số 123456"
)
MILLIMETRES = 25.4 / 72


def poster(**changes: object) -> Poster:
    """Return a poster like any other, but for some changes."""
    values = {
        "unit_code": "31117",
        "unit": "Phường Ninh Kiều",
        "point": "Quầy 1: Hộ tịch",
        "address": ADDRESS,
        "serial": "ABCDEFGH-01",
        "issued_on": date(2026, 11, 5),
        "is_test": False,
    }
    return Poster(**(values | changes))  # type: ignore[arg-type]


def pages(pdf: bytes, scale: float = 2) -> list[Image.Image]:
    """Return the pages of a PDF as pictures."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.render(scale=scale).to_pil() for page in document]


def sizes(pdf: bytes) -> list[tuple[int, int]]:
    """Return the size of each page in millimetres."""
    with pypdfium2.PdfDocument(pdf) as document:
        shown = [page.get_size() for page in document]
    return [(round(width * MILLIMETRES), round(height * MILLIMETRES)) for width, height in shown]


def texts(pdf: bytes) -> list[str]:
    """Return the words of each page."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [" ".join(page.get_textpage().get_text_range().split()) for page in document]


def codes(picture: Image.Image) -> list[str]:
    """Return what a phone's camera reads off a page."""
    return sorted(found.text for found in zxingcpp.read_barcodes(picture))


def read_aloud(pdf: bytes) -> list[int]:
    """Return how many pictures of each page are described to whoever has it read aloud."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [_figures(page) for page in document]


def _figures(page: pypdfium2.PdfPage) -> int:
    tree = raw.FPDF_StructTree_GetForPage(page)
    waiting = [
        raw.FPDF_StructTree_GetChildAtIndex(tree, number)
        for number in range(raw.FPDF_StructTree_CountChildren(tree))
    ]
    found = 0
    while waiting:
        part = waiting.pop()
        found += raw.FPDF_StructElement_GetAltText(part, None, 0) > 0
        children = range(raw.FPDF_StructElement_CountChildren(part))
        below = (raw.FPDF_StructElement_GetChildAtIndex(part, number) for number in children)
        waiting += [child for child in below if child]
    raw.FPDF_StructTree_Close(tree)
    return found
