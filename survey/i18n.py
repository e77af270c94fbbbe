"""Language choice, and dates and numbers as its readers write them."""

from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from pathlib import Path
from typing import Protocol, cast
from urllib.parse import urlencode

from babel.dates import format_date
from babel.numbers import format_decimal
from flask import (
    Flask,
    current_app,
    has_app_context,
    has_request_context,
    request,
    session,
    url_for,
)
from flask_babel import Babel, force_locale, get_locale, gettext, lazy_gettext

from survey.period import VIETNAM, Period, business_day, containing

# By the names their speakers know. A questionnaire need not be written in all of them; those that
# a unit can be marked with (`forms.speakers`) are all here, or nobody could come to hear them.
CITIZEN_LANGUAGES = {
    "vi": "Tiếng Việt",
    "km": "ភាសាខ្មែរ",
    "en": "English",
    "bru": "Bru – Vân Kiều",
    "pac": "Pa Kô",
    "cja": "Chăm",
    "yue": "廣東話",
}
CATALOGUES = Path(__file__).parent / "translations"
# The languages our own sentences are written in: the source, and what has a catalogue.
WRITTEN = {"vi"} | {file.parts[-3] for file in CATALOGUES.glob("*/LC_MESSAGES/messages.mo")}
# A further language of the citizens has no sentence of a manager's page.
MANAGER_LANGUAGES = ("vi", "en")
CITIZEN_BLUEPRINTS = frozenset({"answer", "thanks", "afterwards", "receipts", "slips", "privacy"})
# Parts of a year as they stand before its number in a sentence.
_ENGLISH = {
    "quarter": [f"the {which} quarter of " for which in ("first", "second", "third", "fourth")],
    "half": ["the first half of ", "the second half of "],
    "year": [""],
}
# An interval narrower than this many points earns its figure a decimal place.
NARROW = 2
# What rounded points must not claim; whatever is nearer to it than NOISE is only what floats left.
ENDS, NOISE, TENTH = (0, 100), Decimal("1e-7"), Decimal("0.1")


class Limits(Protocol):
    """What an interval is to a page: two shares."""

    @property
    def low(self) -> float:
        """The lower limit."""

    @property
    def high(self) -> float:
        """The upper limit."""


def init_app(app: Flask) -> None:
    """Choose the language of each request and offer the filters to templates."""
    Babel(app, locale_selector=_language, default_translation_directories="translations")
    app.before_request(_remember)
    app.jinja_env.filters |= {
        "day": day,
        "vietnamese_day": lambda instant: day(business_day(instant)),
        "moment": moment,
        "number": number,
        "percent": percent,
        "in_points": in_points,
        "aim": aim,
        "interval": interval,
        "of_answers": of_answers,
        "titled": titled,
        "in_words": in_words,
        "month": lambda on: in_words(containing(on)),
        "short_month": short_month,
        "days": days,
        "translated": translate,
    }
    app.jinja_env.tests["narrow"] = is_narrow
    # For what a template sets outside its macros: imported, it is kept for requests to come.
    app.jinja_env.globals["_l"] = lazily
    app.jinja_env.globals["page_language"] = _language
    app.jinja_env.globals["manager_languages"] = MANAGER_LANGUAGES
    app.jinja_env.globals["in_language"] = _in_language
    app.jinja_env.globals["language_names"] = CITIZEN_LANGUAGES
    app.jinja_env.globals["written_languages"] = [c for c in CITIZEN_LANGUAGES if c in WRITTEN]


def language() -> str:
    """Return the language of this page, found once a request; Vietnamese outside of one."""
    return str(get_locale() or "vi")


def translate(text: str, **values: object) -> str:
    """Return an interface string in the language of this request."""
    if not has_app_context():  # of a command or a test; the source is Vietnamese
        return text % values if values else text
    return str(gettext(text, **values))


def lazily(text: str, **values: object) -> str:
    """Return an interface string that is put into a language when it is shown."""
    return cast("str", lazy_gettext(text, **values))


def vietnamese() -> AbstractContextManager[None]:
    """Say and write in Vietnamese for a while: what is printed or exported is."""
    return cast("AbstractContextManager[None]", force_locale("vi"))


def day(value: date) -> str:
    """Return a date as 05/01/2027, or as 5 Jan 2027."""
    if language() == "en":  # the order of day and month in figures is read either way
        return format_date(value, "d MMM y", locale="en")
    return value.strftime("%d/%m/%Y")


def moment(instant: datetime) -> str:
    """Return an instant as 06:00 ngày 22/11/2026, or 06:00 on 22 Nov 2026, in Vietnamese time."""
    at = instant.astimezone(VIETNAM)
    return f"{at:%H:%M} {'on' if language() == 'en' else 'ngày'} {day(at.date())}"


def titled(period: Period) -> str:
    """Return a period as Tháng 10/2026, or as October 2026."""
    if language() != "en":
        return period.title
    name = in_words(period).removeprefix("the ")
    return name[0].upper() + name[1:]


