"""An invited manager's first quarter of an hour: from the invitation to the first results."""

from io import BytesIO

import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Locator, Page, StorageState, expect

from survey import period
from survey.storage import points, responses, units
from survey.storage.units import UnitRow
from tests.browser import citizen
from tests.browser.conftest import Pages
from tests.live import Server

EMAIL, PASSWORD = "moi@hailong.example", "một câu dài dễ nhớ"
UNIT, NAME = "00099", "Xã Mẫu Mới"
DONE = "✓ Đã xong"


@pytest.fixture
def invitation(server: Server) -> str:
    """The one-time link of a manager whose unit has no counter yet."""
    row = UnitRow(number=1, code=UNIT, name=NAME, level="commune", type="xa", parent_code="00")
    with server.session() as session:
        units.put(session, [row], period.today())
        session.commit()
    return server.invite(EMAIL, UNIT)


def press(page: Page, words: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=words, exact=True).click()


def follow(page: Page, words: str) -> None:
    with page.expect_navigation():
        page.get_by_role("link", name=words, exact=True).click()


def scanned(place: Locator) -> str:
    """Return what a phone's camera reads off a code on the screen."""
    (code,) = zxingcpp.read_barcodes(Image.open(BytesIO(place.screenshot())))
    return code.text


def counts(server: Server, address: str) -> tuple[int, int]:
    """Return how many answers and how many trials a counter has."""
    with server.session() as session:
        point = points.by_token(session, address.rsplit("/", 1)[-1]).point
        return responses.count(session, point), responses.trials(session, point)


def sign_in(desk: Page, invitation: str) -> None:
    """Set a password behind an invitation, then sign in with it."""
    desk.goto(invitation)
    for field in desk.locator("input[type=password]").all():
        field.fill(PASSWORD)
    press(desk, "Lưu mật khẩu")
    desk.fill("input[type=email]", EMAIL)
    desk.fill("input[type=password]", PASSWORD)
    desk.click("main button")


def printed_codes(desk: Page) -> list[str]:
    """Download the poster; return the codes on it."""
    with desk.expect_download() as download:
        desk.get_by_role("link", name="Tải mã để in").click()
    with pypdfium2.PdfDocument(str(download.value.path())) as poster:
        picture = poster[0].render(scale=3).to_pil()
    return [code.text for code in zxingcpp.read_barcodes(picture)]


def answer(phone: Page, address: str, *, on_trial: bool) -> None:
    """Open a form, see whether it says that it is a trial, and send it."""
    phone.goto(address)
    expect(phone.locator(".test")).to_have_count(int(on_trial))
    citizen.choose(phone, 4)
    citizen.send(phone)
    citizen.receipt(phone)


def test_an_invited_manager_goes_from_the_link_to_the_results_without_a_shell(
    pages: Pages, server: Server, invitation: str
) -> None:
    desk, phone = pages.open(), pages.phone()
    sign_in(desk, invitation)
    desk.wait_for_url("**/start")
    name, codes, trial, _results = (desk.locator(".steps > li").nth(n) for n in range(4))

    expect(desk.get_by_label("Thuộc đơn vị")).to_have_count(0)
    desk.get_by_label("Tên quầy").fill("Quầy 1: Hộ tịch")
    press(desk, "Tạo quầy và mã")
    expect(name).to_contain_text(DONE)

    address = scanned(codes.locator(".qr"))
    assert printed_codes(desk) == [address]
    follow(desk, "Tải lại")
    expect(codes).to_contain_text(DONE)

    answer(phone, scanned(trial.locator(".qr")), on_trial=True)
    follow(desk, "Tải lại")
    expect(trial).to_contain_text(DONE)
    expect(trial).to_contain_text("Đã nhận 1 phiếu thử")
    assert counts(server, address) == (0, 1)

    follow(desk, "Xem trang kết quả")
    expect(desk.get_by_role("heading", level=1)).to_have_text(NAME)
    expect(desk.locator(".received")).to_contain_text("Đã nhận 0 phiếu")
    answer(phone, address, on_trial=False)
    assert counts(server, address) == (1, 1)
    desk.reload()
    expect(desk.locator(".headline")).to_contain_text("Mới có 1 phiếu, cần 10 để hiện kết quả")
    assert pages.complaints == []


@pytest.mark.parametrize("name", ["Quầy 5: Hộ tịch", "W" * 120], ids=["usual", "long"])
def test_the_steps_fit_a_phone(
    pages: Pages, server: Server, signed_in: StorageState, name: str
) -> None:
    address = server.open_point(name)
    page = pages.phone(360, 640, storage_state=signed_in)
    for path in ("/start", f"/start?point={server.public_id(address)}"):
        page.goto(server.base + path)
        assert page.evaluate("document.scrollingElement.scrollWidth") == 360, path
