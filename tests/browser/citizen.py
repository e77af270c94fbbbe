"""A citizen's fingers: what the tests of the form do to it, in the citizen's words."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

SEND, AGAIN, THANKS = "Gửi phiếu", "Người khác trả lời", "Đã nhận phiếu"
KEPT, RESEND = "Câu trả lời vẫn còn ở đây", "Gửi lại"
# Pixels are compared after layout in fractions of one.
ROUNDING = 0.5
RECT = "e => { const r = e.getBoundingClientRect(); return [r.top, r.bottom]; }"
BAR_TOP = "document.querySelector('.bar').getBoundingClientRect().top"
WIDTH = "document.scrollingElement.scrollWidth"
FOCUS = "document.activeElement"
CHECKED = "[...document.querySelectorAll('input:checked')].map(e => e.name + e.value)"


def choose(page: Page, level: int) -> None:
    page.tap(f"label:has(input[name=overall][value='{level}'])")


def send(page: Page, words: str = SEND) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=words).tap()


def press(page: Page, words: str = SEND) -> None:
    page.get_by_role("button", name=words).tap()


def expect_kept(page: Page) -> None:
    """Fail unless the page says that nothing is lost, shows it and offers to send again."""
    expect(page.get_by_role("status")).to_contain_text(KEPT)
    expect(page.get_by_role("status")).to_be_in_viewport()
    expect(page.get_by_role("button")).to_have_text(RESEND)
    assert page.evaluate(CHECKED) == ["overall4"]


def follow(page: Page, words: str) -> None:
    with page.expect_navigation():
        page.get_by_role("link", name=words).tap()


def receipt(page: Page) -> str:
    expect(page.locator("h2").first).to_contain_text(THANKS)
    found = page.locator(".receipt").inner_text()
    assert re.fullmatch(r"[2-9A-HJ-NP-Z]{5}-[2-9A-HJ-NP-Z]{5}", found)
    return found


def keep_first_sheet(page: Page, address: str) -> None:
    """Open the form so that Back shows the very same page again, sheet and all."""
    opened = page.goto(address)
    assert opened
    first = opened.text()
    page.route(address, lambda route: _same(route, first))


def _same(route: Route, first: str) -> None:
    if route.request.method == "GET":
        route.fulfill(body=first, content_type="text/html; charset=utf-8")
    else:
        route.continue_()


def tab_to_next_question(page: Page) -> None:
    """Press Tab up to the first choice not in the question that had the focus."""
    for _stop in range(6):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.type") == "radio":
            return
    pytest.fail("Tab reaches no question")


def hidden_focus(page: Page, part: str) -> list[str]:
    """Return the focused choice unless this part of it is seen between the top and the bar."""
    top, bottom = page.evaluate(f"({RECT})({FOCUS}.closest('{part}'))")
    if top >= -ROUNDING and bottom <= page.evaluate(BAR_TOP) + ROUNDING:
        return []
    name = page.evaluate(f"{FOCUS}.name + '=' + {FOCUS}.value")
    return [f"{name} from {top} to {bottom}, bar at {page.evaluate(BAR_TOP)}"]


def tab_to(page: Page, words: str) -> None:
    """Press Tab up to what has this name or says these words."""
    for _stop in range(60):
        page.keyboard.press("Tab")
        if words in page.evaluate(f"[{FOCUS}.name, {FOCUS}.innerText.split('\\n')[0].trim()]"):
            return
    pytest.fail(f"Tab does not reach {words}")
