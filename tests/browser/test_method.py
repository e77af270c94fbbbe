"""The method page as a phone and a desk show it, and the tap that leads to it."""

import pytest
from playwright.sync_api import StorageState, expect

from survey import period
from tests.browser.conftest import Pages
from tests.browser.test_accessibility import SIZES, violations
from tests.browser.test_dashboard import CUT, SMALL, WIDTH
from tests.live import Server

FIRST = ("83–89%: con số có thể", "412 người: có chừng ấy", "xin đọc cả khoảng")


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_the_method_page_has_no_violation(
    pages: Pages, server: Server, size: tuple[int, int]
) -> None:
    page = pages.open(*size)
    page.goto(f"{server.base}/method")
    assert page.locator("article.method").count()
    assert violations(page) == []
    assert pages.complaints == []


@pytest.mark.parametrize("width", [320, 360])
def test_it_reads_on_a_phone_without_scrolling_sideways_or_squinting(
    pages: Pages, server: Server, width: int
) -> None:
    page = pages.phone(width, 640)
    page.goto(f"{server.base}/method")
    assert page.evaluate(WIDTH) == width
    assert page.locator("svg text").count() > 5
    assert page.evaluate(SMALL) == 0
    assert page.evaluate(CUT) == []


def test_the_first_screen_of_a_phone_tells_what_the_three_numbers_are(
    pages: Pages, server: Server
) -> None:
    page = pages.phone(360, 640)
    page.goto(f"{server.base}/method")
    for words in FIRST:
        line = page.locator("main li, main p", has_text=words)
        expect(line.first).to_be_in_viewport(ratio=1)


def test_the_word_beside_the_sample_that_misses_covers_nothing(
    pages: Pages, server: Server
) -> None:
    page = pages.phone(360, 640)
    page.goto(f"{server.base}/method")
    covered = page.evaluate(
        """() => {
      const box = e => e.getBoundingClientRect();
      const word = [...document.querySelectorAll('svg text')].find(e => e.textContent === 'trượt');
      const a = box(word);
      return [...document.querySelectorAll('svg line, svg circle')].map(box).filter(b =>
        b.left < a.right && b.right > a.left && b.top < a.bottom - 3 && b.bottom > a.top + 3
      ).length;
    }"""
    )
    assert covered == 0


def test_a_tap_on_an_interval_leads_to_the_row_of_its_method(
    pages: Pages, server: Server, signed_in: StorageState
) -> None:
    page = pages.phone(360, 640, storage_state=signed_in)
    month = period.containing(period.today()).previous.name
    page.goto(f"{server.base}/results/units/00/{month}")
    interval = page.locator(".index .interval")
    assert "wilson-neff-t" in (interval.get_attribute("title") or "")
    with page.expect_navigation():
        interval.tap()
    row = page.locator("dt:target")
    expect(row).to_contain_text("wilson-neff-t")
    expect(row).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("link", name="Kết quả", exact=True)).to_be_attached()


def test_a_stranger_finds_no_managers_menu_and_need_not_sign_in(
    pages: Pages, server: Server
) -> None:
    page = pages.phone(360, 640)
    page.goto(f"{server.base}/method")
    expect(page.get_by_role("heading", level=1)).to_have_text("Con số này nghĩa là gì?")
    assert page.get_by_role("button", name="Đăng xuất").count() == 0
    with page.expect_navigation():
        page.get_by_role("link", name="Người tự chọn trả lời").first.click()
    expect(page.locator("#tu-chon")).to_be_in_viewport()
