"""A file of targets → what it changes, all of it or nothing."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from sqlalchemy.orm import Session

from forms.targets import AIMS, hundredths, written
from survey import period, tables
from survey.reasons import Reason, WrongFile, quote
from survey.storage import names, targets
from survey.storage.targets import Key, TargetChange

HEADINGS = {
    "unit": ("Mã đơn vị", "Đơn vị", "unit_code", "unit"),
    "year": ("Năm", "year"),
    "code": ("Mã", "Mã yếu tố", "Mã yếu tố, câu hỏi", "code"),
    "target": ("Chỉ tiêu", "Chỉ tiêu (%)", "target"),
}
YEARS = range(2020, 2100)
MOST_REASONS = 20
BY_CODE: Mapping[str, Key] = {code.casefold(): (measure, code) for measure, code in AIMS}
# A spreadsheet keeps a cell written as 85 % as 0.85, which is no target from 1 to 100; but it
# keeps one written as 100 % as 1, which is.
ONE = re.compile(r"1([.,]0*)?")


class Ambiguous(ValueError):
    """A target that may be 1 % or 100 %."""


@dataclass(frozen=True)
class Plan:
    """What a file of targets would change; how many of its targets stand already."""

    changes: Sequence[TargetChange]
    n_same: int


class Reading:
    """The rows of one file: what they want, and what is wrong with them."""

    def __init__(self, units: Collection[str]) -> None:
        self._units = units
        self.reasons: list[Reason] = []
        self.wanted: dict[tuple[str, int], dict[Key, int | None]] = {}
        self._rows: dict[tuple[str, int, Key], int] = {}

    def take(self, row: int, cells: Mapping[str, str]) -> None:
        """Take one row."""
        wrong = list(self._wrong(cells))
        if wrong:
            self.reasons += [Reason(each.code, each.values, row) for each in wrong]
            return
        place = cells["unit"], int(cells["year"])
        key = BY_CODE[cells["code"].casefold()]
        first = self._rows.setdefault((*place, key), row)
        if first != row:
            self.reasons.append(Reason("target_twice", {"first": first}, row))
        self.wanted.setdefault(place, {})[key] = _value(cells["target"])

    def _wrong(self, cells: Mapping[str, str]) -> Iterator[Reason]:
        if cells["unit"] not in self._units:
            yield Reason("target_unit", {"text": quote(cells["unit"])})
        if not (cells["year"].isdecimal() and int(cells["year"]) in YEARS):
            yield Reason("target_year", {"text": quote(cells["year"])})
        if cells["code"].casefold() not in BY_CODE:
            known = ", ".join(code for _measure, code in AIMS)
            yield Reason("target_code", {"text": quote(cells["code"]), "known": known})
        target = quote(cells["target"])
        try:
            _value(cells["target"])
        except Ambiguous:
            yield Reason("target_one", {"text": target})
        except ValueError:
            yield Reason("target_value", {"text": target})


def plan(session: Session, file: BinaryIO, name: str, units: Collection[str]) -> Plan:
    """Return what a file changes for some units; WrongFile says everything wrong with it."""
    table = tables.opened(file, name)
    places = _places(table.header)
    reading = Reading(units)
    for row, cells in table.rows:
        reading.take(row, {key: _cell(cells, place) for key, place in places.items()})
    if reading.reasons:
        raise WrongFile(*reading.reasons[:MOST_REASONS])
    if not reading.wanted:
        raise WrongFile(Reason("no_targets", {"file": name}))
    changed = targets.changes(session, reading.wanted)
    return Plan(changed, sum(map(len, reading.wanted.values())) - len(changed))


def store(session: Session, changed: Sequence[TargetChange], *, by: str) -> None:
    """Set, change and take back targets today."""
    targets.put(session, changed, on=period.today(), by=by)


def notes(changed: Sequence[TargetChange]) -> dict[str, str]:
    """Return what the audit log keeps of the changes: by unit and year, what became what."""
    found: dict[str, list[str]] = {}
    for each in changed:
        before, after = (written(value) or "none" for value in (each.before, each.after))
        line = f"{each.key[1]} {before} → {after}"
        found.setdefault(f"{each.unit_code} {each.year}", []).append(line)
    return {subject: "; ".join(lines) for subject, lines in found.items()}


def _places(header: Sequence[str]) -> dict[str, int]:
    """Return where the columns stand."""
    said = [names.spelling(cell) for cell in header]
    places = {
        key: said.index(heading)
        for key, headings in HEADINGS.items()
        for heading in map(names.spelling, reversed(headings))
        if heading in said
    }
    missing = [headings[0] for key, headings in HEADINGS.items() if key not in places]
    if missing:
        known = ", ".join(quote(cell) for cell in header)
        raise WrongFile(Reason("target_columns", {"missing": ", ".join(missing), "known": known}))
    return places


def _cell(cells: Sequence[str], place: int) -> str:
    return cells[place] if place < len(cells) else ""


def _value(text: str) -> int | None:
    """Return a target in hundredths of a per cent; a fraction is one of a formatted cell."""
    if ONE.fullmatch(text):
        raise Ambiguous(text)
    try:
        return hundredths(text)
    except ValueError:
        share = float(text.replace(",", "."))
        if not 0 < share < 1:
            raise
        return hundredths(f"{100 * share:.2f}")
