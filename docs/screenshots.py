"""The pictures of the README, taken from the demonstration: python -m docs.screenshots."""

from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser

from survey import period
from tests import live

FOLDER = Path(__file__).parent


def main() -> None:
    """Start the demonstration in a folder of its own and photograph it."""
    with live.browsing() as (server, browser):
        _form(browser, server)
        _unit(browser, server)


def _form(browser: Browser, server: live.Server) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 640}, device_scale_factor=2)
    page.goto(server.form)
    page.check("input[name=overall][value='4']")
    # Playwright scrolls to what it checks; a person has seen no reason to.
    page.evaluate("scrollTo(0, 0); document.activeElement.blur()")
    _save(page.screenshot(), "form-phone.png")


def _unit(browser: Browser, server: live.Server) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 1500})
    live.sign_in(page, server)
    # The last whole month: the present one may have begun yesterday.
    month = period.containing(period.today()).previous.name
    page.goto(f"{server.base}/results/units/00004/{month}")
    _save(page.screenshot(), "unit-page.png")


def _save(picture: bytes, name: str) -> None:
    """Save a picture in 64 colours, which these pages do not exceed to the eye."""
    with Image.open(BytesIO(picture)) as image:
        image.convert("RGB").quantize(64).save(FOLDER / name, optimize=True)


if __name__ == "__main__":
    main()
