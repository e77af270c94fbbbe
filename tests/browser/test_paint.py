from benchmarks import paint
from tests.browser.conftest import Pages


def test_over_a_bad_network_the_form_can_be_used_as_soon_as_it_is_painted(
    pages: Pages, address: str
) -> None:
    shown = paint.show(pages.phone(), address)
    assert shown.painted >= paint.ROUND_TRIP  # else nothing was slow
    assert shown.usable < 4 * paint.ROUND_TRIP
    assert shown.usable - shown.painted < paint.ROUND_TRIP
