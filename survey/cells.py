"""Which cells of the release stay hidden: fewer than k people, or what would give them away.

A cell is a split of the answers of one unit or point over one fixed period. Cells add up
over the tree and over time, so what is hidden here may force a neighbour to be.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from itertools import product
from typing import NamedTuple

import numpy as np
from scipy import sparse
from sqlalchemy.orm import Session

from analysis.disclosure import CountTree, follows, suppress
from survey import period
from survey.period import MONTHS, Period
from survey.storage import suppressions, tallies, units
from survey.storage.suppressions import Suppression
from survey.storage.tallies import CellCount

Place = tuple[str, int]
Counts = Sequence[CellCount]
Parents = Mapping[str, str | None]


class Cell(NamedTuple):
    """The people of one place and period; `point_id` 0 is the unit with all below it."""

    period: Period
    unit_code: str
    point_id: int

    @property
    def place(self) -> Place:
        """The unit or point alone."""
        return self.unit_code, self.point_id


Pattern = Callable[[Iterable[Cell], AbstractSet[Cell]], frozenset[Cell]]


def hide(session: Session, year: int, day: date, threshold: int) -> int:
    """Decide and store the hidden cells of a year; return how many."""
    span = period.containing(date(year, 1, 1), "year")
    parents = {code: unit.parent_code for code, unit in units.on_day(session, day).items()}
    by_measure: defaultdict[str, list[CellCount]] = defaultdict(list)
    for count in tallies.counts(session, span):
        by_measure[count.measure_hash].append(count)
    hidden = [
        Suppression(
            measure_hash=measure,
            starts_on=cell.period.start,
            ends_on=cell.period.end,
            split=split,
            unit_code=cell.unit_code,
            point_id=cell.point_id,
        )
        for measure, counts in by_measure.items()
        for split, cells in hidden_cells(counts, parents, threshold).items()
        for cell in cells
    ]
    return suppressions.put(session, span, hidden)


def hidden_cells(counts: Counts, parents: Parents, threshold: int) -> dict[str, frozenset[Cell]]:
    """Return the hidden cells of each split.

    "headline" and "imported" answers are different people, so each protects itself; their sum
    is shown where both are.
    """
    return {
        "headline": protect([c for c in counts if not c.is_imported], parents, threshold),
        "imported": protect([c for c in counts if c.is_imported], parents, threshold),
    }


class Table:
    """How many people every cell of some answers holds, and how the cells add up."""

    def __init__(self, counts: Counts, parents: Parents) -> None:
        self.people: Counter[Cell] = Counter()
        self._parts: defaultdict[Cell, list[int]] = defaultdict(list)
        for number, count in enumerate(counts):
            for cell in cells_of(count, parents):
                self.people[cell] += count.n
                self._parts[cell].append(number)
        self._size = len(counts)
        self._lines = [
            *(in_period(cells, parents) for cells in _grouped(self.people, "period")),
            *(_at_place(cells) for cells in _grouped(self.people, "place")),
        ]

    def suppressed(self, threshold: int, also: AbstractSet[Cell]) -> frozenset[Cell]:
        """Return what sums over the places of a period, or the periods of a place, force."""
        lines = (suppress(line, threshold, also=also) for line in self._lines)
        return frozenset(also).union(*lines)

    def gives_away(self, wanted: AbstractSet[Cell], hidden: AbstractSet[Cell]) -> bool:
        """Say whether a wanted cell follows from those not hidden, by any combination."""
        sought = [cell for cell in wanted if cell in self.people]
        shown = [cell for cell in self.people if cell not in hidden]
        return bool(sought and follows(self._matrix(sought), self._matrix(shown)).any())

    def _matrix(self, cells: Sequence[Cell]) -> sparse.csr_array:
        rows = np.repeat(np.arange(len(cells)), [len(self._parts[cell]) for cell in cells])
        columns = np.array([part for cell in cells for part in self._parts[cell]], dtype=int)
        shape = (len(cells), self._size)
        return sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=shape)


def protect(counts: Counts, parents: Parents, threshold: int) -> frozenset[Cell]:
    """Return the cells to hide so that no small one can be worked out from those shown.

    It must not follow from the sums of its period, of its place, or of both together. The last
    needs a regular pattern of what is hidden; the first pattern that keeps the secret is
    taken, and the strictest hides everything.
    """
    if all(count.n >= threshold for count in counts):
        return frozenset()  # every day but after k was raised: sums of large parts are large
    table = Table(counts, parents)
    small = frozenset(cell for cell, n in table.people.items() if n < threshold)
    for pattern in (_nested, _block):
        hidden = _stable(table, threshold, small, pattern)
        if not table.gives_away(small, hidden):
            return hidden
    return frozenset(table.people)


def _stable(
    table: Table, threshold: int, small: frozenset[Cell], pattern: Pattern
) -> frozenset[Cell]:
    hidden = small
    while True:
        found = hidden | pattern(table.people, hidden)
        found = table.suppressed(threshold, found)
        if found == hidden:
            return hidden
        hidden = found


def _nested(cells: Iterable[Cell], hidden: AbstractSet[Cell]) -> frozenset[Cell]:
    """Hide a place in every period as long as one where it is hidden, or shorter."""
    longest: defaultdict[Place, int] = defaultdict(int)
    for cell in hidden:
        longest[cell.place] = max(longest[cell.place], MONTHS[cell.period.kind])
    return frozenset(cell for cell in cells if MONTHS[cell.period.kind] <= longest[cell.place])


def _block(cells: Iterable[Cell], hidden: AbstractSet[Cell]) -> frozenset[Cell]:
    """Hide every place with a hidden cell in every period with one."""
    places, periods = {cell.place for cell in hidden}, {cell.period for cell in hidden}
    return frozenset(cell for cell in cells if cell.place in places and cell.period in periods)


def cells_of(count: CellCount, parents: Parents) -> Iterator[Cell]:
    """Yield every cell that a batch belongs to: places above it, periods around it."""
    own = Period(count.starts_on, count.ends_on)
    around = [period.containing(own.start, kind) for kind in MONTHS]
    for when, place in product(around, _places(count, parents)):
        if when.end >= own.end:
            yield Cell(when, *place)


def _grouped(people: Mapping[Cell, int], by: str) -> Iterable[dict[Cell, int]]:
    groups: defaultdict[object, dict[Cell, int]] = defaultdict(dict)
    for cell, n in people.items():
        groups[getattr(cell, by)][cell] = n
    return groups.values()


def in_period(cells: Mapping[Cell, int], parents: Parents) -> CountTree[Cell]:
    """Return how the places of one period add up."""
    below: defaultdict[Cell, list[Cell]] = defaultdict(list)
    for cell in cells:
        above = cell.unit_code if cell.point_id else parents.get(cell.unit_code)
        if above is not None:
            below[Cell(cell.period, above, 0)].append(cell)
    return CountTree(cells, {total: [parts] for total, parts in below.items()})


def _at_place(cells: Mapping[Cell, int]) -> CountTree[Cell]:
    """Return how the periods of one place add up: from months, quarters and half-years."""
    sums = {
        cell: [parts for kind in MONTHS if (parts := _of_kind(cells, cell, kind))] for cell in cells
    }
    return CountTree(cells, sums)


def _of_kind(cells: Mapping[Cell, int], total: Cell, kind: str) -> list[Cell]:
    parts = (total._replace(period=part) for part in total.period.of_kind(kind))
    return [part for part in parts if part != total and part in cells]


def _places(count: CellCount, parents: Parents) -> list[Place]:
    """Return the point, if any, its unit and every unit above."""
    places = [] if count.point_id is None else [(count.unit_code, count.point_id)]
    code: str | None = count.unit_code
    while code is not None:
        places.append((code, 0))
        code = parents.get(code)
    return places
