"""Whom a closed month tells apart at each counter: by punctuality, field, agency and visit.

Decided once, when the month closes. Only what is known by itself is divided: the people of one
counter and month, or one of their streams where those stand side by side. Who wrote down the
figures of every morning knows each batch too. So a division is made where no combination of
batches and groups, which part the same people in two ways, tells of fewer than k of them.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple, TypeVar

import numpy as np
from sqlalchemy.orm import Session

from analysis.disclosure import fewest_told
from survey.period import Period
from survey.storage import questionnaires, split_tallies, stream_releases, suppressions, traits
from survey.storage.base import AnyRow, chunks
from survey.storage.questionnaires import QuestionnaireVersion
from survey.storage.split_tallies import SplitTally
from survey.storage.traits import TraitCount
from survey.sums import sums_of

# In the order they are tried: each is made only beside those before it.
SPLITS = ("on_time", "field", "agency", "visit")
PUNCTUAL = {True: "on_time", False: "late", None: None}
Row = TypeVar("Row", TraitCount, AnyRow)


class Cell(NamedTuple):
    """A counter under the unit it belonged to, and one measure."""

    measure_hash: str
    unit_code: str
    point_id: int


class Division(NamedTuple):
    """The groups that a split tells apart, by stream; `smallest` people are in any made so far."""

    split: str
    named: Mapping[str, AbstractSet[str]]
    smallest: int


def due(session: Session) -> list[Period]:
    """Return the months whose streams are decided and whose splits are not."""
    known = split_tallies.decided(session)
    months = [p for p in stream_releases.decided(session) if p.kind == "month"]
    return sorted(month for month in months if month.start not in known)


def decide(session: Session, month: Period, threshold: int) -> list[SplitTally]:
    """Return the sums of everybody who is told apart in a closed month.

    Only reads: nobody must wait for it.
    """
    tables = _tables(session, month, threshold)
    divisions = {cell: list(table.divide()) for cell, table in tables.items()}
    versions = questionnaires.by_id(session)
    found: list[SplitTally] = []
    for some in chunks([cell for cell in tables if divisions[cell]]):
        batch_ids = [number for cell in some for number in tables[cell].batch_ids]
        people = _by_cell(traits.answers(session, batch_ids))
        for cell in some:
            for division in divisions[cell]:
                told = tables[cell].told(division, people[cell])
                found += _sums(month, cell, division, told, versions)
    return found


class Table:
    """The people of one counter and month, by batch and by the groups told apart so far."""

    def __init__(self, counts: Sequence[TraitCount], threshold: int, *, is_divisible: bool) -> None:
        self._counts, self._threshold = counts, threshold
        self._is_divisible = is_divisible
        self._groups: list[tuple[str, ...]] = [(self._atom(count),) for count in counts]
        self.batch_ids = sorted({count.batch_id for count in counts})

    def divide(self) -> Iterator[Division]:
        """Yield what every split tells apart, in their order."""
        for split in SPLITS:
            if named := self._divide(split):
                yield Division(split, named, self._smallest())

    def told(self, division: Division, people: Iterable[AnyRow]) -> Mapping[str, list[AnyRow]]:
        """Return those of some people whom a division tells apart, by their group."""
        found: defaultdict[str, list[AnyRow]] = defaultdict(list)
        for row in people:
            name = _trait(row, division.split)
            if name in division.named.get(self._atom(row), ()):
                found[name].append(row)
        return found

    def _divide(self, split: str) -> dict[str, AbstractSet[str]]:
        people: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for count in self._counts:
            people[self._atom(count)][_trait(count, split)] += count.n
        found = {atom: self._named(split, atom, people[atom]) for atom in sorted(people)}
        return {atom: names for atom, names in found.items() if names}

    def _named(self, split: str, atom: str, people: Counter[str]) -> AbstractSet[str]:
        """Return the groups of a stream that are told apart; the others are one more group.

        Large ones first give way to it, the smallest before others, until it is safe.
        """
        names = [n for n in sorted(people, key=lambda n: (-people[n], n)) if n]
        if len(people) == 1:  # known already
            return frozenset(names)
        names = [name for name in names if people[name] >= self._threshold]
        while names and self._is_divisible:
            groups = self._parted(split, atom, names)
            if self._is_safe(groups):
                self._groups = groups
                return frozenset(names)
            names.pop()
        return frozenset()

    def _parted(self, split: str, atom: str, names: Sequence[str]) -> list[tuple[str, ...]]:
        return [
            (*group, name if (name := _trait(count, split)) in names else "")
            if self._atom(count) == atom
            else group
            for count, group in zip(self._counts, self._groups, strict=True)
        ]

    def _is_safe(self, groups: Sequence[tuple[str, ...]]) -> bool:
        """Say whether batches and groups, however combined, tell of k people or more."""
        columns = {group: number for number, group in enumerate(dict.fromkeys(groups))}
        lines = {batch_id: number for number, batch_id in enumerate(self.batch_ids)}
        table = np.zeros((len(lines), len(columns)), dtype=np.int32)
        for count, group in zip(self._counts, groups, strict=True):
            table[lines[count.batch_id], columns[group]] += count.n
        enough = min(table.sum(axis=0).min(), table.sum(axis=1).min()) >= self._threshold
        return bool(enough) and fewest_told(table) >= self._threshold

    def _smallest(self) -> int:
        people: Counter[tuple[str, ...]] = Counter()
        for count, group in zip(self._counts, self._groups, strict=True):
            people[group] += count.n
        return min(people.values())

    def _atom(self, row: TraitCount | AnyRow) -> str:
        """Return what a person is known as before: of a stream, or of the whole."""
        return str(row.stream) if self._is_divisible else ""


def _tables(session: Session, month: Period, threshold: int) -> dict[Cell, Table]:
    hidden = suppressions.hidden(session, month)
    cells = _by_cell(traits.counts(session, month))
    people = {
        measure: stream_releases.people_by_place(session, measure, month)
        for measure in {cell.measure_hash for cell in cells}
    }
    return {
        cell: Table(
            counts,
            threshold,
            is_divisible=_is_divisible(
                counts, people[cell.measure_hash].get((cell.unit_code, cell.point_id))
            ),
        )
        for cell, counts in cells.items()
        if (cell.measure_hash, month.start, month.end, "headline", *cell[1:]) not in hidden
    }


def _is_divisible(counts: Sequence[TraitCount], side_by_side: int | None) -> bool:
    """Say whether every stream is known by itself, and no figure leaves some of it out.

    `side_by_side`: of how many people the streams are shown.
    """
    whole = all(count.marks_apart is False for count in counts)
    one = len({count.stream for count in counts}) == 1
    return whole and (one or side_by_side == sum(count.n for count in counts))


def _sums(
    month: Period,
    cell: Cell,
    division: Division,
    told: Mapping[str, list[AnyRow]],
    versions: Mapping[int, QuestionnaireVersion],
) -> Iterator[SplitTally]:
    for category, rows in told.items():
        yield SplitTally(
            **cell._asdict(),
            month=month.start,
            split=division.split,
            category=category,
            n=len(rows),
            smallest=division.smallest,
            sums=sums_of(rows, versions),
        )


def _trait(row: TraitCount | AnyRow, split: str) -> str:
    """Return what a split says of a person; empty where nothing is known."""
    said = {
        "on_time": PUNCTUAL[row.on_time],
        "field": row.field,
        "agency": row.deciding_agency,
        "visit": row.visit,
    }
    return said[split] or ""


def _by_cell(rows: Iterable[Row]) -> defaultdict[Cell, list[Row]]:
    found: defaultdict[Cell, list[Row]] = defaultdict(list)
    for row in rows:
        found[Cell(row.measure_hash, row.unit_code, row.point_id)].append(row)
    return found
