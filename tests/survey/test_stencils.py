"""A page from its stencil is the page itself, in one gzip member, whatever fills the gaps."""

import zlib
from unittest import mock

import pytest

from survey.stencils import Stencil, gap

LONG = "".join(f"<p>Quầy {number} phục vụ Ông/Bà.</p>\n" for number in range(100))
PAGE = f"<title>{gap('point')} – {gap('unit')}</title>{LONG}<h1>{gap('point')}</h1>{LONG}"
NAMES = {"point": "Quầy 1: Hộ tịch", "unit": "Phường Ninh Kiều"}


def unpacked(packed: bytes) -> str:
    """Return the text of exactly one gzip member."""
    reader = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    text = reader.decompress(packed)
    assert reader.eof
    assert reader.unused_data == b""
    return text.decode()


def test_the_gaps_are_filled_wherever_they_stand() -> None:
    filled = (
        f"<title>Quầy 1: Hộ tịch – Phường Ninh Kiều</title>{LONG}<h1>Quầy 1: Hộ tịch</h1>{LONG}"
    )
    assert Stencil(PAGE).plain(NAMES).decode() == filled


@pytest.mark.parametrize(
    "page",
    [
        PAGE,
        LONG,
        "",
        gap("point"),
        gap("point") + LONG + gap("unit"),
        LONG + gap("unit") * 3,
        "ngắn",
    ],
    ids=["page", "no gap", "empty", "one gap", "at both ends", "in a row", "short"],
)
@pytest.mark.parametrize("name", ["Quầy 1", "", "Q" * 5000, "<b>&\"'", "ភាសាខ្មែរ"])
def test_the_packed_page_is_the_plain_page_and_one_gzip_member(page: str, name: str) -> None:
    stencil, values = Stencil(page), NAMES | {"point": name}
    assert unpacked(stencil.gzipped(values)) == stencil.plain(values).decode()


def test_what_fills_a_gap_is_text_and_never_markup() -> None:
    page = Stencil(PAGE).plain(NAMES | {"point": f"<b>Quầy</b> & {gap('unit')}"}).decode()
    assert "&lt;b&gt;Quầy&lt;/b&gt; &amp; " in page
    assert "<b>" not in page
    assert page.count(gap("unit")) == 2  # a value with the look of a gap stays text


def test_long_text_between_gaps_is_compressed_only_when_the_stencil_is_cut() -> None:
    stencil = Stencil(PAGE)
    with mock.patch("survey.stencils.zlib.compressobj", side_effect=zlib.compressobj) as packer:
        for name in ("Quầy 1", "Quầy 2"):
            stencil.gzipped(NAMES | {"point": name})
    assert packer.call_count == 4  # the two parts with gaps, for each page


def test_a_gap_without_a_value_is_a_mistake_and_no_page() -> None:
    with pytest.raises(KeyError):
        Stencil(PAGE).gzipped({"point": "Quầy 1"})
