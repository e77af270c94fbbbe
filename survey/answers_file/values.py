"""What one cell says: a level, a day, a visit, in the ways people and programs write them."""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache

from forms.questionnaire import LEVELS, NOT_APPLICABLE, OWN_LANGUAGES, SKIPPED, Questionnaire
from survey import period
from survey.reasons import Reason, quote
from survey.storage import names

EARLIEST = date(2000, 1, 1)
ORDERS = {"dmy": "mdy", "mdy": "dmy"}
NOT_APPLICABLE_WORDS = ("Không áp dụng", "Not applicable")
SPELLINGS_KEPT = 4096
# “5 - Rất hài lòng”, “5. Rất hài lòng”, “Rất hài lòng (5)”: number and words must agree.
NUMBER_FIRST = re.compile(r"(?P<level>[1-5])\s*[-–—.:)]?\s*(?P<words>\D+)")
NUMBER_LAST = re.compile(r"(?P<words>\D+?)\s*\((?P<level>[1-5])\)")
DATE = r"(?P<first>[0-9]{1,4})(?P<sign>[/.-])(?P<second>[0-9]{1,2})(?P=sign)(?P<third>[0-9]{1,4})"
TIME = r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<seconds>[0-9]{2})(?:[.,][0-9]{1,9})?)?"
ZONE = r"(?P<utc>Z|UTC|GMT)?(?:(?P<east>[+-])(?P<hours>[0-9]{1,2})(?::?(?P<minutes>[0-9]{2}))?)?"
# SA and CH are the Vietnamese AM and PM; Google adds the zone as “GMT+7”.
MOMENT = re.compile(
    rf"{DATE}(?:(?:T|,? ){TIME}(?: ?(?P<half>AM|PM|SA|CH))?(?: ?{ZONE})?)?", re.IGNORECASE
)
YEAR_DIGITS, NOON = 4, 12
MIDNIGHT = time(tzinfo=period.VIETNAM)


def level_reader(questionnaire: Questionnaire) -> Callable[[str], int | None]:
    """Return what turns a cell into its stored code, None where it says no level.

    Number, words of the scale in our own languages, or both; empty and skipped are 6.
    """
    known = _words(questionnaire)

    @lru_cache(SPELLINGS_KEPT)
    def level(text: str) -> int | None:
        said = names.spelling(text)
        found = known.get(said)
        if found is None and (parts := NUMBER_FIRST.fullmatch(said) or NUMBER_LAST.fullmatch(said)):
            found = known.get(parts["words"].strip())
            return found if found == int(parts["level"]) else None
        return found

    return level


def visit_reader(questionnaire: Questionnaire) -> Callable[[str], str | None]:
    """Return what turns a cell into the code of a visit, None where it says none we know."""
    known = {names.spelling(code): code for code in questionnaire.visits}
    for language in OWN_LANGUAGES:
        words = questionnaire.wordings[language].visits
        known |= {names.spelling(said): code for code, said in words.items()}
    return lambda text: known.get(names.spelling(text))


def day(text: str, order: str, today: date) -> date | Reason:
    """Return the Vietnamese day that a cell names, or why it cannot be taken.

    A year in front stands before month and day; else day, month, year, or as `order` says.
    An instant with its zone becomes the date it was in Vietnam; a time is never kept.
    """
    found = _day(text, order)
    if found is not None and EARLIEST <= found <= today:
        return found
    shown = {"text": quote(text)}
    if found is not None:
        return Reason("day_future" if found > today else "day_old", shown)
    if _day(text, ORDERS[order]) is None:
        return Reason("day", shown)
    return Reason("day_order", shown | {"order": order, "other": ORDERS[order]})


def moment(text: str, order: str, now: datetime) -> datetime | Reason:
    """Return the instant that a cell names, or why it cannot be taken.

    A day without a time, or with the midnight that a workbook puts there, ends with its day.
    """
    on = day(text, order, period.business_day(now))
    if isinstance(on, Reason):
        return on
    found = MOMENT.fullmatch(" ".join(text.split()))
    if found is not None and found["hour"] is not None:
        instant = _instant(_date(found, order), found)
        if instant.timetz() != MIDNIGHT:
            return instant
    return datetime.combine(on + timedelta(days=1), MIDNIGHT)


def _words(questionnaire: Questionnaire) -> dict[str, int]:
    known = {"": SKIPPED} | {str(level): level for level in LEVELS}
    known |= {names.spelling(words): NOT_APPLICABLE for words in NOT_APPLICABLE_WORDS}
    for language in OWN_LANGUAGES:
        wording = questionnaire.wordings[language]
        known[names.spelling(wording.skip)] = SKIPPED
        others = wording.not_applicable.values()
        known |= {names.spelling(words): NOT_APPLICABLE for words in others}
        known |= {names.spelling(words): n for n, words in enumerate(wording.scale, 1)}
    return known


def _day(text: str, order: str) -> date | None:
    found = MOMENT.fullmatch(" ".join(text.split()))
    if found is None:
        return None
    try:
        written = _date(found, order)
        return written if found["hour"] is None else _instant(written, found).date()
    except (ValueError, OverflowError):  # the 30th of February, 25 o'clock, the year 0
        return None


def _date(found: re.Match[str], order: str) -> date:
    parts = [found["first"], found["second"], found["third"]]
    if len(parts[0]) != YEAR_DIGITS:
        first, second, last = parts
        parts = [last, second, first] if order == "dmy" else [last, first, second]
    if len(parts[0]) != YEAR_DIGITS or len(parts[2]) > 2:  # noqa: PLR2004 digits of a day
        raise ValueError("a year has four digits")
    return date(*map(int, parts))


def _instant(written: date, found: re.Match[str]) -> datetime:
    """Return the moment in Vietnamese time; without a zone it was written in that."""
    parts = _hour(found), int(found["minute"]), int(found["seconds"] or 0)
    moment = datetime.combine(written, time(*parts))
    if found["utc"] is None and found["east"] is None:
        return moment.replace(tzinfo=period.VIETNAM)
    shift = timedelta(hours=int(found["hours"] or 0), minutes=int(found["minutes"] or 0))
    zone = timezone(-shift if found["east"] == "-" else shift)
    return moment.replace(tzinfo=zone).astimezone(period.VIETNAM)


def _hour(found: re.Match[str]) -> int:
    hour, half = int(found["hour"]), (found["half"] or "").upper()
    if not half or hour > NOON:  # some programs write “14:30 CH”
        return hour
    return hour % NOON + NOON * (half in {"PM", "CH"})
