"""What axe finds on every page of a citizen; python -m benchmarks.accessibility.

WCAG 2.2 A and AA and axe's best practice, on a phone's screen, in each language and look. The
tests demand none; this prints how many there are where, and what each is.
"""

from collections.abc import Callable
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page

from benchmarks.page_weight import LOOKS
from tests import live
from tests.browser import test_accessibility as pages
from tests.live import Server

Reach = Callable[[Page, str], None]


def details(page: Page, address: str) -> None:
    """Open what is asked after the thank-you."""
    pages.thanks(page, address)
    pages.submit(page, "a[href*='/more']")


def receipt(page: Page, address: str) -> None:
    """See what can be taken back."""
    pages.thanks(page, address)
    pages.submit(page, "form[action*=receipt] button")


def withdrawn(page: Page, address: str) -> None:
    """Take the answer back."""
    receipt(page, address)
    pages.submit(page, "button[value=answer]")


def receipt_asked(page: Page, address: str) -> None:
    """Be asked for a receipt code."""
    page.goto(urlsplit(address)._replace(path="/receipt").geturl())


def receipt_unknown(page: Page, address: str) -> None:
    """Type a receipt code that is none."""
    receipt_asked(page, address)
    page.locator("#code").fill("ABCDE23456")
    pages.submit(page, "main form button")


def privacy(page: Page, address: str) -> None:
    """Read what is stored."""
    page.goto(urlsplit(address)._replace(path="/privacy").geturl())


# With what proves that the page was reached.
STATES: dict[Reach, str] = pages.CITIZENS | {
    details: "fieldset",
    receipt: "button[value=answer]",
    withdrawn: "[role=status]",
    receipt_asked: "#code",
    receipt_unknown: "[role=alert], #code-problem",
    privacy: "h1",
}


def found(browser: Browser, server: Server, reach: Reach, query: str) -> list[str]:
    """Return the violations of one page read one way."""
    page = browser.new_page(viewport={"width": 360, "height": 640})
    reach(page, server.open_point("Quầy 5: Hộ tịch") + query)
    if not page.locator(STATES[reach]).count():
        raise RuntimeError(f"{reach.__name__} was not reached: {page.url}")
    violations = pages.violations(page)
    page.close()
    return violations


def main() -> None:
    """Print the number of violations of each page and look, and what they are."""
    with live.browsing() as (server, browser):
        print(f"{'page':22}" + "".join(f"{look:>22}" for look in LOOKS))
        total: list[str] = []
        for reach in STATES:
            each = [found(browser, server, reach, query) for query in LOOKS.values()]
            print(f"{reach.__name__:22}" + "".join(f"{len(one):>22}" for one in each), flush=True)
            total += [f"{reach.__name__}: {flaw}" for one in each for flaw in one]
    print("\n".join([f"{len(STATES) * len(LOOKS)} pages, {len(total)} violations", *total]))


if __name__ == "__main__":
    main()
