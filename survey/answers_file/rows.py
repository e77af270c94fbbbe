"""The rows of a file of answers, each checked: what is taken, what is refused and why."""

import json
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from forms.questionnaire import LEVELS
from survey.answers_file.columns import Columns
from survey.answers_file.values import day
from survey.reasons import Reason, quote
from survey.storage.points import ServicePoint
from survey.storage.responses import NOT_PUT
from survey.tables import Row

SHOWN = 20


class AnswerRow(NamedTuple):
    """One answer sheet: its row, a keyed digest of what makes it this one, what is stored."""

    number: int
    digest: bytes
    point_id: int
    day: date
    visit: str | None
    answers: bytes


@dataclass
class Tally:
    """How many rows met one fate, and the first of them."""

    n: int = 0
    first: list[int] = field(default_factory=list)

    def add(self, number: int) -> None:
        """Count a row."""
        self.n += 1
        if self.n <= SHOWN:
            self.first.append(number)


@dataclass
class Verdict:
    """What a file says twice and what is wrong with it; of the reasons only the first are kept."""

    repeated: Tally = field(default_factory=Tally)
    n_refused: int = 0
    reasons: list[Reason] = field(default_factory=list)
    n_reasons: int = 0

    def refuse(self, number: int, why: Sequence[Reason]) -> None:
        """Count a row that cannot be taken."""
        self.n_refused += 1
        self.n_reasons += len(why)
        room = SHOWN - len(self.reasons)
        self.reasons += [Reason(reason.code, reason.values, number) for reason in why[:room]]


@dataclass
class Checked(Verdict):
    """What came of reading a file of answers."""

    rows: list[AnswerRow] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Everything needed to understand a row.

    `point` is the one point of all answers, or turns the cell of the point column into one.
    `keyed` makes of a row's content a digest that cannot be tried out.
    """

    columns: Columns
    level: Callable[[str], int | None]
    visit: Callable[[str], str | None]
    visits: str
    point: ServicePoint | Callable[[str], ServicePoint | Reason]
    today: date
    keyed: Callable[[bytes], bytes]


def check(rows: Iterable[Row], reader: Reader) -> Checked:
    """Return the rows that can be taken, and what is wrong with the others.

    A value of the id column that came before is a repetition. Without that column, rows
    with the same content are different answers, told apart by their order.
    """
    checked, seen = Checked(), Counter[bytes]()
    for number, cells in rows:
        wrong: list[Reason] = []
        fitted = _fitted(cells, reader, wrong)
        found = None if wrong else _read(fitted, reader, wrong)
        if found is None:
            checked.refuse(number, wrong)
            continue
        point, on, visit, answers = found
        content = _content(fitted, reader.columns, point)
        seen[digest := reader.keyed(content)] += 1
        if seen[digest] > 1 and reader.columns.id is not None:
            checked.repeated.add(number)
            continue
        if seen[digest] > 1:
            digest = reader.keyed(content + b"%d" % seen[digest])
        checked.rows.append(AnswerRow(number, digest, point.id, on, visit, answers))
    return checked


def _fitted(cells: list[str], reader: Reader, wrong: list[Reason]) -> list[str]:
    """Return as many cells as the header has: programs leave out empty ones at the end."""
    width = len(reader.columns.header)
    if any(cells[width:]):
        wrong.append(Reason("wide", {"cells": len(cells), "columns": width}))
    return cells[:width] + [""] * (width - len(cells))


def _read(
    cells: list[str], reader: Reader, wrong: list[Reason]
) -> tuple[ServicePoint, date, str | None, bytes] | None:
    columns = reader.columns
    if columns.id is not None and not cells[columns.id]:
        wrong.append(Reason("no_id", {"heading": quote(columns.header[columns.id])}))
    point = _point(cells, reader, wrong)
    on = _day(cells, reader, wrong)
    visit = _visit(cells, reader, wrong)
    answers = _answers(cells, reader, wrong)
    return None if wrong or point is None or on is None else (point, on, visit, answers)


def _point(cells: list[str], reader: Reader, wrong: list[Reason]) -> ServicePoint | None:
    if isinstance(reader.point, ServicePoint) or reader.columns.point is None:
        return reader.point if isinstance(reader.point, ServicePoint) else None
    if not (text := cells[reader.columns.point]):
        heading = quote(reader.columns.header[reader.columns.point])
        wrong.append(Reason("no_point_here", {"heading": heading}))
        return None
    found = reader.point(text)
    if isinstance(found, Reason):
        wrong.append(found)
        return None
    return found


def _day(cells: list[str], reader: Reader, wrong: list[Reason]) -> date | None:
    text = cells[reader.columns.date]
    found = day(text, reader.columns.date_order, reader.today) if text else Reason("no_day")
    if isinstance(found, Reason):
        wrong.append(found)
        return None
    return found


def _visit(cells: list[str], reader: Reader, wrong: list[Reason]) -> str | None:
    place = reader.columns.visit
    if place is None or not cells[place]:
        return None
    found = reader.visit(cells[place])
    if found is None:
        heading = quote(reader.columns.header[place])
        values = {"text": quote(cells[place]), "heading": heading, "known": reader.visits}
        wrong.append(Reason("visit", values))
    return found


def _answers(cells: list[str], reader: Reader, wrong: list[Reason]) -> bytes:
    places, before = reader.columns.items, len(wrong)
    codes = [NOT_PUT if place is None else reader.level(cells[place]) for place in places]
    for place, code in zip(places, codes, strict=True):
        if code is None and place is not None:
            heading = quote(reader.columns.header[place])
            wrong.append(Reason("level", {"text": quote(cells[place]), "heading": heading}))
    if len(wrong) == before and not any(code in LEVELS for code in codes):
        wrong.append(Reason("no_level"))
    return bytes(code or NOT_PUT for code in codes)


def _content(cells: list[str], columns: Columns, point: ServicePoint) -> bytes:
    """Return what makes a row this one: its id, or its time, or else all that it says.

    A time of day is enough without the levels: who knows the rest of a row must not be able
    to try its levels out, and see by the word "duplicate" when he has them.
    """
    if columns.id is not None:
        content = ["id", point.public_id, cells[columns.id]]
    else:
        kept = cells
        if ":" in cells[columns.date]:
            kept = ["" if place in columns.items else cell for place, cell in enumerate(cells)]
        # Without the empty end: a question added later must not make old rows new.
        last = max((place for place, cell in enumerate(kept, 1) if cell), default=0)
        content = ["row", point.public_id, *kept[:last]]
    return unicodedata.normalize("NFC", json.dumps(content, ensure_ascii=False)).encode()
