"""Every page on the smallest and the widest screen that it is made for: 360 to 1920 pixels."""

import pytest
from playwright.sync_api import Page, StorageState

from tests.browser.citizen import WIDTH
from tests.browser.conftest import Pages
from tests.browser.test_accessibility import CITIZENS, MANAGERS, open_managers
from tests.browser.test_dashboard import CUT as CUT_IN_CHARTS
from tests.browser.test_narrow import CUT
from tests.live import Server

SIZES = {360: 640, 1920: 1080}


def _faults(page: Page, cut: str) -> list[str]:
    """Return where a page scrolls sideways or cuts its text, at each size."""
    found = []
    for width, height in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        found += [f"{width}: {page.evaluate(WIDTH)} wide"] * (page.evaluate(WIDTH) != width)
        found += [f"{width}: {part[:200]}" for part in page.evaluate(cut)]
    return found


def test_no_page_of_a_citizen_scrolls_sideways_or_cuts_its_text(
    pages: Pages, server: Server
) -> None:
    found = []
    for reach in CITIZENS:
        page = pages.open(360, 640)
        reach(page, server.open_point("Quầy 5: Hộ tịch"))
        found += [f"{reach.__name__} {fault}" for fault in _faults(page, CUT)]
    assert found == []


@pytest.mark.parametrize("path", [path for path, button in MANAGERS if button is None])
def test_no_page_of_a_manager_scrolls_sideways_or_cuts_the_words_of_a_chart(
    pages: Pages, signed_in: StorageState, server: Server, path: str
) -> None:
    page = pages.open(360, 640, storage_state=signed_in)
    open_managers(page, server, path)
    assert _faults(page, CUT_IN_CHARTS) == []
