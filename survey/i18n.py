"""Language choice, and dates and numbers as a Vietnamese reader writes them."""

from datetime import date
from pathlib import Path

from flask import Flask, request
from flask_babel import Babel, gettext

from survey.period import business_day

CITIZEN_LANGUAGES = {"vi": "Tiếng Việt", "km": "ភាសាខ្មែរ", "en": "English"}
CATALOGUES = Path(__file__).parent / "translations"
# The languages our own sentences are written in: the source, and what has a catalogue.
WRITTEN = {"vi"} | {file.parts[-3] for file in CATALOGUES.glob("*/LC_MESSAGES/messages.mo")}
CITIZEN_BLUEPRINTS = frozenset({"answer", "thanks"})


def init_app(app: Flask) -> None:
    """Choose the language of each request and offer the filters to templates."""
    Babel(app, locale_selector=_language, default_translation_directories="translations")
    app.jinja_env.filters["day"] = day
    app.jinja_env.filters["vietnamese_day"] = lambda instant: day(business_day(instant))
    app.jinja_env.globals["page_language"] = _language
    app.jinja_env.globals["language_names"] = CITIZEN_LANGUAGES


def translate(text: str, **values: object) -> str:
    """Return an interface string in the language of this request."""
    return str(gettext(text, **values))


def day(value: date) -> str:
    """Return a date as 05/01/2027."""
    return value.strftime("%d/%m/%Y")


def _language() -> str:
    """Citizens choose by a link, which works without cookies; managers read Vietnamese.

    A language without a catalogue is Vietnamese here, and the page must not claim another.
    """
    wanted = request.args.get("lang", "vi")
    return wanted if request.blueprint in CITIZEN_BLUEPRINTS and wanted in WRITTEN else "vi"
