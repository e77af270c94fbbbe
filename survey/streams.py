"""Which places show their streams side by side: open QR, invitation, paper and so on.

Decided for a period once, when it closes, over the whole tree, and never again: what was shown
stays known, so a later period must be safe beside everything shown before. Of a place either
all streams are shown or none, because the others and the headline would tell the last.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from typing import TypeVar

import numpy as np
from scipy import sparse
from sqlalchemy.orm import Session

from analysis.disclosure import follows, suppress
from survey import period as periods
from survey.cells import Cell, Parents, cells_of, in_period
from survey.mixtures import Mixtures
from survey.period import MONTHS, Period
from survey.storage import batches, stream_releases, tallies, units
from survey.storage.stream_releases import Decision, StreamRelease
from survey.storage.tallies import BatchCount, StreamCount

# How many people each part holds, and whether its streams are known.
Parts = Sequence[tuple[int, bool]]
T = TypeVar("T", StreamCount, BatchCount)


def decide(session: Session, last_day: date, threshold: int) -> list[Decision]:
    """Return which places show their streams in the periods closed by a day and not decided yet.

    Only reads: with a thousand points it takes seconds in which nobody must wait for it.
    """
    known = stream_releases.decided(session)
    parents = {code: unit.parent_code for code, unit in units.on_day(session, last_day).items()}
    found: list[Decision] = []
    for year in _years(session, last_day):
        due = [p for p in _periods(year) if p not in known and p.last_day_to_close <= last_day]
        for measure, (counts, mixed) in _by_measure(session, year if due else None).items():
            before = _cells(stream_releases.of_measure(session, measure, year))
            table = StreamTable(counts, parents, mixed)
            found += _decided(measure, due, table, before, threshold)
        found += [Decision(period, None, {}) for period in due]
    return found


class StreamTable:
    """How many people of each stream every cell holds, and how the cells add up."""

    def __init__(
        self, counts: Sequence[StreamCount], parents: Parents, mixed: Sequence[BatchCount]
    ) -> None:
        self.people: defaultdict[Cell, Counter[str]] = defaultdict(Counter)
        self._parts: defaultdict[Cell, list[int]] = defaultdict(list)
        self._counts, self._parents = counts, parents
        self._mixtures = Mixtures(mixed, parents)
        for number, count in enumerate(counts):
            for cell in cells_of(count, parents):
                self.people[cell][count.stream] += count.n
                self._parts[cell].append(number)

    def shown(self, period: Period, before: AbstractSet[Cell], threshold: int) -> frozenset[Cell]:
        """Return the cells of a period whose streams may be shown, beside those of before."""
        here = [cell for cell in self.people if cell.period == period]
        hidden = {cell for cell in here if not self._is_large(cell, before, threshold)}
        hidden = self._with_complements(here, hidden, threshold)
        found = {cell for cell in here if cell not in hidden and not self._is_one(cell)}
        told = {cell for cell in found if self._is_told(cell, before)}
        while found > told and (doubtful := self._doubtful(found, before, threshold)):
            found -= (doubtful - told) or (found - told)
        return frozenset(found)

    def _doubtful(
        self, found: AbstractSet[Cell], before: AbstractSet[Cell], threshold: int
    ) -> AbstractSet[Cell]:
        """Return which cells rather not to show of those found, all where none is at fault."""
        if narrow := self._mixtures.narrow(found | before, threshold):
            around = [cells & found for cells in narrow if cells & found]
            return {min(cells, key=self._size) for cells in around} or found
        if leaks := self._leaks(found | before, threshold):
            units_ = {cell.unit_code for cell in leaks}
            return {cell for cell in found if cell.unit_code in units_} or found
        return frozenset()

    def _size(self, cell: Cell) -> tuple[int, Cell]:
        return self.people[cell].total(), cell

    def _is_large(self, cell: Cell, before: AbstractSet[Cell], threshold: int) -> bool:
        """Say whether nothing about a cell alone forbids to show its streams."""
        if self._is_one(cell):
            return True
        enough = min(self.people[cell].values()) >= threshold
        return enough and all(
            _is_safe(n, parts, threshold)
            for made in self._over_time(cell, before)
            for n, parts in made
        )

    def _is_told(self, cell: Cell, before: AbstractSet[Cell]) -> bool:
        """Say whether a cell is the sum of shorter periods all of whose streams are known."""
        return any(
            all(sum(m for m, known in parts if known) == n for n, parts in made)
            for made in self._over_time(cell, before)
        )

    def _is_one(self, cell: Cell) -> bool:
        """Say whether a cell has one stream only: its headline shows it."""
        return len(self.people[cell]) == 1

    def _with_complements(
        self, here: Sequence[Cell], hidden: set[Cell], threshold: int
    ) -> set[Cell]:
        """Hide further cells until none of the hidden follows from sums over places."""
        streams = sorted({stream for cell in here for stream in self.people[cell]})
        while True:
            found = set(hidden)
            for stream in streams:
                of_stream = {c: self.people[c][stream] for c in here if stream in self.people[c]}
                tree = in_period(of_stream, self._parents)
                found |= suppress(tree, threshold, also=found & of_stream.keys())
            if found == hidden:
                return hidden
            hidden = found

    def _over_time(
        self, total: Cell, before: AbstractSet[Cell]
    ) -> Iterator[list[tuple[int, Parts]]]:
        """Yield how each stream of a cell is made of the shorter periods of one kind."""
        for kind in MONTHS:
            if MONTHS[kind] < MONTHS[total.period.kind]:
                cells = [total._replace(period=part) for part in total.period.of_kind(kind)]
                yield [
                    (n, self._parts_of(stream, cells, before))
                    for stream, n in self.people[total].items()
                ]

    def _parts_of(self, stream: str, cells: Iterable[Cell], before: AbstractSet[Cell]) -> Parts:
        return [
            (self.people[cell][stream], cell in before or self._is_one(cell))
            for cell in cells
            if cell in self.people and self.people[cell][stream]
        ]

    def _leaks(self, shown: AbstractSet[Cell], threshold: int) -> list[Cell]:
        """Return the cells with a small stream that follows from everything shown, combined."""
        small = [
            (cell, self._numbers(cell, stream))
            for cell, people in self.people.items()
            if not self._is_one(cell)
            for stream, n in people.items()
            if n < threshold
        ]
        if not small:
            return []
        rows = [*self._headlines(), *(self._numbers(c, s) for c in shown for s in self.people[c])]
        told = follows(self._matrix([sums for _, sums in small]), self._matrix(rows))
        return [cell for (cell, _), is_told in zip(small, told, strict=True) if is_told]

    def _headlines(self) -> Iterator[list[int]]:
        """Yield what every cell's headline adds up, and its second figure."""
        for numbers in self._parts.values():
            yield numbers
            regular = [number for number in numbers if not self._counts[number].apart]
            if len(regular) < len(numbers):
                yield regular

    def _numbers(self, cell: Cell, stream: str) -> list[int]:
        return [n for n in self._parts[cell] if self._counts[n].stream == stream]

    def _matrix(self, sums: Sequence[Sequence[int]]) -> sparse.csr_array:
        rows = np.repeat(np.arange(len(sums)), [len(numbers) for numbers in sums])
        columns = np.array([number for numbers in sums for number in numbers], dtype=int)
        shape = (len(sums), len(self._counts))
        return sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=shape)


