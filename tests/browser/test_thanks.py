"""After the thank-you: everything that may be added, by a phone without script or cookie."""

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from survey.storage import points
from survey.storage.comments import Comment
from survey.storage.contacts import Contact
from survey.storage.responses import Response
from tests.browser.citizen import WIDTH, choose, follow, keep_first_sheet, receipt, send
from tests.browser.conftest import Pages
from tests.browser.test_accessibility import violations
from tests.live import Server

MORE = "Trả lời thêm 30 giây"
NARROW, LOOKS = (320, 568), ("", "?lang=en&size=2&contrast=1")
TARGETS = "label.o, button, .button, summary, textarea, input[type=text]"
SMALL = "all => all.filter(e => e.getBoundingClientRect().height < 55.5).map(e => e.outerHTML)"


def _answer(page: Page, address: str) -> None:
    page.goto(address)
    choose(page, 4)
    _tap(page, "C", "2")
    _press(page, ".bar button")


def _tap(page: Page, name: str, value: str) -> None:
    page.locator(f"label:has(input[name={name}][value='{value}'])").click()


def _open(page: Page, words: str) -> None:
    page.locator("summary", has_text=words).click()


def _row(server: Server, address: str) -> Response:
    with server.session() as session:
        point = points.by_token(session, address.rsplit("/", 1)[-1]).point
        return session.scalars(sa.select(Response).where(Response.point_id == point.id)).one()


def _count(server: Server) -> tuple[int, int]:
    """Return how many comments and numbers there are."""
    with server.session() as session:
        written = session.scalars(sa.select(Comment.key)).all()
        return len(written), len(session.scalars(sa.select(Contact.key)).all())


def test_everything_is_added_and_taken_back_without_script_or_cookie(
    bare_phone: Page, offering: Server, offering_form: str
) -> None:
    page, before = bare_phone, _count(offering)
    _answer(page, offering_form)
    shown = receipt(page)

    _open(page, "Có ai giúp")
    send(page, "Người nhà")
    follow(page, MORE)
    _tap(page, "C1", "1")
    send(page, "Gửi phần trả lời thêm")
    _open(page, "Vài câu hỏi")
    _tap(page, "trips", "3+")
    send(page, "Gửi các câu này")
    page.locator("textarea").fill("Chờ lâu, xin gọi lại.")
    _open(page, "Muốn được gọi lại")
    page.locator("#number").fill("0912 345 678")
    page.get_by_label("Tôi đồng ý").check()
    send(page, "Gửi kèm số điện thoại")
    expect(page.get_by_role("status")).to_contain_text("góp ý và số điện thoại")
    assert receipt(page) == shown

    row = _row(offering, offering_form)
    assert (row.helped_by, row.trips, row.paid_extra) == ("family", "3+", None)
    assert 1 in row.answers[6:]
    assert _count(offering) == (before[0] + 1, before[1] + 1)
    assert page.locator("details, textarea").count() == 0

    send(page, "Xem hoặc rút lại")
    send(page, "Rút lại số điện thoại")
    expect(page.get_by_role("status")).to_contain_text("Số điện thoại không còn")
    send(page, "Rút lại cả phiếu")
    expect(page.get_by_role("status")).to_contain_text("đã rút lại phiếu này")
    assert _count(offering) == before
    assert page.context.cookies() == []


def test_back_and_sending_the_details_again_change_nothing(
    bare_phone: Page, offering: Server, offering_form: str
) -> None:
    page = bare_phone
    _answer(page, offering_form)
    keep_first_sheet(page, page.url + "/more")
    _tap(page, "C1", "1")
    send(page, "Gửi phần trả lời thêm")
    first = _row(offering, offering_form).answers
    page.go_back()
    _tap(page, "C1", "5")
    send(page, "Gửi phần trả lời thêm")
    expect(page.get_by_role("alert")).to_contain_text("Lần gửi đầu tiên được giữ nguyên")
    assert _row(offering, offering_form).answers == first


def test_a_small_phone_sees_that_it_is_done_and_the_receipt_first(
    pages: Pages, offering: Server, offering_form: str
) -> None:
    page = pages.phone(360, 640)
    _answer(page, offering_form)
    for first in (page.get_by_text("có thể đóng trang này"), page.locator(".receipt")):
        expect(first).to_be_in_viewport(ratio=1)
    assert page.locator(".receipt").evaluate("e => parseFloat(getComputedStyle(e).fontSize)") > 26


@pytest.mark.parametrize("look", LOOKS)
def test_no_form_after_the_thank_you_has_a_violation_or_a_small_target(
    pages: Pages, offering_form: str, look: str
) -> None:
    page = pages.phone(*NARROW)
    _answer(page, offering_form + look)
    thanks, flaws = page.url, _flaws(page)
    _press(page, "a[href*='/more']")
    flaws += _flaws(page)
    _press(page, ".bar button")
    flaws += _flaws(page)
    page.goto(thanks)
    page.locator("textarea").fill("Chờ lâu.")
    page.locator("summary").last.click()
    _press(page, "button[name=call]")
    assert flaws + _flaws(page) == []


@pytest.mark.parametrize("look", LOOKS)
def test_no_page_of_a_receipt_has_a_violation_or_a_small_target(
    pages: Pages, offering: Server, offering_form: str, look: str
) -> None:
    page = pages.phone(*NARROW)
    _answer(page, offering_form + look)
    thanks, flaws = page.url, []
    for button in ("form[action*=receipt] button", "button[value=answer]"):
        _press(page, button)
        flaws += _flaws(page)
    page.goto(thanks.replace("?", "/more?") if look else f"{thanks}/more")
    flaws += _flaws(page)
    page.goto(f"{offering.base}/receipt{look}")
    flaws += _flaws(page)
    page.locator("#code").fill("ABCDE23456")
    _press(page, "main form button")
    assert flaws + _flaws(page) == []


def _flaws(page: Page) -> list[str]:
    """Return what is wrong with a page all of whose offers are open."""
    page.locator("details").evaluate_all("all => all.forEach(e => { e.open = true; })")
    wide = [] if page.evaluate(WIDTH) == NARROW[0] else ["it scrolls sideways"]
    small = page.locator(TARGETS).evaluate_all(SMALL)
    found = [f"{page.url}: {flaw}" for flaw in (*wide, *small, *violations(page))]
    page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    return found


def _press(page: Page, selector: str) -> None:
    with page.expect_navigation():
        page.locator(selector).first.click()
