"""How to come to every page of a citizen after the form, and to each that refuses what was sent."""

from collections.abc import Callable
from urllib.parse import urlsplit

from playwright.sync_api import Page

Reach = Callable[[Page, str], None]
SEND_MORE, SEND_COMMENT, CALL = ".bar button", "form:has(textarea) button", "button[name=call]"


def press(page: Page, selector: str) -> None:
    with page.expect_navigation():
        page.locator(selector).first.click()


def go(page: Page, path: str) -> None:
    """Open another address of the same server, read in the same way."""
    page.goto(urlsplit(page.url)._replace(path=path).geturl())


def thanks(page: Page, address: str) -> None:
    """Send a form and open everything that is offered."""
    page.goto(address)
    page.locator("label:has(input[name=overall][value='4'])").click()
    press(page, ".bar button")
    for closed in page.locator("summary").all():
        closed.click()


def more(page: Page, address: str) -> None:
    thanks(page, address)
    press(page, "a[href*='/more']")


def comment(page: Page, address: str) -> None:
    """Leave a comment with a number, which is then said."""
    thanks(page, address)
    _call(page, "0912 345 678", agrees=True)


def receipt(page: Page, address: str) -> None:
    comment(page, address)
    press(page, "form[action*=receipt] button")


def find_receipt(page: Page, address: str) -> None:
    page.goto(address)
    go(page, "/receipt")


def enter(page: Page, address: str) -> None:
    page.goto(address)
    go(page, "/")


PAGES: tuple[Reach, ...] = (
    thanks,
    more,
    comment,
    receipt,
    find_receipt,
    enter,
)


def nothing_chosen(page: Page, address: str) -> None:
    page.goto(address)
    press(page, ".bar button")


def no_more_chosen(page: Page, address: str) -> None:
    more(page, address)
    press(page, SEND_MORE)


def nothing_told(page: Page, address: str) -> None:
    thanks(page, address)
    press(page, "form:has(input[name=trips]) button")


def no_comment(page: Page, address: str) -> None:
    thanks(page, address)
    press(page, SEND_COMMENT)


def wrong_number(page: Page, address: str) -> None:
    thanks(page, address)
    _call(page, "12345", agrees=True)


def no_consent(page: Page, address: str) -> None:
    thanks(page, address)
    _call(page, "0912 345 678", agrees=False)


def wrong_receipt(page: Page, address: str) -> None:
    find_receipt(page, address)
    _type(page, "ABCDE23456")


def mistyped_code(page: Page, address: str) -> None:
    enter(page, address)
    _type(page, "abc")


def unknown_code(page: Page, address: str) -> None:
    enter(page, address)
    _type(page, "zzzzzzzz")


def unknown_slip(page: Page, address: str) -> None:
    enter(page, address)
    _type(page, "ABCDEFGHJKLM")


# Each with the field that is wrong, or None where no single one is.
MISTAKES: dict[Reach, str | None] = {
    nothing_chosen: None,
    no_more_chosen: None,
    nothing_told: None,
    no_comment: "textarea",
    wrong_number: "#number",
    no_consent: "[name=consent]",
    wrong_receipt: "#code",
    mistyped_code: "#code",
    unknown_code: "#code",
    unknown_slip: "#code",
}


def _call(page: Page, number: str, *, agrees: bool) -> None:
    page.locator("textarea").fill("Chờ hơi lâu.")
    page.locator("#number").fill(number)
    page.locator("[name=consent]").set_checked(agrees)
    press(page, CALL)


def _type(page: Page, code: str) -> None:
    page.locator("#code").fill(code)
    press(page, "main form button")
