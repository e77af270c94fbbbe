"""What was released of each peer in each period, by the units it is made of today."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from sqlalchemy.orm import Session

from survey.period import Period
from survey.reports import kept
from survey.storage import boundary_changes, suppressions
from survey.storage.boundary_changes import BoundaryChange
from survey.storage.responses import Received
from survey.storage.tallies import TallyRow

SPLIT = "headline"
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Cell:
    """The released tallies of a peer in a period; none where they are hidden or refused.

    `changes` of its boundaries since the period began: across a full succession the forebears
    are counted in, across a partial one nothing can be compared.
    """

    rows: tuple[TallyRow, ...] = ()
    is_hidden: bool = False
    changes: tuple[BoundaryChange, ...] = ()

    @property
    def partial(self) -> tuple[BoundaryChange, ...]:
        """The changes that forbid a comparison."""
        return tuple(change for change in self.changes if not change.full)


class Released:
    """The tallies of some peers over some periods, read once."""

    def __init__(
        self, session: Session, owner_of: Mapping[str, str], periods: Sequence[Period]
    ) -> None:
        start, end = min(p.start for p in periods), max(p.end for p in periods)
        self._owner_of, self._span = owner_of, Period(start, end)
        # Also those after the periods: the tree is today's.
        self._changes = boundary_changes.into(session, owner_of, start, date.max)
        codes = {*owner_of, *(change.old_code for change in self._changes)}
        self._hidden = suppressions.hidden(session, self._span)
        self._rows: defaultdict[str, list[TallyRow]] = defaultdict(list)
        # Whose answers are counted as received, too.
        self._kept = kept.released(session, codes, self._span, frozenset(owner_of))
        for row in self._kept.rows:
            if not row.is_imported:
                self._rows[row.unit_code].append(row)
        self._codes: defaultdict[str, list[str]] = defaultdict(list)
        for code, peer in owner_of.items():
            self._codes[peer].append(code)

    def once(self, key: Hashable, work: Callable[[], T]) -> T:
        """Return what a piece of work gave the first time; the key names all it depends on."""
        return self._kept.once(key, work)

    def received(self, session: Session, period: Period) -> Sequence[Received]:
        """Return how many answers came to the counters of the peers in a period."""
        return self._kept.received(session, self._owner_of, period)

    def people(self, period: Period, peer: str | None = None) -> Counter[str]:
        """Return how many people of the peers, or of one, answered each instrument."""
        found: Counter[str] = Counter()
        for code in self._owner_of if peer is None else self._codes[peer]:
            for row in self._within(code, period):
                found[row.measure_hash] += row.n
        return found

    def cell(self, peer: str, period: Period, measure: str) -> Cell:
        """Return what was released of a peer in a period."""
        codes = self._codes[peer]
        changes = self._since(codes, period)
        if any(not change.full for change in changes):
            return Cell(changes=changes)
        if any(self.hides(code, 0, period, measure) for code in [peer, *_old(changes)]):
            return Cell(is_hidden=True, changes=changes)
        rows = [row for code in {*codes, *_old(changes)} for row in self._within(code, period)]
        kept = (row for row in rows if row.measure_hash == measure and _is_its_own(row, changes))
        return Cell(rows=tuple(kept), changes=changes)

    def hides(self, code: str, point_id: int, period: Period, measure: str) -> bool:
        """Say whether the release hides a unit (point 0) or a point in a period."""
        return (measure, period.start, period.end, SPLIT, code, point_id) in self._hidden

    def _within(self, code: str, period: Period) -> Iterable[TallyRow]:
        return (
            row
            for row in self._rows[code]
            if row.starts_on >= period.start and row.ends_on <= period.end
        )

    def _since(self, codes: Collection[str], period: Period) -> tuple[BoundaryChange, ...]:
        """Return the changes since a period began that led to these units, step by step."""
        found: list[BoundaryChange] = []
        wanted = set(codes)
        while wanted:
            new = [c for c in self._changes if c.new_code in wanted and c.on > period.start]
            new = [change for change in new if change not in found]
            found += new
            wanted = {change.old_code for change in new}
        return tuple(found)


def _old(changes: Iterable[BoundaryChange]) -> set[str]:
    return {change.old_code for change in changes}


def _is_its_own(row: TallyRow, changes: Sequence[BoundaryChange]) -> bool:
    """Say whether a batch is of these units: a code may have been another unit's before."""
    ended = [change.on for change in changes if change.old_code == row.unit_code]
    begun = [change.on for change in changes if change.new_code == row.unit_code]
    is_forebears = any(row.starts_on < on for on in ended)
    return is_forebears or (not ended and not begun) or any(row.starts_on >= on for on in begun)
