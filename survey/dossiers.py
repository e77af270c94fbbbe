"""Results handed over, from a dossier system's file into the denominators, all or none.

Nothing is overwritten in silence: what differs from what is known waits until it is said to
replace it, and then both stay, dated.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from survey import period, tables
from survey.answers_file.mapping import names_of
from survey.answers_file.places import point_finder
from survey.answers_file.rows import Tally
from survey.dossiers_file.columns import CountNames, recognise
from survey.dossiers_file.rows import Counted, CountReader, check
from survey.period import Period
from survey.reasons import Reason, WrongFile
from survey.storage import denominators
from survey.storage.denominators import Cell, Counts, Known
from survey.storage.points import ServicePoint
from survey.tables import Row, Table


@dataclass(frozen=True, kw_only=True)
class Source:
    """What a person hands over: a file, a mapping or none, and which points it may be about.

    All results belong to `point`, or each to the one of `points` that its row names.
    """

    file: BinaryIO
    name: str
    mapping: bytes | None
    point: ServicePoint | None
    points: Sequence[ServicePoint]


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A file whose columns are understood and whose rows wait to be counted."""

    table: Table
    reader: CountReader
    source: Source


@dataclass(frozen=True, kw_only=True)
class Correction:
    """A count that differs from what is known."""

    point: ServicePoint
    month: Period
    channel: str
    before: int
    after: int


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What an import will do: the counts to store, what they correct, what is left aside.

    `n_same` cells say what is known already.
    """

    counts: Counts
    known: dict[Cell, Known]
    corrections: Sequence[Correction]
    n_same: int
    counted: Counted
    ignored: Sequence[str]
    replace: bool

    @property
    def n(self) -> int:
        """How many results will be stored."""
        return sum(parts.total() for parts in self.counts.values())

    @property
    def running(self) -> Tally:
        """The rows of months that have not ended."""
        return self.counted.running

    @property
    def is_held(self) -> bool:
        """Whether it would replace what is known, and nobody has said that it may."""
        return bool(self.corrections) and not self.replace

    @property
    def may_be_stored(self) -> bool:
        """Whether nothing is wrong, nothing is held, and there is something to store."""
        return bool(self.counts) and not self.counted.n_refused and not self.is_held


def prepare(source: Source, today: date) -> Opened:
    """Return a file with its columns understood; WrongFile when they cannot be."""
    point = source.point
    if point is not None and point.is_test:
        raise WrongFile(Reason("test_point", {"point": point.name}))
    said = names_of(CountNames, source.mapping)
    table = tables.opened(source.file, source.name)
    columns = recognise(table.header, said, one_point=point is not None)
    find = point or point_finder(source.points)
    reader = CountReader(columns=columns, point=find, today=today)
    return Opened(table=table, reader=reader, source=source)


def plan(reading: Session, opened: Opened, rows: Iterable[Row], *, replace: bool) -> Plan:
    """Return what to do with the rows of a file; WrongFile when it has none."""
    counted = check(rows, opened.reader)
    if not (counted.counts or counted.running.n or counted.n_refused):
        raise WrongFile(Reason("no_dossiers", {"file": opened.source.name}))
    known = denominators.in_force(reading, counted.counts)
    new = {
        cell: parts
        for cell, parts in counted.counts.items()
        if cell not in known or known[cell].parts != parts
    }
    return Plan(
        counts=new,
        known=known,
        corrections=_corrections(new, known, opened.source),
        n_same=len(counted.counts) - len(new),
        counted=counted,
        ignored=opened.reader.columns.ignored,
        replace=replace,
    )


def store(session: Session, plan: Plan, on: date) -> None:
    """Store the counts of a plan; WrongFile when somebody else stores the same at this moment."""
    try:
        denominators.put(session, plan.counts, plan.known, on)
    except IntegrityError as error:
        session.rollback()
        raise WrongFile(Reason("counted_at_once")) from error


def summary(plan: Plan) -> str:
    """Return what the audit log keeps of a plan."""
    places = len({(cell.point_id, cell.month) for cell in plan.counts})
    corrected = f", {len(plan.corrections)} corrected" if plan.corrections else ""
    return f"{plan.n} results, {places} points and months{corrected}"


def _corrections(new: Counts, known: dict[Cell, Known], source: Source) -> list[Correction]:
    points = {point.id: point for point in source.points}
    if source.point is not None:
        points[source.point.id] = source.point
    return [
        Correction(
            point=points[cell.point_id],
            month=period.containing(cell.month),
            channel=cell.channel,
            before=known[cell].n,
            after=parts.total(),
        )
        for cell, parts in sorted(new.items())
        if cell in known
    ]
