"""A server with the demonstration, Debian's Chromium, and pages as a phone shows them."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Playwright,
    StorageState,
    sync_playwright,
)

from survey.storage import contacts
from tests import live
from tests.live import Server, Stored

NO_CHROMIUM = "NO CHROMIUM, NOTHING A PERSON TOUCHES IS TESTED; run make browser"
PHONE: dict[str, Any] = {"has_touch": True, "is_mobile": True, "locale": "vi-VN"}
BLOCKED = {"profile": {"default_content_setting_values": {"cookies": 2}}}


class Pages:
    """Opens pages, each in a browser profile of its own, and remembers their complaints."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self.complaints: list[str] = []

    def phone(self, width: int = 360, height: int = 640, **options: Any) -> Page:
        """Return an empty page of a phone with this many CSS pixels."""
        return self.open(width, height, **PHONE | options)

    def open(self, width: int = 1280, height: int = 800, **options: Any) -> Page:
        """Return an empty page of a desk's computer."""
        # Without movement, so that no colour is measured while it changes.
        size = {"width": width, "height": height}
        given = {"reduced_motion": "reduce", "viewport": size} | options
        context = self._browser.new_context(**given)
        context.set_default_timeout(10_000)
        self._contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: self._hear(message.type, message.text))
        page.on("pageerror", lambda error: self._hear("error", str(error)))
        return page

    def _hear(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"}:
            self.complaints.append(text)

    def close(self) -> None:
        """Close every profile."""
        for context in self._contexts:
            context.close()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Playwright, where there is a browser for it to drive."""
    if live.CHROMIUM is None:
        if os.environ.get("REQUIRE_BROWSER"):
            pytest.fail(NO_CHROMIUM)
        pytest.skip(NO_CHROMIUM)
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Debian's Chromium."""
    opened = live.launch(playwright)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def server(
    playwright: Playwright, tmp_path_factory: pytest.TempPathFactory, prepared: Path
) -> Iterator[Server]:
    """`flask serve --prepare` with the demonstration, shared by the tests of one process."""
    folder = tmp_path_factory.mktemp("served")
    shutil.copytree(prepared / "instance", folder / "instance")
    with live.serving(folder, "--prepare") as started:
        yield started


@pytest.fixture(scope="session")
def offering(
    playwright: Playwright, tmp_path_factory: pytest.TempPathFactory, prepared: Path
) -> Iterator[Server]:
    """A server of a province that asks everything it may and calls back."""
    folder = tmp_path_factory.mktemp("offering")
    shutil.copytree(prepared / "instance", folder / "instance")
    settings = {
        "FLASK_CONTACT_KEYS": contacts.new_key(),
        "FLASK_EXTRA_QUESTIONS": "paid trips apology",
    }
    with live.serving(folder, "--prepare", **settings) as started:
        yield started


@pytest.fixture
def offering_form(offering: Server) -> str:
    """The form of a counter of the test's own, where everything is asked."""
    return offering.open_point("Quầy 7: Đất đai")


@pytest.fixture
def pages(browser: Browser) -> Iterator[Pages]:
    """What opens pages."""
    opened = Pages(browser)
    yield opened
    opened.close()


@pytest.fixture
def bare_phone(playwright: Playwright, tmp_path: Path) -> Iterator[Page]:
    """A page 320 pixels wide in a browser that runs no script and keeps no cookie."""
    profile = tmp_path / "profile" / "Default"
    profile.mkdir(parents=True)
    (profile / "Preferences").write_text(json.dumps(BLOCKED))
    context = playwright.chromium.launch_persistent_context(
        profile.parent,
        executable_path=live.CHROMIUM,
        args=live.SWITCHES,
        java_script_enabled=False,
        viewport={"width": 320, "height": 568},
        **PHONE,
    )
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def signed_in(browser: Browser, server: Server) -> StorageState:
    """The cookies of the demonstration account: signing in is limited to ten a minute."""
    context = browser.new_context()
    live.sign_in(context.new_page(), server)
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def address(server: Server) -> str:
    """The form of a counter of the test's own."""
    return server.open_point("Quầy 5: Hộ tịch")


@pytest.fixture
def stored(server: Server) -> Stored:
    """What the test has stored so far."""
    return Stored(server)
