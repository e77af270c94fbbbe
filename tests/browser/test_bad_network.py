"""Whatever the network does, what was chosen is kept and counts exactly once."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.citizen import (
    CHECKED,
    RESEND,
    SEND,
    choose,
    expect_kept,
    press,
    receipt,
    send,
)
from tests.browser.conftest import Pages
from tests.live import Stored

SENDING = "Đang gửi…"
ZALO = {
    "android": "Mozilla/5.0 (Linux; Android 10; SM-A107F) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Version/4.0 Chrome/96.0.4664.104 Mobile Safari/537.36 Zalo android/12100673 ZaloLanguage/vi",
    "ios": "Mozilla/5.0 (iPhone; CPU iPhone OS 15_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Mobile/15E148 Zalo iOS/568 ZaloTheme/light ZaloLanguage/vn",
}
# What a browser inside an app may lack or refuse; what we never ask for counts as a complaint.
HOSTILE = """
for (const name of ["localStorage", "sessionStorage", "indexedDB"])
  Object.defineProperty(window, name, { get() { throw new DOMException("no", "SecurityError"); } });
Object.defineProperty(Document.prototype, "cookie", { get() { throw new Error("cookie"); } });
Object.defineProperty(window, "crypto", { value: undefined });
Object.defineProperty(navigator, "clipboard", { get() { throw new Error("clipboard"); } });
window.open = window.alert = window.confirm = () => { throw new Error("popup"); };
"""
FULL = "Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError'); };"
TEN_COPIES = """async sheet => {
  const body = new URLSearchParams({ sheet, overall: "5" });
  const copies = Array.from({ length: 10 }, () => fetch(location.href, { method: "POST", body }));
  return (await Promise.all(copies)).map(reply => reply.url);
}"""
Handler = Callable[[Route], None]


@pytest.fixture
def page(pages: Pages, address: str) -> Page:
    """The form on a phone, its level chosen."""
    opened = pages.phone()
    opened.goto(address)
    choose(opened, 4)
    return opened


def first_post(page: Page, handler: Handler) -> None:
    """Let a handler deal with the first POST; what follows reaches the server."""
    posts: list[Route] = []

    def handle(route: Route) -> None:
        if route.request.method != "POST" or posts:
            return route.fallback()
        posts.append(route)
        return handler(route)

    page.route("**/p/*", handle)


def lose_the_reply(route: Route) -> None:
    assert route.fetch(max_redirects=0).status == 200
    route.abort("connectionreset")


def test_without_a_network_the_answers_stay_and_go_out_when_it_is_back(
    page: Page, stored: Stored
) -> None:
    page.clock.install(time=0)
    page.clock.pause_at(1000)  # no retry by time: only the network's return is left
    page.context.set_offline(True)
    press(page)
    expect_kept(page)
    assert stored.levels == []
    with page.expect_navigation():
        page.context.set_offline(False)
    receipt(page)
    assert stored.levels == [4]


@pytest.mark.parametrize("error", ["connectionreset", "timedout", "internetdisconnected"])
def test_a_connection_cut_during_the_sending_loses_nothing(
    page: Page, stored: Stored, error: str
) -> None:
    first_post(page, lambda route: route.abort(error))
    press(page)
    expect_kept(page)
    send(page, RESEND)
    receipt(page)
    assert stored.levels == [4]


def test_a_reply_that_is_lost_is_asked_for_again_and_the_answer_counts_once(
    page: Page, stored: Stored
) -> None:
    first_post(page, lose_the_reply)
    press(page)
    expect_kept(page)
    assert stored.levels == [4]
    send(page, RESEND)
    receipt(page)
    assert stored.levels == [4]


def test_a_failed_send_is_tried_again_without_a_tap(page: Page, stored: Stored) -> None:
    page.clock.install()
    first_post(page, lambda route: route.abort())
    press(page)
    expect_kept(page)
    with page.expect_navigation():
        page.clock.fast_forward(2000)
    receipt(page)
    assert stored.levels == [4]


@pytest.mark.parametrize("status", [200, 302, 401, 403, 404, 410, 422, 429, 502, 503, 511])
def test_what_a_network_on_the_way_answers_is_no_word_of_the_server(
    page: Page, stored: Stored, status: int
) -> None:
    headers = {"Content-Type": "text/html", "Location": "http://wifi.invalid/sign-in"}
    first_post(page, lambda route: route.fulfill(status=status, headers=headers, body="<p>Wi-Fi"))
    press(page)
    expect_kept(page)
    assert page.evaluate("localStorage.length") == 1
    send(page, RESEND)
    receipt(page)
    assert stored.levels == [4]


def test_what_waits_from_an_earlier_visit_outlasts_a_network_that_answers_itself(
    page: Page, address: str, stored: Stored
) -> None:
    page.route("**/p/*", refuse_or_pass)
    press(page)
    expect_kept(page)
    with page.expect_request(lambda request: request.method == "POST"):
        page.goto(address)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("localStorage.length") == 1
    page.unroute_all()
    page.reload()
    expect(page.get_by_role("status")).to_contain_text("nay đã gửi xong")
    assert stored.levels == [4]


def refuse_or_pass(route: Route) -> None:
    if route.request.method == "POST":
        route.fulfill(status=403, body="<p>Wi-Fi")
    else:
        route.fallback()


def test_other_choices_after_a_lost_reply_are_not_mixed_into_the_first_answer(
    page: Page, stored: Stored
) -> None:
    first_post(page, lose_the_reply)
    press(page)
    expect_kept(page)
    choose(page, 1)
    send(page, RESEND)
    expect(page.locator("h2")).to_have_text("Phiếu này đã gửi rồi")
    assert stored.levels == [4]


def test_the_button_says_that_it_is_sending_and_a_second_tap_does_nothing(
    page: Page, stored: Stored
) -> None:
    waiting: list[Route] = []
    posts: list[str] = []
    page.on("request", lambda request: posts.append(request.method))
    first_post(page, waiting.append)
    press(page)
    expect(page.get_by_role("status")).to_have_text(SENDING)
    press(page)
    with page.expect_navigation():
        waiting[0].continue_()
    receipt(page)
    assert posts.count("POST") == 1
    assert stored.levels == [4]


def test_what_could_not_be_sent_goes_out_on_the_next_visit_and_shows_nobody_its_choices(
    page: Page, address: str, stored: Stored
) -> None:
    page.route("**/p/*", lose_or_pass)
    press(page)
    expect_kept(page)
    page.unroute_all()
    page.goto(address)
    expect(page.get_by_role("status")).to_contain_text("nay đã gửi xong")
    assert page.evaluate(CHECKED) == []
    assert stored.levels == [4]
    assert page.evaluate("localStorage.length") == 0
    choose(page, 1)
    send(page)
    receipt(page)
    assert stored.levels == [1, 4]


def lose_or_pass(route: Route) -> None:
    if route.request.method == "POST":
        lose_the_reply(route)
    else:
        route.fallback()


def test_nothing_stays_on_the_phone_once_it_is_sent(page: Page) -> None:
    send(page)
    receipt(page)
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_ten_copies_at_once_are_one_answer(page: Page, stored: Stored) -> None:
    sheet = page.locator("input[name=sheet]").input_value()
    led_to = page.evaluate(TEN_COPIES, sheet)
    assert len(led_to) == 10
    assert len(set(led_to)) == 1
    assert "/thanks/" in led_to[0]
    assert stored.levels == [5]


@pytest.mark.parametrize("app", ZALO)
@pytest.mark.parametrize("script", [HOSTILE, FULL], ids=["hostile", "full"])
def test_the_browser_inside_zalo_sends_over_a_bad_network_too(
    pages: Pages, address: str, stored: Stored, app: str, script: str
) -> None:
    page = pages.phone(user_agent=ZALO[app])
    page.add_init_script(script)
    page.goto(address)
    choose(page, 4)
    page.context.set_offline(True)
    press(page)
    expect_kept(page)
    with page.expect_navigation():
        page.context.set_offline(False)
    receipt(page)
    assert stored.levels == [4]
    assert [text for text in pages.complaints if "ERR_INTERNET_DISCONNECTED" not in text] == []


def test_back_after_sending_gives_the_next_person_an_empty_form(page: Page, stored: Stored) -> None:
    send(page)
    first = receipt(page)
    page.go_back()
    expect(page.locator("input:checked")).to_have_count(0)
    expect(page.get_by_role("button")).to_have_text(SEND)
    choose(page, 2)
    send(page)
    assert receipt(page) != first
    assert stored.levels == [2, 4]


def test_larger_text_and_another_language_keep_what_was_chosen(page: Page, stored: Stored) -> None:
    page.tap("label:has(input[name=B][value=not-met])")
    for words in ("A+", "Tương phản", "English"):
        with page.expect_navigation():
            page.locator("nav a", has_text=words).tap()
        assert page.evaluate(CHECKED) == ["overall4", "Bnot-met"]
        assert page.evaluate("location.hash") == ""
    send(page, "Send")
    expect(page.locator(".receipt")).to_be_visible()
    assert stored.levels == [4]


def test_larger_text_while_an_answer_waits_to_be_sent_does_not_offer_it_again(
    page: Page, stored: Stored
) -> None:
    first_post(page, lambda route: route.abort())
    press(page)
    expect_kept(page)
    with page.expect_navigation():
        page.locator("nav a", has_text="A+").tap()
    expect(page.get_by_role("status")).to_contain_text("nay đã gửi xong")
    assert page.evaluate(CHECKED) == []
    assert stored.levels == [4]


def test_the_reason_of_an_error_has_the_focus_so_that_it_is_read_out(
    pages: Pages, address: str
) -> None:
    page = pages.phone()
    page.goto(address)
    send(page)
    expect(page.get_by_role("alert")).to_be_focused()


def test_without_script_the_browser_sends_a_lost_answer_again_and_it_counts_once(
    bare_phone: Page, address: str, stored: Stored
) -> None:
    lost: list[Any] = []

    def lose_the_page(route: Route) -> None:
        lost.append(route.fetch(max_redirects=0))
        route.abort("connectionreset")

    bare_phone.goto(address)
    choose(bare_phone, 4)
    first_post(bare_phone, lose_the_page)
    press(bare_phone)
    expect(bare_phone.locator("form")).to_have_count(0)  # but the browser's own page
    assert [reply.status for reply in lost] == [303]
    bare_phone.reload()
    receipt(bare_phone)
    assert stored.levels == [4]
