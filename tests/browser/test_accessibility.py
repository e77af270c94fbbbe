"""Every page without an axe violation: WCAG 2.2 A and AA, and axe's best practice."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, StorageState, expect

from survey import period
from survey.storage import point_codes, points
from tests.browser.conftest import Pages
from tests.live import Server

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS = {
    "runOnly": {"type": "tag", "values": TAGS},
    "rules": {"target-size": {"enabled": True}},  # axe leaves the rule of 2.2 off otherwise
    "resultTypes": ["violations"],
}
SIZES = {"phone": (360, 640), "desk": (1280, 800)}


@pytest.fixture(params=SIZES)
def page(request: pytest.FixtureRequest, pages: Pages) -> Page:
    return pages.open(*SIZES[request.param])


@pytest.fixture
def managers_page(pages: Pages, signed_in: StorageState) -> Page:
    return pages.open(*SIZES["phone"], storage_state=signed_in)


def violations(page: Page) -> list[str]:
    """Return what axe finds, in words enough to mend it."""
    # All of the page at once: what the sticky bar covers at this moment is no smaller target.
    size = page.viewport_size
    assert size
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": size["width"], "height": height})
    found = Axe().run(page, options=OPTIONS).response["violations"]
    return [
        f"{rule['id']} ({rule['impact']}): {node['html'][:160]} – {node['failureSummary']}"
        for rule in found
        for node in rule["nodes"]
    ]


def violations_at_every_size(page: Page) -> list[str]:
    """Return what axe finds on a phone and then on a desk, without loading the page again."""
    found: list[str] = []
    for width, height in SIZES.values():
        page.set_viewport_size({"width": width, "height": height})
        found += violations(page)
    return found


def press(page: Page, words: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=words, exact=True).click()


def form(page: Page, address: str) -> None:
    page.goto(address)


def form_with_error(page: Page, address: str) -> None:
    page.goto(address)
    submit(page)


def form_unsent(page: Page, address: str) -> None:
    page.goto(address)
    page.locator("label.o").first.click()
    page.context.set_offline(True)
    page.locator(".bar button").click()
    expect(page.get_by_role("status")).not_to_have_text(re.compile("^$|…$"))


def thanks(page: Page, address: str) -> None:
    page.goto(address)
    page.locator("label.o").first.click()
    submit(page)


def thanks_with_error(page: Page, address: str) -> None:
    thanks(page, address)
    submit(page, "form:has(textarea) button")


def thanks_with_comment(page: Page, address: str) -> None:
    thanks(page, address)
    page.locator("textarea").fill("Chờ hơi lâu.")
    submit(page, "form:has(textarea) button")


def conflict(page: Page, address: str) -> None:
    page.goto(address)
    sheet = page.locator("input[name=sheet]").input_value()
    for level in ("1", "2"):
        page.goto(address)
        page.locator("input[name=sheet]").evaluate("(e, sheet) => { e.value = sheet; }", sheet)
        page.check(f"input[name=overall][value='{level}']")
        submit(page)


def unknown_code(page: Page, address: str) -> None:
    page.goto(address.replace("/p/", "/p/x"))


def unknown_slip(page: Page, address: str) -> None:
    page.goto(urlsplit(address)._replace(path="/m/ABCDEFGHJKLM").geturl())


def other_counters(page: Page, address: str) -> None:
    page.goto(address)
    with page.expect_navigation():
        page.locator(".elsewhere a").click()


def entry(page: Page, address: str) -> None:
    page.goto(urlsplit(address)._replace(path="/").geturl())


def privacy(page: Page, address: str) -> None:
    page.goto(urlsplit(address)._replace(path="/privacy").geturl())


def receipt(page: Page, address: str) -> None:
    thanks(page, address)
    submit(page, "form[action*=receipt] button")


def receipt_withdrawn(page: Page, address: str) -> None:
    receipt(page, address)
    submit(page, "button[value=answer]")


def receipt_mistyped(page: Page, address: str) -> None:
    page.goto(urlsplit(address)._replace(path="/receipt").geturl())
    page.fill("input[name=code]", "ABCDE-FGHJK")
    submit(page, "main button")


def no_such_page(page: Page, address: str) -> None:
    page.goto(urlsplit(address)._replace(path="/no-such-page").geturl())


def submit(page: Page, button: str = ".bar button") -> None:
    with page.expect_navigation():
        page.locator(button).first.click()


# How to reach a page, and what proves that it was reached.
CITIZENS: dict[Callable[[Page, str], None], str] = {
    form: "h1",
    form_with_error: "[role=alert]",
    form_unsent: "#said:not(:empty)",
    thanks: ".receipt",
    thanks_with_error: "#comment-problem",
    thanks_with_comment: "[role=status]",
    conflict: "input[type=hidden][name=sheet]",
    unknown_code: "#code-problem",
    unknown_slip: "#code-problem",
    other_counters: "a.button.quiet",
    entry: "#code",
    privacy: "h1",
    receipt: "button[value=answer]",
    receipt_withdrawn: "[role=status]",
    receipt_mistyped: "[role=alert], [aria-invalid]",
    no_such_page: "text=404",  # as 429 and every other refusal
}
LOOKS = ["", "?lang=en", "?size=2&contrast=1"]


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("reach", CITIZENS, ids=lambda reach: reach.__name__)
def test_a_citizens_page_has_no_violation(
    pages: Pages, server: Server, reach: Callable[[Page, str], None], look: str
) -> None:
    page = pages.open(*SIZES["phone"])
    reach(page, server.open_point("Quầy 5: Hộ tịch") + look)
    assert page.locator(CITIZENS[reach]).count()
    assert violations_at_every_size(page) == []


def test_the_page_of_a_closed_counter_has_no_violation(page: Page, server: Server) -> None:
    address = server.open_point("Quầy 5: Hộ tịch")
    server.close_point(address)
    page.goto(address)
    assert page.locator("text=không còn nhận phiếu").count()
    assert violations(page) == []


def test_the_warning_of_a_revoked_code_has_no_violation(page: Page, server: Server) -> None:
    address = server.open_point("Quầy 5: Hộ tịch")
    with server.session() as session:
        code = points.by_token(session, address.rsplit("/", 1)[-1])
        point_codes.revoke(session, code.point, period.now())
        session.commit()
    page.goto(address)
    assert page.get_by_role("alert").count()
    assert violations(page) == []


def test_what_a_busy_server_answers_has_no_violation(page: Page, server: Server) -> None:
    page.goto(server.open_point("Quầy 5: Hộ tịch"))
    page.locator("label.o").first.click()
    _rename(server, "seen_nonce", "away")
    try:
        with page.expect_navigation():
            page.evaluate("document.forms[0].submit()")  # as without script
    finally:
        _rename(server, "away", "seen_nonce")
    expect(page.get_by_role("button")).to_have_text("Gửi lại")
    assert violations(page) == []


def _rename(server: Server, table: str, name: str) -> None:
    with server.session() as session:
        session.execute(sa.text(f"ALTER TABLE {table} RENAME TO {name}"))
        session.commit()


def test_signing_in_has_no_violation(page: Page, server: Server) -> None:
    page.goto(server.said("Manager (quản lý)"))
    found = violations(page)
    page.fill("input[type=email]", "khong-ai@hailong.example")
    page.fill("input[type=password]", "không đúng mật khẩu")
    press(page, "Đăng nhập")
    assert page.locator(".alert-danger, .invalid-feedback").count()
    assert found + violations(page) == []


# The pages of a manager, and the button that leads to what stands behind it.
MANAGERS: list[tuple[str, str | None]] = [
    ("/points", None),
    ("/points?q=zzz", None),
    ("/posters", None),
    ("/invitations", None),
    ("/checks", None),
    ("/checks?unit=00001", None),
    ("/checks?unit=00001", "Ghi kết quả"),
    ("/entries", None),
    ("/entries", "Tiếp tục"),
    ("/codes/{id}", None),
    ("/codes/{id}", "Thực hiện"),
    ("/points/new", None),
    ("/points/new", "Tạo quầy và mã"),
    ("{point}", None),
    ("{point}", "Đóng quầy"),
    ("{point}/edit", None),
    ("{point}/edit", "Lưu"),
    ("{point}/move", None),
    ("/start", None),
    ("/start", "Tạo quầy và mã"),
    ("/start?point={id}", None),
    ("/results/units/00", None),
    ("/results/units/00010", None),
    ("/results/units/00-SNV/{month}", None),
    ("/results/units/00/{month}/drivers", None),
    ("/results/units/00/{month}/told", None),
    ("/results/points/{id}", None),
    ("/results/units/00/2999", None),
    ("/comparison/units/00", None),
    ("/comparison/units/00/tree", None),
    ("/targets", None),
    ("/targets/import", None),
    ("/dossiers", None),
    ("/exclusion-rules", None),
    ("/units/00/languages", None),
    ("/alerts", None),
    ("/comments", None),
    ("/moderation", None),
    ("/people", None),
    ("/people?q=zzz", None),
    ("/people/new", None),
    ("/people/new", "Tạo liên kết mời"),
    ("/people/1", None),
    ("/audit", None),
    ("/audit?check=1", None),
    ("/account", None),
    ("/tf-setup", None),
    ("/tf-setup", "Bắt đầu"),
    ("/mf-recovery-codes", None),
    ("/change", None),
    ("/change", "Lưu mật khẩu mới"),
]


def open_managers(page: Page, server: Server, path: str) -> None:
    """Open a page of a manager, with all that it folds away."""
    public_id = server.public_id(server.open_point("Quầy 5: Hộ tịch"))
    month = period.containing(period.today()).name
    values = {"point": f"/points/{public_id}", "id": public_id, "month": month}
    page.goto(server.base + path.format(**values))
    for hidden in page.locator("summary").all():
        hidden.click()


@pytest.mark.parametrize(("path", "button"), MANAGERS)
def test_a_managers_page_has_no_violation(
    managers_page: Page, server: Server, path: str, button: str | None
) -> None:
    page = managers_page
    open_managers(page, server, path)
    if button in {"Tạo quầy và mã", "Lưu"}:
        page.get_by_label("Tên quầy").fill("")
    if button:
        press(page, button)
    expect(page.get_by_role("button", name="Đăng xuất")).to_be_visible()
    assert violations_at_every_size(page) == []


@pytest.mark.parametrize("path", [path for path, button in MANAGERS if button is None])
def test_a_managers_page_in_english_has_no_violation(
    managers_page: Page, server: Server, path: str
) -> None:
    page = managers_page
    page.goto(f"{server.base}/account?lang=en")  # from here on the session keeps it
    open_managers(page, server, path)
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    assert violations_at_every_size(page) == []
