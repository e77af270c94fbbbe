"""Who cannot read hears each question, with and without script, and pays for what he presses."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from benchmarks.page_weight import AIM, ask
from survey.storage.recordings import Recording
from tests import recordings
from tests.browser.citizen import choose, follow, receipt, send
from tests.browser.conftest import Pages
from tests.browser.test_accessibility import SIZES, violations
from tests.live import Server, Stored

LOOKS = ["", "?lang=en", "?size=2&contrast=1"]
QUESTIONS = 7
# That a recording does not only start but moves on.
SOUNDS = "one => new Promise(done => one.ontimeupdate = () => one.currentTime > 0.2 && done(true))"


@pytest.fixture
def heard(server: Server) -> Iterator[str]:
    """The form of a counter while every question can be heard."""
    with server.session() as session:
        for language in ("vi", "en"):
            recordings.put(session, language)
        session.commit()
    yield server.open_point("Quầy 5: Hộ tịch")
    with server.session() as session:  # the server is shared with the other tests
        session.execute(sa.delete(Recording))
        session.commit()


def _plays(page: Page) -> list[bool]:
    return page.eval_on_selector_all("audio", "all => all.map(one => !one.paused)")


def test_nothing_is_fetched_before_it_is_pressed_and_then_only_that(
    pages: Pages, server: Server, heard: str
) -> None:
    page, before = pages.phone(), server.requests
    page.goto(heard, wait_until="networkidle")
    assert server.requests - before == 1
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(urlsplit(request.url).path))
    page.get_by_role("button", name="Nghe").nth(1).tap()
    expect(page.get_by_role("button", name="Nghe", pressed=True)).to_have_count(1)
    assert page.locator("audio").nth(1).evaluate(SOUNDS)
    assert set(fetched) == {page.locator("audio").nth(1).get_attribute("src")}
    assert pages.complaints == []


def test_two_voices_are_never_heard_at_once_and_a_second_press_ends_one(
    pages: Pages, heard: str
) -> None:
    page = pages.phone()
    page.goto(heard)
    buttons = page.get_by_role("button", name="Nghe")
    expect(buttons).to_have_count(QUESTIONS)
    buttons.first.tap()
    expect(buttons.first).to_have_attribute("aria-pressed", "true")
    buttons.nth(2).tap()
    expect(buttons.first).to_have_attribute("aria-pressed", "false")
    expect(buttons.nth(2)).to_have_attribute("aria-pressed", "true")
    assert _plays(page) == [False, False, True, False, False, False, False]
    buttons.nth(2).tap()
    expect(buttons.nth(2)).to_have_attribute("aria-pressed", "false")
    assert not any(_plays(page))


def test_a_button_to_listen_is_as_large_as_a_choice_and_sends_nothing(
    pages: Pages, heard: str, stored: Stored
) -> None:
    page = pages.phone()
    page.goto(heard)
    button = page.get_by_role("button", name="Nghe").first
    box = button.bounding_box()
    assert box
    assert box["height"] >= 56
    assert box["width"] >= 56
    choose(page, 2)
    button.tap()
    expect(page.locator("#said")).to_have_text("")
    send(page)
    receipt(page)
    assert stored.levels == [2]


def test_a_recording_ends_and_can_be_heard_again(pages: Pages, heard: str) -> None:
    page = pages.phone()
    page.goto(heard)
    button = page.get_by_role("button", name="Nghe").first
    for _time in range(2):
        button.tap()
        expect(button).to_have_attribute("aria-pressed", "true")
        expect(button).to_have_attribute("aria-pressed", "false", timeout=6000)


def test_what_cannot_be_played_gives_way_to_the_browsers_player_and_the_form_goes_on(
    pages: Pages, heard: str, stored: Stored
) -> None:
    page = pages.phone()
    page.route("**/audio/*", lambda route: route.abort())
    page.goto(heard)
    page.get_by_role("button", name="Nghe").first.tap()
    expect(page.locator("audio").first).to_be_visible()
    expect(page.get_by_role("button", name="Nghe")).to_have_count(QUESTIONS - 1)
    choose(page, 4)
    send(page)
    receipt(page)
    assert stored.levels == [4]


def test_without_script_every_question_has_a_player_that_fits(bare_phone: Page, heard: str) -> None:
    bare_phone.goto(heard)
    players = bare_phone.locator("audio")
    expect(players).to_have_count(QUESTIONS)
    for player in players.all():
        box = player.bounding_box()
        assert box
        assert box["height"] >= 54
        assert 250 <= box["width"] <= 320
    assert bare_phone.get_by_role("button", name="Nghe").count() == 0
    choose(bare_phone, 4)
    send(bare_phone)
    receipt(bare_phone)
    follow(bare_phone, "Trả lời thêm 30 giây")
    assert bare_phone.locator("audio").count() == bare_phone.locator("fieldset").count()


@pytest.mark.parametrize("look", LOOKS)
def test_the_form_that_can_be_heard_has_no_violation_and_stays_light(
    pages: Pages, heard: str, look: str
) -> None:
    page = pages.open(*SIZES["phone"])
    page.goto(heard + look)
    assert page.locator(".hear button").count() == QUESTIONS
    page.locator(".hear button").first.click()
    expect(page.locator("[aria-pressed=true]")).to_have_count(1)
    assert violations(page) == []
    assert len(ask(heard + look)) <= AIM


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("size", SIZES)
def test_the_privacy_page_has_no_violation_and_is_light(
    pages: Pages, server: Server, size: str, look: str
) -> None:
    page, address = pages.open(*SIZES[size]), f"{server.base}/privacy{look}"
    page.goto(address)
    expect(page.locator("h1")).to_have_count(1)
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= SIZES[size][0]
    assert violations(page) == []
    assert len(ask(address)) <= AIM
