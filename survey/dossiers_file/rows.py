"""The rows of a list of results handed over, each checked and then only counted.

A dossier number tells repetitions within the file and goes no further.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple, TypeVar

from survey import period
from survey.answers_file import values as answered
from survey.answers_file.rows import Tally, Verdict
from survey.dossiers_file import values
from survey.dossiers_file.columns import DossierColumns
from survey.period import Period
from survey.reasons import Reason, quote
from survey.storage import names, points
from survey.storage.denominators import COUNTER, Cell, Part
from survey.storage.points import LONGEST_NAME, ServicePoint
from survey.tables import Row

# An appointment may lie ahead; later than that it is a mistake.
AHEAD = timedelta(days=3660)
Value = TypeVar("Value")


class Entry(NamedTuple):
    """What a row adds: so many results to one part of one cell."""

    cell: Cell
    part: Part
    n: int


@dataclass
class Counted(Verdict):
    """What came of reading a list: the counts, and what is left aside.

    A month is counted once it has ended: of a running one, a list holds a part only.
    """

    counts: defaultdict[Cell, Counter[Part]] = field(default_factory=lambda: defaultdict(Counter))
    running: Tally = field(default_factory=Tally)

    @property
    def n(self) -> int:
        """How many results were counted."""
        return sum(parts.total() for parts in self.counts.values())


@dataclass(frozen=True, kw_only=True)
class CountReader:
    """Everything needed to understand a row."""

    columns: DossierColumns
    point: ServicePoint | Callable[[str], ServicePoint | Reason]
    today: date

    @property
    def has_numbers(self) -> bool:
        """Whether each row is one dossier."""
        return "number" in self.columns.places


def check(rows: Iterable[Row], reader: CountReader) -> Counted:
    """Return how many results were handed over where, and what is wrong with the list.

    A dossier that stands twice counts once; twice with different content, it is refused. So is
    a row of counts that says again what a row before said.
    """
    counted, seen = Counted(), dict[object, tuple[int, Entry]]()
    for row, cells in rows:
        wrong: list[Reason] = []
        key, entry = _Reading(cells, reader, wrong).entry()
        if entry is None:
            counted.refuse(row, wrong)
            continue
        first, before = seen.setdefault(key, (row, entry))
        if first == row:
            _add(counted, row, entry, reader.today)
        elif not reader.has_numbers:
            counted.refuse(row, [Reason("count_twice", {"first": first})])
        elif before == entry:
            counted.repeated.add(row)
        else:
            counted.refuse(row, [Reason("dossier_twice", {"first": first})])
    return counted


def _add(counted: Counted, row: int, entry: Entry, today: date) -> None:
    if period.containing(entry.cell.month).end > today:
        counted.running.add(row)
    else:
        counted.counts[entry.cell][entry.part] += entry.n


class _Reading:
    """One row, its cells by what they are, and what is wrong with it."""

    def __init__(self, cells: list[str], reader: CountReader, wrong: list[Reason]) -> None:
        self._cells, self._reader, self._wrong = cells, reader, wrong

    def entry(self) -> tuple[object, Entry | None]:
        """Return what makes the row this one, and what it adds; None when it is refused."""
        self._check_width()
        key, n = self._key(), self._n()
        point, when = self._point(), self._when()
        part = Part(self._text("field"), self._text("agency"), self._on_time(when))
        channel = self._channel()
        unit_code = self._unit_code(point, when) if point and when else None
        if self._wrong or point is None or when is None or unit_code is None:
            return key, None
        month = period.containing(when.start).start
        return key, Entry(Cell(unit_code, point.id, month, channel), part, n)

    def _said(self, key: str) -> str:
        return self._reader.columns.cell(self._cells, key)

    def _take(self, found: Value | Reason) -> Value | None:
        if isinstance(found, Reason):
            self._wrong.append(found)
            return None
        return found

    def _check_width(self) -> None:
        width = len(self._reader.columns.header)
        if any(self._cells[width:]):
            self._wrong.append(Reason("wide", {"cells": len(self._cells), "columns": width}))

    def _key(self) -> object:
        if self._reader.has_numbers:
            return self._take(values.number(self._said("number")))
        return tuple(self._cells)

    def _n(self) -> int:
        if self._reader.has_numbers:
            return 1
        return self._take(values.count(self._said("count"))) or 0

    def _point(self) -> ServicePoint | None:
        find = self._reader.point
        if isinstance(find, ServicePoint):
            return find
        text = self._said("point")
        return self._take(find(text) if text else Reason("dossier_nowhere"))

    def _when(self) -> Period | None:
        """Return the day of the handing over as [day, next day), or else the month."""
        if text := self._said("handed_over"):
            on = self._day(text, self._reader.today)
            return Period(on, on + timedelta(days=1)) if on else None
        text = self._said("month")
        if not text:
            self._wrong.append(Reason("no_month_here"))
            return None
        if month := values.month(text):
            return month
        on = self._day(text, self._reader.today)
        return period.containing(on) if on else None

    def _day(self, text: str, last: date) -> date | None:
        return self._take(answered.day(text, self._reader.columns.date_order, last))

    def _on_time(self, when: Period | None) -> bool | None:
        if text := self._said("on_time"):
            return self._take(values.on_time(text))
        days = [self._said(key) for key in ("appointed", "finished")]
        ahead = self._reader.today + AHEAD
        appointed, finished = (self._day(text, ahead) if text else None for text in days)
        is_day = when is not None and bool(self._said("handed_over"))
        return values.proved_on_time(appointed, finished, when.start if when and is_day else None)

    def _channel(self) -> str:
        if "channel" not in self._reader.columns.places:
            return COUNTER
        return self._take(values.channel(self._said("channel"))) or ""

    def _text(self, key: str) -> str | None:
        text = names.clean(self._said(key))
        if len(text) > LONGEST_NAME:
            heading = quote(self._reader.columns.heading(key))
            self._wrong.append(Reason("long", {"heading": heading, "most": LONGEST_NAME}))
        return text or None

    def _unit_code(self, point: ServicePoint, when: Period) -> str | None:
        """Return the unit the results belong to; a month may not lie across a move."""
        codes = {points.unit_code_on(point, day) for day in (when.start, _last_day(when))}
        if len(codes) > 1:
            self._wrong.append(Reason("point_moved", {"point": quote(point.name)}))
        return codes.pop()


def _last_day(when: Period) -> date:
    return when.end - timedelta(days=1)