def _decided(
    measure: str,
    due: Iterable[Period],
    table: StreamTable,
    before: AbstractSet[Cell],
    threshold: int,
) -> Iterator[Decision]:
    """Decide the shortest periods first, each beside those before."""
    for period in due:
        found = table.shown(period, before, threshold)
        before |= found
        people = {cell.place: table.people[cell].total() for cell in found}
        yield Decision(period, measure, people)


def _is_safe(total: int, parts: Parts, threshold: int) -> bool:
    """Say whether what is not known of a total's parts is of several, or of nobody.

    What no part holds is one more part, which is never shown.
    """
    secret = [n for n, is_known in parts if not is_known]
    remainder = total - sum(n for n, _ in parts)
    if remainder and (secret or remainder < threshold):
        secret.append(remainder)
    return not secret or (len(secret) > 1 and sum(secret) >= threshold)


def _by_measure(
    session: Session, span: Period | None
) -> dict[str, tuple[list[StreamCount], list[BatchCount]]]:
    """Return the counts of each measure that came in more than one stream, and its batches'."""
    if span is None:
        return {}
    found = _sorted(tallies.stream_counts(session, span))
    several = [m for m, counts in found.items() if len({c.stream for c in counts}) > 1]
    if not several:
        return {}
    mixed = _sorted(tallies.batch_counts(session, span))
    return {measure: (found[measure], mixed[measure]) for measure in several}


def _sorted(counts: Iterable[T]) -> defaultdict[str, list[T]]:
    found: defaultdict[str, list[T]] = defaultdict(list)
    for count in counts:
        found[count.measure_hash].append(count)
    return found


def _cells(released: Iterable[StreamRelease]) -> set[Cell]:
    return {Cell(Period(c.starts_on, c.ends_on), c.unit_code, c.point_id) for c in released}


def _years(session: Session, last_day: date) -> list[Period]:
    """Return the calendar years with answers, up to a day's."""
    years = sorted(year for year in batches.years(session) if year <= last_day.year)
    return [periods.containing(date(year, 1, 1), "year") for year in years]


def _periods(year: Period) -> Iterator[Period]:
    for kind in MONTHS:
        yield from year.of_kind(kind)
