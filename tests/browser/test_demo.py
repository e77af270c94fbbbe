"""The whole loop in a minute: a newcomer sends sheets, closes, and sees the figures change."""

import re

import pytest
from playwright.sync_api import Page, StorageState, expect

from tests.browser.conftest import Pages
from tests.live import Server

COMMUNE = "Xã Mẫu Khánh"
SIZES = [(360, 640), (1280, 800)]


def _press(page: Page, words: str) -> str:
    """Press a button; return what the next page says has happened."""
    with page.expect_navigation():
        page.get_by_role("button", name=words, exact=True).click()
    return page.get_by_role("status").inner_text()


def _number(page: Page, before: str) -> int:
    """Return the number that stands behind these words."""
    found = re.search(rf"{before} ([\d.]+)", page.locator("main").inner_text())
    assert found is not None, page.locator("main").inner_text()
    return int(found[1].replace(".", ""))


@pytest.fixture(params=SIZES, ids=["phone", "desk"])
def page(
    request: pytest.FixtureRequest, pages: Pages, server: Server, signed_in: StorageState
) -> Page:
    """The page of a commune, reached as a newcomer reaches it."""
    opened = pages.open(*request.param, storage_state=signed_in)
    opened.goto(f"{server.base}/results")
    with opened.expect_navigation():
        opened.get_by_role("link", name=COMMUNE).click()
    return opened


def test_twenty_sheets_and_a_close_change_the_figures_of_a_commune(page: Page) -> None:
    _press(page, "Chốt ngay")  # before 06:00 the sheets of yesterday would come along
    received, counted = _number(page, "Đã nhận"), _number(page, "quét mã")
    assert re.match(rf"Đã gửi 20 phiếu tới Quầy 1.*, {COMMUNE}", _press(page, "Gửi thử 20 phiếu"))
    expect(page.get_by_role("heading", level=1)).to_have_text(COMMUNE)
    assert _number(page, "Đã nhận") == received + 20
    assert _number(page, "quét mã") == counted
    waiting = received - counted
    said = re.match(r"Đã chốt (\d+) phiếu trong 1 đợt", _press(page, "Chốt ngay"))
    assert said is not None
    assert 20 <= int(said[1]) <= 20 + waiting
    assert _number(page, "quét mã") == counted + int(said[1])


def test_a_new_counter_goes_from_no_result_to_twenty_people(page: Page, server: Server) -> None:
    public_id = server.public_id(server.open_point("Quầy 6: Tư pháp"))
    page.goto(f"{server.base}/results/points/{public_id}")
    expect(page.locator("main")).to_contain_text("Chưa nhận phiếu nào")
    _press(page, "Gửi thử 20 phiếu")
    expect(page.locator("main")).to_contain_text("Đã nhận 20 phiếu")
    _press(page, "Chốt ngay")
    assert _number(page, "quét mã") == 20


def test_the_buttons_fit_the_screen_and_the_browser_has_nothing_to_complain(
    page: Page, pages: Pages
) -> None:
    width = page.viewport_size["width"] if page.viewport_size else 0
    for words in ("Gửi thử 20 phiếu", "Chốt ngay"):
        box = page.get_by_role("button", name=words).bounding_box()
        assert box is not None
        assert box["height"] >= 44
        assert box["x"] + box["width"] <= width
        _press(page, words)
    assert page.evaluate("document.scrollingElement.scrollWidth") == width
    assert pages.complaints == []
