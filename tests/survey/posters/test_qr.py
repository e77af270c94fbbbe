from survey import posters
from tests.posters import ADDRESS


def test_the_code_on_a_page_is_svg_without_style_or_script() -> None:
    svg = posters.qr_svg(ADDRESS)
    assert svg.startswith("<svg")
    assert "style" not in svg
    assert "script" not in svg


def test_the_code_on_a_page_is_small() -> None:
    assert len(posters.qr_svg(ADDRESS)) < 6000
