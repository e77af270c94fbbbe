"""How soon a citizen's form can be used over a bad network; python -m benchmarks.paint.

Chromium is held to 400 ms a round trip and 400 kbit/s. Usable is the moment at which the first
choice and the send button lie on the screen with nothing over them; the page itself looks at
every frame, and the choice is tapped. The browser slows no connecting down: what a first visit
adds is printed. Of the largest text the first choice is reached by scrolling; it is not here.
"""

from dataclasses import dataclass
from statistics import median

from playwright.sync_api import Browser, Page

from tests import live

# A bad mobile network: round trip in ms, bytes a second both ways.
ROUND_TRIP, RATE = 400, 50_000
# Before the first byte is asked for: the name, the connection, the keys of TLS 1.3.
TO_CONNECT = 3
RUNS = 5
LANGUAGES = {"vi": "", "en": "?lang=en"}
CHOICE = "label:has(input[name=overall])"
SEND = ".bar button"
# Runs before anything of the page does, and is no part of it.
WATCH = f"""
(function look() {{
  const over = e => {{
    const r = e.getBoundingClientRect();
    return document.elementFromPoint(r.left + r.width / 2, r.top + r.height / 2);
  }};
  const all = ["{CHOICE}", "{SEND}"].map(some => document.querySelector(some));
  if (all.every(e => e && e.contains(over(e)))) window.usable = performance.now();
  else requestAnimationFrame(look);
}})();
"""
TIMES = """
new Promise(done => (function look() {
  const [paint] = performance.getEntriesByName("first-contentful-paint");
  if (paint && window.usable) done([paint.startTime, window.usable]);
  else setTimeout(look, 20);
})())
"""


@dataclass(frozen=True)
class Shown:
    """The milliseconds from asking for a page to its first paint, and to its first use."""

    painted: float
    usable: float


def show(page: Page, address: str) -> Shown:
    """Open a form over the bad network; return when it could be used, having used it."""
    slow = {"offline": False, "latency": ROUND_TRIP}
    slow |= {"downloadThroughput": RATE, "uploadThroughput": RATE}
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", slow)
    page.add_init_script(WATCH)
    page.goto(address)
    painted, usable = page.evaluate(TIMES)
    choice = page.locator(CHOICE).first
    choice.tap()
    if not choice.locator("input").is_checked():
        raise RuntimeError(f"{address}: the first choice cannot be tapped")
    return Shown(painted, usable)


def main() -> None:
    """Print the medians of the form in each language."""
    with live.browsing() as (server, browser):
        form = server.open_point("Quầy 5: Hộ tịch")
        kbit = RATE * 8 // 1000
        print(f"{ROUND_TRIP} ms and {kbit} kbit/s, median of {RUNS} fresh browsers, once connected")
        for language, query in LANGUAGES.items():
            _print(language, [_once(browser, form + query) for _run in range(RUNS)])
        print(f"a first visit connects before: {TO_CONNECT * ROUND_TRIP:,} ms more")


def _once(browser: Browser, address: str) -> Shown:
    context = browser.new_context(viewport={"width": 360, "height": 640}, has_touch=True)
    found = show(context.new_page(), address)
    context.close()
    return found


def _print(language: str, runs: list[Shown]) -> None:
    painted, usable = median(run.painted for run in runs), median(run.usable for run in runs)
    print(f"form, {language}: first paint {painted:5,.0f} ms, usable {usable:5,.0f} ms")


if __name__ == "__main__":
    main()
