"""What one cell of a dossier system's list says: a number, how many, whether on time, how."""

import re
from collections.abc import Iterable
from datetime import date

from survey import period
from survey.period import Period
from survey.reasons import Reason, quote
from survey.storage import names
from survey.storage.denominators import COUNTER, ONLINE, POSTAL

# A sector's letter and number, the office's own code, the day, the serial number.
NUMBER = re.compile(r"[A-Z][0-9]{2}(\.[0-9]{1,3}){0,4}-[0-9]{6}-[0-9]{4,7}")
# With or without a separator of thousands; nobody hands over a fraction of a result.
COUNT = re.compile(r"[0-9]{1,7}|[0-9]{1,3}(?:[., ][0-9]{3}){1,2}")
# Shorter than an identity number.
MOST_DIGITS = 6
ON_TIME = {
    True: ("Đúng hạn", "Trước hạn", "Sớm hạn", "Có", "x", "1", "true", "yes", "on time"),
    False: ("Trễ hạn", "Quá hạn", "Không đúng hạn", "Không", "0", "false", "no", "late"),
}
CHANNELS = {
    COUNTER: ("Tại quầy", "Trực tiếp", "Tại bộ phận một cửa", "Tại một cửa", "counter"),
    ONLINE: ("Trực tuyến", "Điện tử", "Bản điện tử", "online"),
    POSTAL: ("Bưu chính", "Bưu chính công ích", "Qua bưu chính", "Qua bưu điện", "postal"),
}
SAYS_ON_TIME = {names.spelling(word): on for on, words in ON_TIME.items() for word in words}
SAYS_CHANNEL = {names.spelling(word): way for way, words in CHANNELS.items() for word in words}
# 2026-10, 10/2026, Tháng 10/2026, Tháng 10 năm 2026.
MONTH = re.compile(
    r"(?P<year>2[0-9]{3})[-/](?P<month>0?[1-9]|1[0-2])"
    r"|(?:\D* )?(?P<first>0?[1-9]|1[0-2])(?: ?[-/] ?| năm )(?P<last>2[0-9]{3})"
)


def number(text: str) -> str | Reason:
    """Return a dossier number in its one spelling, or why it is none.

    It is not quoted: what stands in its place may be a name or an identity number.
    """
    said = "".join(text.upper().split())
    if NUMBER.fullmatch(said):
        return said
    if said.isdecimal() and len(said) <= MOST_DIGITS:
        return Reason("number_is_count")
    return Reason("dossier_number")


def count(text: str) -> int | Reason:
    """Return how many results a cell says, or why it does not."""
    if COUNT.fullmatch(text) is None or not text.isascii():
        return Reason("count", {"text": quote(text)})
    return int(re.sub(r"\D", "", text))


def on_time(text: str) -> bool | Reason:
    """Return whether a result was on time as a cell says, or why it does not."""
    found = SAYS_ON_TIME.get(names.spelling(text))
    return Reason("on_time", _known(text, ON_TIME.values())) if found is None else found


def proved_on_time(
    appointed: date | None, finished: date | None, handed_over: date | None
) -> bool | None:
    """Return whether the result was ready when it was promised; None where that cannot be told.

    Handed over late proves nothing: people come for a result when they can.
    """
    if appointed is None or handed_over is None:
        return None
    if finished is not None:
        return finished <= appointed
    return True if handed_over <= appointed else None


def channel(text: str) -> str | Reason:
    """Return how a result was handed over, or why a cell does not say it."""
    found = SAYS_CHANNEL.get(names.spelling(text))
    return found or Reason("handed_over_how", _known(text, CHANNELS.values()))


def month(text: str) -> Period | None:
    """Return the month that a cell names without a day."""
    found = MONTH.fullmatch(names.spelling(text))
    if found is None:
        return None
    first, second = found["year"] or found["last"], found["month"] or found["first"]
    return period.containing(date(int(first), int(second), 1))


def _known(text: str, words: Iterable[Iterable[str]]) -> dict[str, str]:
    known = ", ".join(word for some in words for word in some)
    return {"text": quote(text), "known": known}
