"""The pages about comments as a manager and the province's moderator meet them."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, StorageState, expect
from sqlalchemy import select

from survey import demo, period
from survey.storage import users
from survey.storage.comments import Comment
from tests.browser.conftest import Pages
from tests.browser.test_accessibility import SIZES, press, violations
from tests.browser.test_dashboard import follow
from tests.live import Server

WIDTH = "document.documentElement.scrollWidth"


@pytest.fixture(params=SIZES)
def page(request: pytest.FixtureRequest, pages: Pages, signed_in: StorageState) -> Page:
    return pages.open(*SIZES[request.param], storage_state=signed_in)


@pytest.fixture
def moderator(page: Page, server: Server) -> Iterator[Page]:
    """A page of the demonstration account while it is also the province's moderator."""
    with server.session() as session:
        user = users.by_email(session, demo.EMAIL)
        assert user
        granted = users.grant(session, user, "moderator", demo.PROVINCE, period.now())
        session.commit()
        yield page
        if granted:
            users.revoke(session, user, "moderator", demo.PROVINCE)
            session.commit()


def _look(page: Page, address: str) -> None:
    """Open a page; it must fit, and axe must find nothing."""
    page.goto(address)
    _check(page)


def _check(page: Page) -> None:
    assert page.viewport_size
    assert page.evaluate(WIDTH) == page.viewport_size["width"]
    for hidden in page.locator("summary").all():
        hidden.click()
    assert violations(page) == []


def test_a_manager_finds_reads_and_settles_a_comment(page: Page, server: Server) -> None:
    _look(page, f"{server.base}/comments")
    _look(page, f"{server.base}/comments/units/00-SNV")
    page.goto(f"{server.base}/comments")
    page.get_by_label("Tìm trong góp ý").fill("ghe ngoi cho")
    press(page, "Tìm")
    expect(page.get_by_text("Ghế ngồi chờ ít").first).to_be_visible()
    follow(page, "Ghi xử lý góp ý 1")
    _check(page)
    page.get_by_label("Tình trạng").select_option(label="Đang xử lý")
    page.get_by_label("Người phụ trách").fill("Bà Mẫu")
    press(page, "Lưu")
    expect(page.get_by_role("status")).to_have_text("Đã lưu.")


def test_a_moderator_reads_raw_words_and_decides(moderator: Page, server: Server) -> None:
    page = moderator
    for view in ("held", "waiting", "passed"):
        _look(page, f"{server.base}/moderation?view={view}")
    with server.session() as session:
        wanted = select(Comment).where(Comment.holds == "money", Comment.text.is_not(None))
        held = session.scalars(wanted.limit(1)).one()
    page.goto(f"{server.base}/moderation/{held.name}")
    press(page, "Xem nguyên văn")
    expect(page.get_by_text("Lần xem này đã được ghi vào nhật ký.")).to_be_visible()
    expect(page.locator("blockquote").last).to_have_text(held.text or "")
    _check(page)