def in_words(period: Period) -> str:
    """Return a period as it stands in a sentence: tháng 10/2026, or the fourth quarter of 2026."""
    if language() != "en":
        return period.title.lower()
    if period.kind == "month":
        return f"{_month(period, 'MMMM')} {period.year}"
    return f"{_ENGLISH[period.kind][period.number - 1]}{period.year}"


def short_month(period: Period) -> str:
    """Return a month as a chart has room for it: T10, or O for October."""
    return _month(period, "MMMMM") if language() == "en" else f"T{period.number}"


def days(period: Period) -> str:
    """Return the first and last day of a period as 15/9–14/10, or as 15 Sep–14 Oct."""
    ends = (period.start, period.end - timedelta(days=1))
    if not period.days or language() != "en":
        return period.days
    pattern = "d MMM" if ends[0].year == ends[1].year else "d MMM y"
    return "–".join(format_date(each, pattern, locale="en") for each in ends)


def _month(period: Period, pattern: str) -> str:
    return format_date(date(period.year, period.number, 1), pattern, locale="en")


def number(value: float, digits: int = 0, scale: int = 1) -> str:
    """Return a number times a power of ten as 12.345 or 92,4 (12,345 or 92.4); halves go up."""
    # By its decimal text: 0.285 × 100 as floats falls below 28.5.
    return _written(_rounded(Decimal(str(value)) * scale, digits), digits, language())


@lru_cache(maxsize=8192)  # a page writes the same few hundred again and again
def _written(exact: Decimal, digits: int, locale: str) -> str:
    pattern = "#,##0." + "0" * digits if digits else "#,##0"
    return format_decimal(exact, format=pattern, locale=locale)


def in_points(share: float, digits: int = 0) -> str:
    """Return a share in points as 86 or 86,4 (86.4); never as 0 or 100 where it is neither.

    There it has a decimal, and where that would still reach the end it stops a tenth short of it.
    """
    points = _points(share, digits)
    return _written(points, _decimals(points), language())


def percent(share: float, limits: Limits | None = None) -> str:
    """Return a share as 86%, or as 86,4% (86.4%) where its interval is narrower than 2 points."""
    return f"{in_points(share, int(limits is not None and is_narrow(limits)))}%"


def aim(share: float) -> str:
    """Return a target as 85%, or with the decimals it was set with."""
    points = Decimal(str(round(share * 100, 2))).normalize()
    return f"{number(share, max(0, _decimals(points)), 100)}%"


def interval(limits: Limits) -> str:
    """Return an interval as 83–89%, with the decimals of its figure."""
    digits = int(is_narrow(limits))
    return f"{in_points(limits.low, digits)}–{in_points(limits.high, digits)}%"


def of_answers(share: float, limits: Limits) -> str:
    """Return a share as so many of 100 answers, or of a thousand where 100 would be too coarse."""
    if is_narrow(limits):
        return number(float(_points(share, 1)), scale=10)
    return in_points(share)


@lru_cache(maxsize=8192)
def _points(share: float, digits: int) -> Decimal:
    exact = Decimal(str(share)) * 100
    for each in (digits, max(digits, 1)):
        rounded = _rounded(exact, each)
        if abs(rounded) not in ENDS or abs(rounded - exact) < NOISE:
            return rounded + 0  # no negative nought
    return rounded + TENTH.copy_sign(exact - rounded)


def _decimals(exact: Decimal) -> int:
    return -int(exact.as_tuple().exponent)


def _rounded(exact: Decimal, digits: int) -> Decimal:
    return exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def is_narrow(limits: Limits) -> bool:
    """Say whether an interval is so narrow that whole points would hide its figure."""
    return (limits.high - limits.low) * 100 < NARROW


def _language() -> str:
    """Citizens choose by a link alone; for who signs in the session keeps what a link chose.

    A language without a catalogue is Vietnamese here, and the page must not claim another.
    """
    if not has_request_context():
        return "vi"
    wanted = request.args.get("lang")
    if request.blueprint in CITIZEN_BLUEPRINTS:
        return wanted if wanted in WRITTEN else "vi"
    known = wanted if wanted in MANAGER_LANGUAGES else session.get("language")
    return known or "vi"


def _remember() -> None:
    """Keep the language chosen on a manager's page, in a session that is there anyway.

    The page about the method is also a citizen's, who never gets a cookie.
    """
    wanted = request.args.get("lang")
    if wanted not in MANAGER_LANGUAGES or request.blueprint in {None, *CITIZEN_BLUEPRINTS}:
        return
    if session or request.blueprint == "security":
        session["language"] = wanted


def _in_language(code: str) -> str:
    """Return the link to this page in another language.

    What answers a form leads to the form anew, or where it has no page of its own to the start.
    """
    addresses = current_app.create_url_adapter(request)
    if addresses is None or not addresses.test(method="GET"):
        return url_for("account.home", lang=code)
    return "?" + urlencode(request.args.to_dict(flat=False) | {"lang": [code]}, doseq=True)
