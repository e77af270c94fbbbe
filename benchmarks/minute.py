"""How long a person needs for a complete answer; python -m benchmarks.minute.

Every question asked is answered with real taps in Chromium, at 360 × 640 pixels, and what a
page shows is taken to be read: each line once, since the labels of the scale repeat. Reading,
choosing and tapping go at a stated pace; what the machine takes is measured and added. Apart
from that last part, the seconds depend on no machine.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import mean

from playwright.sync_api import Browser, Page

from tests import live

MINUTE, PEOPLE = 60, 8
# The questions that "30 seconds" speaks of; what follows them has a heading of its own.
DRAWN = 3


@dataclass(frozen=True)
class Pace:
    """How fast somebody reads and acts.

    Silent reading of plain prose averages 238 words a minute over 190 studies (Brysbaert,
    2019), and people around sixty read it about a third slower. A Vietnamese syllable, written
    as a word, says less than an English word, so that counting them errs to the slow side.
    """

    name: str
    words_a_minute: int
    seconds_to_choose: float

    def reading(self, words: int) -> float:
        """Return the seconds that so many words take."""
        return words * MINUTE / self.words_a_minute


PACES = (Pace("an adult", 240, 2.0), Pace("a person over sixty", 160, 3.5))


@dataclass
class Sitting:
    """One person with one page: what was read and tapped so far."""

    page: Page
    read: set[str] = field(default_factory=set)
    words: int = 0
    taps: int = 0
    questions: int = 0
    machine: float = 0.0

    def look(self, most: int | None = None) -> None:
        """Read what the page shows and was not read before; of its questions the first ones."""
        passed_over = self.page.locator("[aria-hidden=true]:not(svg)").all_inner_texts()
        if most is not None:
            passed_over += self.page.locator("fieldset").all_inner_texts()[most:]
        fresh = lines(self.page.locator("body").inner_text())
        fresh -= self.read.union(*map(lines, passed_over))
        self.read |= fresh
        self.words += sum(len(line.split()) for line in fresh)

    def answer(self, value: str, most: int | None = None) -> None:
        """Answer every question that the page asks, or its first ones."""
        self.look(most)
        for question in self.page.locator("fieldset").all()[:most]:
            choice = question.locator(f"label:has(input[value='{value}'])")
            with self._measured():
                (choice if choice.count() else question.locator("label").first).tap()
            self.taps += 1
            self.questions += 1

    def follow(self, selector: str) -> None:
        """Send the form, or follow a link."""
        with self._measured(), self.page.expect_navigation():
            self.page.locator(selector).first.tap()
        self.taps += 1

    def seconds(self, pace: Pace) -> float:
        """Return how long all of it takes at a pace."""
        return pace.reading(self.words) + self.taps * pace.seconds_to_choose + self.machine

    @contextmanager
    def _measured(self) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self.machine += time.perf_counter() - began


def lines(text: str) -> set[str]:
    """Return the lines of a text, each once."""
    return {line.strip() for line in text.splitlines()}


def form(page: Page, address: str, value: str) -> Sitting:
    """Answer everything on the form of a counter and send it."""
    sitting = Sitting(page)
    page.goto(address)
    sitting.answer(value)
    sitting.follow(".bar button")
    return sitting


def details(page: Page, value: str, most: int | None = None) -> Sitting:
    """Answer what is put after the thank-you, or its first questions; the labels are known."""
    sitting = Sitting(page)
    sitting.read = lines(page.locator("body").inner_text())
    page.locator("a[href*='/more']").tap()
    page.wait_for_url("**/more*")
    labels = page.locator("label").all_inner_texts()
    sitting.read |= {label.strip() for label in labels}
    sitting.answer(value, most)
    sitting.follow(".bar button")
    return sitting


def main() -> None:
    """Print the seconds of the form and of what follows it, per language and pace."""
    with live.browsing() as (server, browser):
        for language in ("vi", "en"):
            for who, value in (("satisfied with everything", "5"), ("with nothing", "1")):
                address = f"{server.open_point('Quầy 5: Hộ tịch')}?lang={language}"
                first, drawn = _sit(browser, address, value, DRAWN)
                _print(f"{language}, the form, {who}", first)
                _print(f"{language}, 30 seconds more, {who}", drawn)
                _first, everything = _sit(browser, address, value)
                _print(f"{language}, all that may be added, {who}", everything)


def _sit(
    browser: Browser, address: str, value: str, most: int | None = None
) -> tuple[list[Sitting], list[Sitting]]:
    """Return the sittings of some people with the form, and with what is put afterwards."""
    firsts, seconds = list[Sitting](), list[Sitting]()
    for _person in range(PEOPLE):
        page = browser.new_page(viewport={"width": 360, "height": 640}, has_touch=True)
        firsts.append(form(page, address, value))
        seconds.append(details(page, value, most))
        page.close()
    return firsts, seconds


def _print(what: str, sittings: list[Sitting]) -> None:
    """Print the means: what is put after the thank-you differs from person to person."""
    questions, words = (mean(getattr(s, name) for s in sittings) for name in ("questions", "words"))
    times = ", ".join(
        f"{pace.name} {mean(s.seconds(pace) for s in sittings):.0f} s" for pace in PACES
    )
    machine = mean(sitting.machine for sitting in sittings)
    print(f"{what}: {questions:.1f} questions, {words:.0f} words, machine {machine:.1f} s: {times}")


if __name__ == "__main__":
    main()
