"""After the form by keyboard and by ear: the way of the focus, and what is said of a mistake."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import afterwards
from tests.browser.afterwards import MISTAKES, PAGES, Reach
from tests.browser.citizen import (
    FOCUS,
    hidden_focus,
    receipt,
    tab_to,
    tab_to_next_question,
)
from tests.browser.conftest import Pages

# A group of choices is one stop.
NAME = "e => e.type === 'radio' ? e.name : e.outerHTML"
CONTROLS = (
    "[...new Set([...document.querySelectorAll('a[href], button, summary, textarea, input')]"
    ".filter(e => e.tabIndex >= 0 && e.type !== 'hidden' && e.checkVisibility())"
    f".map({NAME}))]"
)
TOP = f"Math.round({FOCUS}.getBoundingClientRect().top + scrollY)"
REFUSED = re.compile("Chưa gửi được|không đúng|gõ nhầm")


@pytest.mark.parametrize("reach", PAGES, ids=lambda reach: reach.__name__)
def test_tab_goes_down_the_page_and_stops_at_everything_once(
    pages: Pages, offering_form: str, reach: Reach
) -> None:
    page = pages.open(360, 640)
    reach(page, offering_form)
    page.evaluate("document.body.tabIndex = -1; document.body.focus()")
    controls, stops, tops = page.evaluate(CONTROLS), [], []
    for _stop in controls:
        page.keyboard.press("Tab")
        stops.append(page.evaluate(f"({NAME})({FOCUS})"))
        tops.append(page.evaluate(TOP))
    assert len(controls) > 3
    assert stops == controls
    assert tops == sorted(tops)


# In large text, which leaves the least room; without script, so that the page alone does it.
@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.__name__)
def test_a_mistake_is_seen_whole_has_the_focus_and_is_read_with_its_field(
    pages: Pages, offering_form: str, mistake: Reach
) -> None:
    page, field = pages.phone(java_script_enabled=False), MISTAKES[mistake]
    mistake(page, f"{offering_form}?size=2")
    problem = page.get_by_role("alert")
    expect(problem).to_be_in_viewport(ratio=1)
    expect(page).to_have_title(REFUSED)
    if field is None:
        expect(problem).to_be_focused()
        return
    wrong = page.locator(field)
    expect(wrong).to_be_focused()
    expect(wrong).to_be_in_viewport()
    expect(wrong).to_have_attribute("aria-invalid", "true")
    said = re.compile(re.escape(problem.inner_text()))
    expect(wrong).to_have_accessible_description(said)


def test_the_keyboard_alone_adds_everything_and_takes_it_back(
    pages: Pages, offering_form: str
) -> None:
    page = pages.open(360, 640)
    page.goto(offering_form)
    tab_to_next_question(page)
    page.keyboard.press("Space")
    _enter(page)
    receipt(page)
    _unfold(page, "Có ai giúp Ông/Bà trả lời không?")
    _enter(page, "Người nhà")
    _enter(page, "Trả lời thêm 30 giây")
    tab_to_next_question(page)
    page.keyboard.press("ArrowDown")
    _enter(page, "Gửi phần trả lời thêm")
    _unfold(page, "Vài câu hỏi của tỉnh")
    tab_to_next_question(page)
    page.keyboard.press("Space")
    _enter(page, "Gửi các câu này")
    _expect_said(page, "Đã nhận phần trả lời thêm")
    _write_and_ask_for_a_call(page)
    _expect_said(page, "góp ý và số điện thoại")
    assert page.locator("summary, textarea").count() == 0
    _enter(page, "Xem hoặc rút lại điều đã gửi")
    for words, said in (
        ("Rút lại số điện thoại", "Số điện thoại không còn"),
        ("Rút lại góp ý", "Góp ý không còn"),
        ("Rút lại cả phiếu", "đã rút lại phiếu này"),
    ):
        _enter(page, words)
        _expect_said(page, said)


def _write_and_ask_for_a_call(page: Page) -> None:
    tab_to(page, "text")
    page.keyboard.type("Chờ hơi lâu.")
    _unfold(page, "Muốn được gọi lại về góp ý này?")
    tab_to(page, "number")
    page.keyboard.type("0912345678")
    tab_to(page, "consent")
    page.keyboard.press("Space")
    _enter(page, "Gửi kèm số điện thoại")


def _unfold(page: Page, words: str) -> None:
    tab_to(page, words)
    page.keyboard.press("Enter")


def _enter(page: Page, words: str | None = None) -> None:
    """Press Enter, on what says these words if any are given."""
    if words:
        tab_to(page, words)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def _expect_said(page: Page, words: str) -> None:
    """Fail unless the page says this, in view and where reading aloud begins."""
    status = page.get_by_role("status").first
    expect(status).to_contain_text(words)
    expect(status).to_be_in_viewport(ratio=1)
    expect(status).to_be_focused()


@pytest.mark.parametrize(("text_size", "part"), [("100%", "label"), ("200%", "input")])
def test_the_bar_never_hides_the_focus_among_the_further_questions(
    pages: Pages, offering_form: str, text_size: str, part: str
) -> None:
    page = pages.open(360, 640)
    afterwards.more(page, offering_form)
    page.evaluate(f"document.documentElement.style.fontSize = '{text_size}'")
    hidden: list[str] = []
    for _question in range(page.locator("fieldset").count()):
        tab_to_next_question(page)
        page.keyboard.press("Space")
        for _choice in range(5):
            hidden += hidden_focus(page, part)
            page.keyboard.press("ArrowDown")
    assert hidden == []
