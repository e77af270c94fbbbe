"""What was released to some units, added up by cell and kept in memory until the next release.

A close every day makes ten batches where a page shows one sum, and nothing released changes
between two closes.
"""

import threading
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from itertools import chain
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy.orm import Session
from sqlalchemy.pool import Pool

from survey.period import Period
from survey.storage import closes, responses, tallies
from survey.storage.responses import Received
from survey.storage.tallies import TallyRow

T = TypeVar("T")
# A third of a kilobyte each: room for two years of a large province, a million answers each.
MOST_TALLIES = 500_000


class Kept:
    """The tallies of some units over a span, and what was worked out from them alone."""

    def __init__(self, rows: Sequence[TallyRow]) -> None:
        self.rows = rows
        self.size = sum(len(row.sums) for row in rows)
        self._found: dict[Hashable, Any] = {}

    def once(self, key: Hashable, work: Callable[[], T]) -> T:
        """Return what a piece of work gave the first time; the key names all it depends on."""
        if key not in self._found:
            self._found[key] = work()
        found: T = self._found[key]
        return found

    def received(
        self, session: Session, codes: Collection[str], period: Period
    ) -> Sequence[Received]:
        """Return how many answers these units received: what waits for a close is counted anew."""
        settled = self.once(
            ("received", period),
            lambda: responses.received(session, codes, period, waiting=False),
        )
        return [*settled, *responses.received(session, codes, period, waiting=True)]


class _Store:
    """What is kept of one database: of its last release, what was used last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._release: object = None
        self._kept: OrderedDict[Hashable, Kept] = OrderedDict()

    def get(self, release: object, key: Hashable) -> Kept | None:
        with self._lock:
            if release != self._release:
                self._release = release
                self._kept.clear()
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, release: object, key: Hashable, kept: Kept) -> None:
        with self._lock:
            if release != self._release:
                return
            self._kept[key] = kept
            while sum(each.size for each in self._kept.values()) > MOST_TALLIES:
                self._kept.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._release = None
            self._kept.clear()


_stores: WeakKeyDictionary[Pool, _Store] = WeakKeyDictionary()


def released(
    session: Session, codes: Collection[str], span: Period, shape: Hashable = None
) -> Kept:
    """Return what was released to some units in a span.

    `shape` names what else `once` may depend on. Kept for sessions that see one moment and
    write nothing; read anew for any other.
    """
    engine = session.get_bind().engine
    if not engine.get_execution_options().get("read_only"):
        return Kept(_added_up(tallies.vectors(session, codes, span)))
    store = _stores.setdefault(engine.pool, _Store())
    release = closes.release(session)
    key = (frozenset(codes), span, shape)
    kept = store.get(release, key)
    if kept is None:
        kept = Kept(_added_up(tallies.vectors(session, codes, span)))
        store.put(release, key, kept)
    return kept


def forget(session: Session) -> None:
    """Keep nothing of a database: for a release that no close stands for."""
    if store := _stores.get(session.get_bind().engine.pool):
        store.clear()


def _added_up(rows: Iterable[TallyRow]) -> list[TallyRow]:
    """Return one row for each cell, stream and mark in place of those of its batches."""
    cells: defaultdict[Hashable, list[TallyRow]] = defaultdict(list)
    for row in rows:
        cells[row.cell].append(row)
    return [own[0] if len(own) == 1 else _together(own) for own in cells.values()]


def _together(rows: Sequence[TallyRow]) -> TallyRow:
    return rows[0]._replace(
        n=sum(row.n for row in rows),
        batches=tuple(chain.from_iterable(row.batches for row in rows)),
        sums=tuple(chain.from_iterable(row.sums for row in rows)),
    )
