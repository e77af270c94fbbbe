"""The page that takes answers people already have, in a browser."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, StorageState

from tests import google
from tests.browser.conftest import Pages
from tests.browser.test_accessibility import SIZES, press, violations
from tests.live import Server

FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


@pytest.fixture(params=SIZES)
def page(request: pytest.FixtureRequest, pages: Pages, signed_in: StorageState) -> Page:
    return pages.open(*SIZES[request.param], storage_state=signed_in)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """An export that nobody has brought yet, whose names of columns are long."""
    (tmp_path / "phiếu.csv").write_bytes(google.export())
    return tmp_path / "phiếu.csv"


def _fill(page: Page, server: Server, file: Path, name: str) -> None:
    page.goto(f"{server.base}/imports/new")
    page.get_by_label("Tệp câu trả lời").set_input_files(file)
    page.get_by_label("Phiếu của quầy").select_option(name)


def _of(server: Server, name: str) -> str:
    return server.public_id(server.open_point(name))


def test_a_file_is_tried_out_and_then_taken_in(page: Page, server: Server, file: Path) -> None:
    point = _of(server, "Quầy 7: Nhập")
    _fill(page, server, file, point)
    press(page, "Kiểm tra thử")
    assert page.get_by_text("nhập được 3 phiếu").is_visible()
    page.get_by_label("Tệp câu trả lời").set_input_files(file)
    press(page, "Nhập phiếu")
    assert page.get_by_text("Đã nhập 3 phiếu.").is_visible()
    assert page.evaluate(FITS)
    assert violations(page) == []


def test_what_is_wrong_with_a_file_fits_the_screen(
    page: Page, server: Server, file: Path, pages: Pages
) -> None:
    file.write_bytes(google.export(["01/25/2026|" + "dàiquá" * 40 + "||||||"] * 30))
    _fill(page, server, file, _of(server, "Quầy 8: Nhập"))
    press(page, "Nhập phiếu")
    assert page.get_by_text("Dòng 2:").first.is_visible()
    for hidden in page.locator("summary").all():
        hidden.click()
    assert page.evaluate(FITS)
    assert violations(page) == []
    assert [text for text in pages.complaints if "422" not in text] == []


def test_nothing_chosen_is_said_beside_its_field(page: Page, server: Server) -> None:
    page.goto(f"{server.base}/imports/new")
    press(page, "Nhập phiếu")
    assert page.get_by_text("Xin chọn tệp.").is_visible()
    assert page.get_by_text("Xin chọn quầy, hoặc").is_visible()
    assert violations(page) == []
