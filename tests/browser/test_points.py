"""What a manager touches: a counter from its creation to its closing, and its poster."""

import re
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, StorageState, expect

from tests import live
from tests.browser.conftest import Pages
from tests.live import Server
from tests.posters import codes
from tests.posters import pages as pages_of

WIDTH = "document.scrollingElement.scrollWidth"


@pytest.fixture
def desk(pages: Pages, signed_in: StorageState) -> Page:
    """A computer signed in with the demonstration account."""
    return pages.open(storage_state=signed_in)


def press(page: Page, words: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=words, exact=True).click()


def follow(page: Page, words: str) -> None:
    with page.expect_navigation():
        page.get_by_role("link", name=words, exact=True).click()


def create(page: Page, server: Server, name: str) -> None:
    page.goto(f"{server.base}/points")
    follow(page, "Thêm quầy")
    page.get_by_label("Tên quầy").fill(name)
    page.get_by_label("Thuộc đơn vị").select_option("Phường Mẫu An")
    press(page, "Tạo quầy và mã")


def address_shown(page: Page) -> str:
    return page.locator("main a[href*='/p/']").inner_text()


def codes_of(pdf: str) -> list[str]:
    """Return what a phone's camera reads off a poster."""
    with pypdfium2.PdfDocument(pdf) as document:
        assert len(document) == 1
    return read(pdf)


def read(pdf: str) -> list[str]:
    """Return what a phone's camera reads off every page."""
    return [code for page in pages_of(Path(pdf).read_bytes(), 3) for code in codes(page)]


def test_the_account_of_the_banner_signs_in_and_out(pages: Pages, server: Server) -> None:
    page = pages.open()
    live.sign_in(page, server)
    expect(page.get_by_role("link", name="Các quầy")).to_be_visible()
    press(page, "Đăng xuất")
    page.goto(f"{server.base}/points")
    expect(page.get_by_role("button", name="Đăng nhập")).to_be_visible()


def test_a_new_counters_poster_opens_the_address_shown(desk: Page, server: Server) -> None:
    create(desk, server, "Quầy 7: Chứng thực")
    expect(desk.get_by_role("status")).to_contain_text("Đã tạo quầy")
    shown = address_shown(desk)
    assert re.fullmatch(rf"{server.base}/p/[2-9a-z]{{8}}", shown)
    with desk.expect_download() as download:
        desk.get_by_role("link", name="Tải mã để in").click()

    assert re.fullmatch(r"ma-[2-9A-Z]{8}-01\.pdf", download.value.suggested_filename)
    assert codes_of(str(download.value.path())) == [shown]
    desk.goto(shown)
    expect(desk.get_by_role("heading", level=1)).to_have_text("Quầy 7: Chứng thực")


def test_the_code_on_the_screen_reads_as_the_address_beside_it(desk: Page, server: Server) -> None:
    create(desk, server, "Quầy 8: Chứng thực")
    picture = Image.open(BytesIO(desk.locator(".qr").screenshot()))
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [address_shown(desk)]


def test_a_counter_is_renamed_moved_and_closed_and_its_form_says_so(
    desk: Page, server: Server
) -> None:
    create(desk, server, "Quầy 9: Hộ tịch")
    form, shown = address_shown(desk), desk.url
    follow(desk, "Đổi tên")
    desk.get_by_label("Tên quầy").fill("Quầy 9: Tư pháp")
    press(desk, "Lưu")
    follow(desk, "Chuyển đơn vị")
    desk.get_by_label("Chuyển sang đơn vị").select_option("Xã Mẫu Long")
    press(desk, "Chuyển quầy")
    desk.goto(form)
    expect(desk.get_by_role("heading", level=1)).to_have_text("Quầy 9: Tư pháp")
    expect(desk.locator(".unit")).to_have_text("Xã Mẫu Long")

    desk.goto(shown)
    desk.get_by_text("Quầy không còn phục vụ?").click()
    press(desk, "Đóng quầy")
    desk.goto(form)
    expect(desk.locator("h2")).to_have_text("Quầy này không còn nhận phiếu")
    assert desk.locator("input[type=radio]").count() == 0


def test_a_replaced_code_leads_to_the_new_one(desk: Page, server: Server) -> None:
    create(desk, server, "Quầy 10: Hộ tịch")
    old = address_shown(desk)
    follow(desk, "Thay hoặc thu hồi mã")
    desk.get_by_label("Cấp mã mới, mã cũ hết dùng ngay").check()
    press(desk, "Thực hiện")
    new = address_shown(desk)
    assert new != old
    desk.goto(old)
    expect(desk.locator("h2")).to_have_text("Mã này đã được thay bằng mã mới")
    expect(desk.get_by_role("alert")).to_contain_text("xin báo cán bộ")
    desk.get_by_label("8 ký tự cuối của địa chỉ in dưới mã QR").fill(new.rsplit("/", 1)[-1].upper())
    press(desk, "Mở phiếu")
    expect(desk).to_have_url(new)


def test_a_pack_and_a_check_sheet_hold_the_code_shown(desk: Page, server: Server) -> None:
    create(desk, server, "Quầy 13: Hộ tịch")
    shown = address_shown(desk)
    desk.goto(f"{server.base}/posters")
    desk.get_by_label("Các quầy của").select_option("Phường Mẫu An")
    desk.get_by_label("Khổ giấy").select_option("Tem dán, 8 tem một tờ A4")
    with desk.expect_download() as download:
        desk.get_by_role("button", name="Tải về").click()
    assert shown in read(str(download.value.path()))

    desk.goto(f"{server.base}/checks")
    desk.get_by_label("Các quầy của").select_option("Phường Mẫu An")
    press(desk, "Tiếp tục")
    with desk.expect_download() as download:
        desk.get_by_role("link", name="Tải phiếu kiểm tra").click()
    assert shown in read(str(download.value.path()))
    desk.get_by_label("Quầy 13: Hộ tịch: lần này").select_option("Bị dán đè")
    press(desk, "Ghi kết quả")
    expect(desk.get_by_role("status")).to_contain_text("Đã ghi kết quả kiểm tra 1 mã")


@pytest.mark.parametrize("name", ["Quầy 11: Hộ tịch", "W" * 120], ids=["usual", "long"])
def test_no_managers_page_scrolls_sideways_on_a_phone(
    pages: Pages, server: Server, signed_in: StorageState, name: str
) -> None:
    page = pages.phone(360, 640, storage_state=signed_in)
    widths: dict[str, int] = {}

    def measure(what: str) -> None:
        widths[what] = page.evaluate(WIDTH)

    create(page, server, name)
    measure("show")
    for words in ("Đổi tên", "Chuyển đơn vị", "Thay hoặc thu hồi mã"):
        follow(page, words)
        measure(words)
        page.go_back()
    for path in ("/points", "/points/new", "/posters", "/checks?unit=00001", "/change", "/login"):
        page.goto(server.base + path)
        measure(path)
    assert widths == dict.fromkeys(widths, 360)


def test_no_managers_page_makes_the_browser_complain(
    pages: Pages, server: Server, signed_in: StorageState
) -> None:
    page = pages.open(storage_state=signed_in)
    create(page, server, "Quầy 12: Hộ tịch")
    follow(page, "Đổi tên")
    page.get_by_label("Tên quầy").fill("")
    press(page, "Lưu")
    for path in ("/points", "/points/new", "/change"):
        page.goto(server.base + path)
    meant = "Failed to load resource: the server responded with a status of 422"
    assert [text for text in pages.complaints if not text.startswith(meant)] == []
