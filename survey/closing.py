"""The daily close: waiting answers become batches, batches become tallies.

The rule that protects the citizen: an answer is shown only as part of a batch of at least k
people, whole, and a batch never leaves its period. Decision 7 tells it in full.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from sqlalchemy.orm import Session

from survey import cells, judging, period, sifting
from survey.db import CLOSE_LOCK, lock
from survey.period import CLOSES_AFTER, Period
from survey.storage import (
    batches,
    closes,
    marks,
    questionnaires,
    receipts,
    responses,
    seen_nonces,
    tallies,
)
from survey.storage.base import AnyRow
from survey.storage.batches import Batch
from survey.storage.closes import Close
from survey.storage.questionnaires import QuestionnaireVersion
from survey.storage.tallies import Tally
from survey.sums import sums_of

# The periods that a unit's leftovers are tried for, shortest first.
LEFTOVER_KINDS = ("month", "quarter", "year")
ONE_DAY = timedelta(days=1)
T = TypeVar("T")
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class CloseResult:
    """What one close did."""

    batches: int
    answers: int
    waiting: int
    suppressed: int


@dataclass(frozen=True)
class Group:
    """What the answers of one batch have in common; no point for a unit's leftovers."""

    unit_code: str
    point_id: int | None
    period: Period
    measure_hash: str
    is_imported: bool


def close_day(session: Session, day: date, *, at: datetime, threshold: int) -> CloseResult | None:
    """Close a business day and every period due with it; None when it was closed before.

    `threshold` is k, the smallest number of people in a batch. Everything happens in the
    caller's transaction: a close that is cut off has not happened.
    """
    before = closes.last(session, day)
    close = closes.claim(session, day, at, threshold)
    if close is None:
        return None
    result = release(session, day, threshold, before)
    close.batches, close.answers = result.batches, result.answers
    close.suppressed = result.suppressed
    seen_nonces.forget(session, at)
    return result


def release(session: Session, day: date, threshold: int, before: Close | None) -> CloseResult:
    """Put what waits into batches, bring marks into effect, decide which cells stay hidden.

    `before` is the close of the last day closed: another k than then means that every cell is
    decided again.
    """
    lock(session.connection(), CLOSE_LOCK)
    sifting.sift(session, day, threshold)
    judging.judge(session, day, before.day if before else None, threshold)
    act = _Release(session, day, threshold)
    waiting = responses.waiting(session, day)
    receipts.forget(session, [row.key for row in waiting])
    left = act.of_points(waiting)
    for kind in LEFTOVER_KINDS:
        left = act.of_units(left, kind)
    act.apply_marks()
    act.decide_marks()
    year = period.containing(day, "year").year
    years = act.years | {year - 1, year}
    if before and before.threshold != threshold:
        years |= batches.years(session)
    hidden = sum(cells.hide(session, year, day, threshold) for year in sorted(years))
    return CloseResult(act.made, act.released, len(_counted(left)), hidden)


def check(session: Session) -> list[int]:
    """Tally every released answer again; return the batches whose stored sums differ.

    The session must see one snapshot.
    """
    versions, wrong = questionnaires.by_id(session), []
    for ids in batches.id_chunks(session):
        answers = _grouped(responses.released(session, ids), lambda row: row.batch_id)
        stored = _grouped(tallies.of_batches(session, ids), lambda row: row.batch_id)
        wrong += [
            number
            for number in ids
            if _values(_tallies(number, answers[number], versions)) != _values(stored[number])
        ]
    return wrong


