"""After the form on narrow and low screens, and with text of twice the size."""

from itertools import product

import pytest
from playwright.sync_api import expect

from tests.browser import afterwards
from tests.browser.afterwards import (
    MISTAKES,
    PAGES,
    Reach,
    no_comment,
    no_consent,
    wrong_number,
    wrong_receipt,
)
from tests.browser.citizen import BAR_TOP, RECT, WIDTH
from tests.browser.conftest import Pages

# What is cut off at the side of its own box, where the page itself does not scroll. The bar stands
# out of its form on purpose, and a field scrolls.
CUT = (
    "[...document.querySelectorAll('main :not(form, input), header *')]"
    ".filter(e => e.clientWidth && e.scrollWidth > e.clientWidth + 1).map(e => e.outerHTML)"
)
SIZES = ((320, 568), (640, 360))


def test_no_page_after_the_form_scrolls_sideways_or_cuts_its_text(
    pages: Pages, offering_form: str
) -> None:
    page = pages.phone()
    for reach in (*PAGES, *MISTAKES):
        reach(page, offering_form)
        for text_size, (width, height) in product(("100%", "200%"), SIZES):
            page.set_viewport_size({"width": width, "height": height})
            page.evaluate(f"document.documentElement.style.fontSize = '{text_size}'")
            shown = f"{reach.__name__} {width} × {height}, text of {text_size}"
            assert page.evaluate(WIDTH) == width, shown
            assert page.evaluate(CUT) == [], shown


@pytest.mark.parametrize(("width", "height"), [(640, 360), (568, 320)])
def test_a_phone_held_sideways_shows_a_further_choice_and_the_send_button(
    pages: Pages, offering_form: str, width: int, height: int
) -> None:
    page = pages.phone(width, height)
    afterwards.more(page, offering_form)
    page.locator("fieldset").first.locator("label").nth(2).tap()
    expect(page.locator(".bar button")).to_be_in_viewport(ratio=1)
    top, bottom = page.locator("label:has(input:checked)").evaluate(RECT)
    assert 0 <= top < bottom <= page.evaluate(BAR_TOP)


@pytest.mark.parametrize("mistake", [no_comment, wrong_number, no_consent, wrong_receipt])
def test_a_phone_held_sideways_shows_a_field_and_its_mistake_together(
    pages: Pages, offering_form: str, mistake: Reach
) -> None:
    page = pages.phone(640, 360)
    mistake(page, offering_form)
    expect(page.get_by_role("alert")).to_be_in_viewport(ratio=1)
    expect(page.locator("[aria-invalid]")).to_be_in_viewport()
