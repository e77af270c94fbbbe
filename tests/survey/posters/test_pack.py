from io import BytesIO
from zipfile import ZipFile

import pytest
from PIL import Image, ImageFilter

from survey import posters
from survey.storage import code_tokens
from tests.posters import codes, pages, poster, texts

PACK = [
    poster(
        unit_code=f"3111{number // 3}",
        unit=f"Phường Mẫu {number // 3}/a",
        point=f"Quầy {number}",
        address=f"https://hailong.cantho.gov.vn/p/{code_tokens.new()}",
    )
    for number in range(6)
]


def _shrunk(picture: Image.Image) -> Image.Image:
    return picture.resize((picture.width // 3, picture.height // 3))


def _blurred(picture: Image.Image) -> Image.Image:
    return picture.filter(ImageFilter.GaussianBlur(2))


def _turned(picture: Image.Image) -> Image.Image:
    return picture.rotate(17, expand=True, fillcolor="white")


@pytest.mark.parametrize("form", posters.FORMS)
def test_every_code_of_a_pack_is_read_from_a_bad_picture(form: str) -> None:
    shown = pages(posters.pdf(PACK, form, None if form == "sticker" else "en"), scale=3)
    for spoil in (_blurred, _turned, _shrunk):
        read = {code for page in shown for code in codes(spoil(page))}
        assert read == {made.address for made in PACK}, spoil.__name__


def test_a_pack_is_one_pdf_with_a_page_for_each_code_in_the_order_given() -> None:
    file = BytesIO()
    posters.WRITERS["pdf"](file, iter(PACK), "a5", None)
    for text, made in zip(texts(file.getvalue()), PACK, strict=True):
        assert made.typed in text


def test_a_zip_holds_a_pdf_for_each_unit() -> None:
    file = BytesIO()
    posters.WRITERS["zip"](file, iter(PACK), "a6", "en")
    with ZipFile(file) as archive:
        names = archive.namelist()
        contents = [texts(archive.read(name)) for name in names]
    assert names == ["31110 Phường Mẫu 0-a a6.pdf", "31111 Phường Mẫu 1-a a6.pdf"]
    assert [len(text) for text in contents] == [3, 3]
    assert "Quầy 3" in contents[1][0]
