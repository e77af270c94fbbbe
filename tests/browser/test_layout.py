"""What a citizen sees and reaches on a small screen, with large text, by keyboard."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.citizen import (
    BAR_TOP,
    RECT,
    ROUNDING,
    WIDTH,
    choose,
    hidden_focus,
    receipt,
    send,
    tab_to_next_question,
)
from tests.browser.conftest import Pages
from tests.live import Server, Stored

TARGET = 56
IN_SENTENCE = """link => [...link.parentElement.childNodes].some(
    each => each.nodeType === Node.TEXT_NODE && each.textContent.trim())"""
# How high the stretch of the screen is in which a tap reaches a link.
REACH = """link => {
    link.scrollIntoView({block: "center"});
    const {left, top, width, height} = link.getBoundingClientRect(), middle = top + height / 2;
    const far = step => {
        let moved = 0;
        while (link.contains(document.elementFromPoint(left + width / 2, middle + moved))) {
            moved += step / 4;
        }
        return moved;
    };
    return far(1) - far(-1);
}"""
FONT = "e => parseFloat(getComputedStyle(e).fontSize)"


def test_a_small_phone_shows_all_five_levels_above_the_send_button(
    pages: Pages, address: str
) -> None:
    page = pages.phone(360, 640)
    page.goto(address)
    levels = page.locator("fieldset").first.locator("label")
    rects = [levels.nth(number).evaluate(RECT) for number in range(levels.count())]
    assert len(rects) == 5
    assert rects[0][0] >= 0
    assert rects[-1][1] <= page.evaluate(BAR_TOP)


@pytest.mark.parametrize("read", ["size=1", "size=2", "size=2&contrast=1", "lang=en&size=2"])
def test_larger_text_shows_the_whole_first_question_and_after_a_tap_the_send_button(
    pages: Pages, address: str, read: str
) -> None:
    page = pages.phone(360, 640)
    page.goto(f"{address}?{read}")
    top, _bottom = page.locator("legend").first.evaluate(RECT)
    _top, bottom = page.locator("label:has(input[name=overall])").last.evaluate(RECT)
    assert 0 < top < bottom <= min(640, page.evaluate(BAR_TOP))
    choose(page, 5)
    expect(page.locator(".bar button")).to_be_in_viewport(ratio=1)
    top, bottom = page.locator("label:has(input:checked)").evaluate(RECT)
    assert 0 <= top < bottom <= page.evaluate(BAR_TOP)


def test_larger_text_makes_the_question_and_its_levels_larger(pages: Pages, address: str) -> None:
    page, sizes = pages.phone(360, 640), []
    for read in ("", "?size=1", "?size=2"):
        page.goto(address + read)
        sizes.append([page.locator(part).first.evaluate(FONT) for part in ("legend", "label.o")])
    assert sizes == [[17.6, 16], [20, 20], [24, 24]]


def test_the_send_button_is_in_view_before_and_after_a_tap(pages: Pages, address: str) -> None:
    page = pages.phone(360, 640)
    page.goto(address)
    for level in (1, 5):
        top, bottom = page.locator(".bar button").evaluate(RECT)
        assert 0 <= top < bottom <= 640
        choose(page, level)
    expect(page.locator(".bar button")).to_be_in_viewport(ratio=1)


def test_every_tap_target_of_a_citizen_is_56_pixels_high(pages: Pages, address: str) -> None:
    page = pages.phone(360, 640)
    page.goto(address)
    small = _small_targets(page)
    choose(page, 3)
    send(page)
    small += _small_targets(page)
    page.goto(f"{address}/others")
    small += _small_targets(page)
    for path in ("/", "/receipt"):
        page.goto(urlsplit(address)._replace(path=path).geturl())
        small += _small_targets(page)
    page.goto(urlsplit(address)._replace(path="/privacy").geturl())
    assert small + _small_links(page) == []


@pytest.mark.parametrize("read", ["", "?size=1", "?size=2", "?lang=en&size=1"])
def test_a_finger_finds_every_link_above_the_question_in_56_pixels(
    pages: Pages, address: str, read: str
) -> None:
    page = pages.phone(360, 640)
    page.goto(address + read)
    assert _small_links(page) == []


def _small_targets(page: Page) -> list[str]:
    page.evaluate("document.querySelectorAll('details').forEach(e => { e.open = true; })")
    targets = page.locator("label:has(input), button, .button, textarea, input[type=text]")
    assert targets.count()
    heights = [(targets.nth(i).evaluate(RECT), i) for i in range(targets.count())]
    return _small_links(page) + [
        f"{page.url}: {targets.nth(i).inner_text()!r} is {bottom - top} high"
        for (top, bottom), i in heights
        if bottom - top < TARGET - ROUNDING
    ]


def _small_links(page: Page) -> list[str]:
    """Return the links that a finger can miss; one within a sentence has the height of its line."""
    links = [link for link in page.locator("a").all() if not link.evaluate(IN_SENTENCE)]
    heights = [(link.evaluate(REACH), link.inner_text()) for link in links]
    return [f"{page.url}: {words!r} {high}" for high, words in heights if high < TARGET - ROUNDING]


@pytest.mark.parametrize("name", ["Quầy 5: Hộ tịch", "Q" * 120], ids=["usual", "long"])
@pytest.mark.parametrize("zoom", ["none", "page", "text"])
def test_no_citizen_page_scrolls_sideways_at_320_pixels(
    pages: Pages, server: Server, name: str, zoom: str
) -> None:
    page = pages.phone(320, 568, device_scale_factor=2 if zoom == "page" else 1)
    address = server.open_point(name)

    def measure() -> None:
        if zoom == "text":
            page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert page.evaluate(WIDTH) == 320, page.url

    for read in ("lang=vi", "lang=en", "size=2&contrast=1"):
        page.goto(f"{address}?{read}")
        measure()
    page.goto(f"{address}/others?size=2")
    measure()
    page.goto(f"{address}?lang=en")
    send(page, "Send")
    measure()
    choose(page, 3)
    send(page, "Send")
    measure()
    for path in ("/", "/p/no-such-code"):
        page.goto(server.base + path)
        measure()
    server.close_point(address)
    page.goto(address)
    measure()


def test_a_link_for_reading_is_as_high_as_a_finger_is_wide(pages: Pages, address: str) -> None:
    page = pages.phone(360, 640)
    page.goto(f"{address}?size=1")
    links = page.locator("nav a")
    boxes = [links.nth(number).bounding_box() for number in range(links.count())]
    assert len(boxes) == 4  # another language, smaller, larger, contrast
    assert all(box and box["height"] >= 44 and box["width"] >= 24 for box in boxes)
    elsewhere = page.locator(".elsewhere a").bounding_box()
    assert elsewhere is not None
    assert elsewhere["height"] >= 24  # WCAG 2.5.8


@pytest.mark.parametrize(("width", "height"), [(640, 360), (568, 320), (732, 280)])
def test_a_phone_held_sideways_shows_a_choice_and_the_send_button(
    pages: Pages, address: str, width: int, height: int
) -> None:
    page = pages.phone(width, height)
    page.goto(address)
    choose(page, 3)
    expect(page.locator(".bar button")).to_be_in_viewport(ratio=1)
    top, bottom = page.locator("label:has(input:checked)").evaluate(RECT)
    assert 0 <= top < bottom <= page.evaluate(BAR_TOP)
    assert page.evaluate(WIDTH) == width


def test_the_bar_does_not_stick_where_it_would_hide_most_of_the_page(
    pages: Pages, address: str, stored: Stored
) -> None:
    page = pages.open(320, 200)  # a desk's screen at 400 per cent
    page.goto(address)
    expect(page.locator(".bar")).not_to_be_in_viewport()
    page.locator("label:has(input[name=overall])").nth(4).click()
    with page.expect_navigation():
        page.locator(".bar button").click()
    receipt(page)
    assert page.evaluate(WIDTH) == 320
    assert stored.levels == [5]


def test_tab_goes_down_the_page_from_the_language_to_the_send_button(
    pages: Pages, address: str
) -> None:
    page = pages.open()
    page.goto(address)
    stops, tops = [], []
    while not stops or stops[-1] != "Gửi phiếu":
        page.keyboard.press("Tab")
        stops.append(page.evaluate("(e => e.name || e.textContent.trim())(document.activeElement)"))
        tops.append(page.evaluate("document.activeElement.getBoundingClientRect().top + scrollY"))
    assert stops[:5] == [
        "English",
        "A+",
        "Tương phản",
        "Không phải nơi Ông/Bà vừa đến?",
        "overall",
    ]
    assert list(dict.fromkeys(stops[4:])) == [
        "overall",
        *"ABCDE",
        "visit",
        "Quyền riêng tư",
        "Gửi phiếu",
    ]
    assert tops == sorted(tops)


# WCAG 2.4.11 asks that no focused control is wholly hidden: ours are seen in full, and at the
# usual size of text with the whole label around them.
@pytest.mark.parametrize(("text_size", "part"), [("100%", "label"), ("200%", "input")])
def test_the_keyboard_alone_answers_and_the_bar_never_hides_the_focus(
    pages: Pages, address: str, stored: Stored, text_size: str, part: str
) -> None:
    page = pages.open(360, 640)
    page.goto(address)
    page.evaluate(f"document.documentElement.style.fontSize = '{text_size}'")
    hidden: list[str] = []
    for _question in range(page.locator("fieldset").count()):
        tab_to_next_question(page)
        page.keyboard.press("Space")
        for _choice in range(5):
            hidden += hidden_focus(page, part)
            page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    hidden += hidden_focus(page, "a")
    page.keyboard.press("Tab")
    expect(page.locator(".bar button")).to_be_focused()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    receipt(page)
    assert len(stored.levels) == 1
    assert hidden == []


def test_enter_on_a_choice_sends_the_form(pages: Pages, address: str, stored: Stored) -> None:
    page = pages.open()
    page.goto(address)
    tab_to_next_question(page)
    page.keyboard.press("Space")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    receipt(page)
    assert stored.levels == [1]