class _Release:
    """One release: which versions there are, from which k on, and what it has made so far."""

    def __init__(self, session: Session, day: date, threshold: int) -> None:
        self._session, self._day, self._threshold = session, day, threshold
        self._versions = questionnaires.by_id(session)
        self.made = self.released = 0
        self.years: set[int] = set()

    def of_points(self, rows: Iterable[AnyRow]) -> list[AnyRow]:
        """Release the large enough groups of a point and month; return what is left."""
        return self._put_large(_grouped(rows, lambda row: self._group(row, row.point_id, "month")))

    def of_units(self, rows: Iterable[AnyRow], kind: str) -> list[AnyRow]:
        """Release the large enough leftovers of a unit in closed periods of one kind."""
        groups = _grouped(rows, lambda row: self._group(row, None, kind))
        due = {g: r for g, r in groups.items() if g.period.last_day_to_close <= self._day}
        open_still = [row for group in groups.keys() - due.keys() for row in groups[group]]
        return open_still + self._put_large(due)

    def apply_marks(self) -> None:
        """Bring new marks into effect where the second figure was never shown."""
        changed = marks.changes(self._session)
        owners = batches.by_id(self._session, {row.batch_id for row in changed})
        open_still = [row for row in changed if owners[row.batch_id].marks_apart is None]
        marks.apply(self._session, [row.key for row in open_still])
        self._tally_again({row.batch_id for row in open_still})

    def decide_marks(self) -> None:
        """Decide for the owners of closed periods whether their marks stand apart, for ever.

        Elsewhere the second figure keeps everybody.
        """
        due = batches.undecided(self._session, self._day - CLOSES_AFTER + ONE_DAY)
        marked = tallies.marked(self._session)
        for group in _grouped(due, _owner).values():
            parts = [(n := marked.get(batch.id, 0), batch.n - n) for batch in group]
            for batch in group:
                batch.marks_apart = self._stand_apart(parts)
        self._session.flush()

    def _stand_apart(self, parts: Sequence[tuple[int, int]]) -> bool:
        """Say whether batches of marked and unmarked people tell of k or more of either.

        Who noted every morning's figures knows each batch: where few are on its smaller side,
        the marked less the batches tell of these.
        """
        n_marked, regular = (sum(side) for side in zip(*parts, strict=True))
        left_over = sum(min(part) for part in parts)
        few = 0 < left_over < self._threshold
        return min(n_marked, regular) >= self._threshold and not few

    def _group(self, row: AnyRow, point_id: int | None, kind: str) -> Group:
        return Group(
            row.unit_code,
            point_id,
            period.containing(row.business_day, kind),
            self._versions[row.questionnaire_id].measure_hash,
            row.import_id is not None,
        )

    def _put_large(self, groups: Mapping[Group, list[AnyRow]]) -> list[AnyRow]:
        left = []
        for group, rows in groups.items():
            if len(_counted(rows)) >= self._threshold:
                self._put(group, rows)
            else:
                left += rows
        return left

    def _put(self, group: Group, rows: list[AnyRow]) -> None:
        """Make a batch; what no headline counts goes with it, and into no sum."""
        counted = _counted(rows)
        batch = batches.add(
            self._session,
            Batch(
                unit_code=group.unit_code,
                point_id=group.point_id,
                starts_on=group.period.start,
                ends_on=group.period.end,
                questionnaire_id=max(row.questionnaire_id for row in rows),
                measure_hash=group.measure_hash,
                is_imported=group.is_imported,
                n=len(counted),
                closed_on=self._day,
            ),
        )
        responses.release(self._session, rows, batch.id)
        tallies.put(self._session, batch.id, _tallies(batch.id, counted, self._versions))
        self.made += 1
        self.released += len(counted)
        self.years.add(group.period.year)

    def _tally_again(self, batch_ids: set[int]) -> None:
        answers = _grouped(responses.released(self._session, batch_ids), lambda row: row.batch_id)
        for number, rows in answers.items():
            tallies.put(self._session, number, _tallies(number, rows, self._versions))


def _counted(rows: Iterable[AnyRow]) -> list[AnyRow]:
    return [row for row in rows if not row.left_out]


def _owner(batch: Batch) -> Group:
    return Group(
        batch.unit_code, batch.point_id, batch.period, batch.measure_hash, batch.is_imported
    )


def _tallies(
    batch_id: int, rows: Iterable[AnyRow], versions: Mapping[int, QuestionnaireVersion]
) -> list[Tally]:
    """Return the sums of a batch's answers, by stream and mark."""
    parts = _grouped(rows, lambda row: (row.channel, row.flagged))
    return [
        Tally(
            batch_id=batch_id,
            stream=stream,
            flagged=flagged,
            n=len(part),
            sums=sums_of(part, versions),
        )
        for (stream, flagged), part in parts.items()
    ]


def _values(rows: Iterable[Tally]) -> dict[tuple[str, bool], tuple[int, bytes]]:
    return {(row.stream, row.flagged): (row.n, row.sums) for row in rows}


def _grouped(rows: Iterable[T], key: Callable[[T], Key]) -> defaultdict[Key, list[T]]:
    groups: defaultdict[Key, list[T]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return groups
