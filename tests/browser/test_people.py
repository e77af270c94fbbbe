"""From an invitation to a sign-in with a telephone's code, in browsers that run no script."""

import re
from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import zxingcpp
from passlib.totp import TOTP
from PIL import Image
from playwright.sync_api import Page, StorageState, expect

from tests.browser.conftest import Pages
from tests.browser.test_accessibility import press
from tests.live import Server

PASSWORD = "một câu dài dễ nhớ"
WIDTH = "document.scrollingElement.scrollWidth"


def invite(page: Page, server: Server, email: str) -> str:
    page.goto(f"{server.base}/people/new")
    page.get_by_label("Địa chỉ thư điện tử").fill(email)
    page.get_by_label("Vai trò").select_option("Người xem kết quả")
    page.get_by_label("Ở đơn vị").select_option("Phường Mẫu An")
    press(page, "Tạo liên kết mời")
    return page.locator("textarea").input_value()


def sign_in(page: Page, server: Server, email: str) -> None:
    page.goto(server.said("Manager (quản lý)"))
    page.get_by_label("Địa chỉ thư").fill(email)
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    press(page, "Đăng nhập")


def scanned(page: Page) -> TOTP:
    """Scan the code on the screen as an authenticator does."""
    picture = Image.open(BytesIO(page.locator("img.factor").screenshot()))
    (code,) = zxingcpp.read_barcodes(picture)
    assert parse_qs(urlsplit(code.text).query)["issuer"] == ["Hài Lòng"]
    return TOTP.from_uri(code.text)


def test_an_invited_person_sets_up_a_second_factor_and_signs_in_with_it(
    pages: Pages, server: Server, signed_in: StorageState
) -> None:
    email = "xem@hailong.example"
    link = invite(pages.open(storage_state=signed_in), server, email)
    page = pages.phone(java_script_enabled=False)
    page.goto(link)
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    press(page, "Lưu mật khẩu")
    sign_in(page, server, email)
    page.get_by_role("link", name="Tài khoản").click()
    page.get_by_role("link", name="Thiết lập").click()
    press(page, "Bắt đầu")
    phone = scanned(page)
    page.get_by_label("Mã xác nhận").fill(phone.generate().token)
    press(page, "Xác nhận")
    expect(page.get_by_text("Đang dùng")).to_be_visible()
    page.get_by_role("link", name="Mã khôi phục").click()
    press(page, "Tạo 10 mã mới")
    codes = page.locator(".codes code").all_inner_texts()
    assert len(codes) == 10
    press(page, "Đăng xuất")

    sign_in(page, server, email)
    expect(page.get_by_role("heading", level=1)).to_have_text("Nhập mã xác nhận")
    page.get_by_role("link", name="Dùng mã khôi phục").click()
    page.get_by_label("Mã khôi phục").fill(codes[0])
    press(page, "Xác nhận")
    expect(page.get_by_role("link", name="Kết quả", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Các quầy", exact=True)).to_have_count(0)
    assert re.search(r"/results/units/", page.url)
    assert pages.complaints == []


def test_the_pages_about_people_fit_a_small_phone(
    pages: Pages, server: Server, signed_in: StorageState
) -> None:
    page = pages.phone(storage_state=signed_in)
    invite(page, server, "mot.nguoi.co.dia.chi.rat.dai@trung-tam-hanh-chinh-cong.hailong.example")
    for path in ("/people", "/people/new", "/people/1", "/audit", "/account", "/tf-setup"):
        page.goto(server.base + path)
        assert page.evaluate(WIDTH) == 360, path
