"""Tallies: the integer sums of each batch, from which everything shown is added up."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, ForeignKey, and_, delete, false, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from survey.period import Period
from survey.storage.base import Base
from survey.storage.batches import Batch


class Tally(Base):
    """The sums of one stream (channel) of a batch, irregular answers apart."""

    __tablename__ = "tally"

    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"), primary_key=True)
    stream: Mapped[str] = mapped_column(primary_key=True)
    flagged: Mapped[bool] = mapped_column(primary_key=True)
    n: Mapped[int]
    sums: Mapped[bytes]


class TallyRow(NamedTuple):  # made by the hundred thousand
    """A tally with what its batch says about it.

    `sums` of each batch it was added up from, whose numbers are `batches`; none where those are
    not known. A batch holds what one point received from one daily close to the next that
    released anything: a day, where people come.
    """

    unit_code: str
    point_id: int | None
    starts_on: date
    ends_on: date
    measure_hash: str
    is_imported: bool
    marks_apart: bool | None
    stream: str
    flagged: bool
    n: int
    batches: tuple[int, ...]
    sums: tuple[bytes, ...]

    @property
    def cell(self) -> tuple[object, ...]:
        """All but its people and their sums: tallies alike in this add up."""
        return self[:-3]


@dataclass(frozen=True, kw_only=True)
class CellCount:
    """How many people a cell of the release holds."""

    unit_code: str
    point_id: int | None
    starts_on: date
    ends_on: date
    measure_hash: str
    is_imported: bool
    n: int


@dataclass(frozen=True, kw_only=True)
class StreamCount(CellCount):
    """How many people of one stream a cell of the release holds.

    `apart`: those whom the second figure leaves out.
    """

    stream: str
    apart: bool


@dataclass(frozen=True, kw_only=True)
class BatchCount(CellCount):
    """How many people of one stream a batch holds."""

    batch_id: int
    stream: str


def put(session: Session, batch_id: int, tallies: Iterable[Tally]) -> None:
    """Store the tallies of a batch in place of those it had."""
    session.execute(delete(Tally).where(Tally.batch_id == batch_id))
    session.add_all(tallies)
    session.flush()


def of_batches(session: Session, batch_ids: Collection[int]) -> Sequence[Tally]:
    """Return the tallies of these batches."""
    return session.scalars(select(Tally).where(Tally.batch_id.in_(batch_ids))).all()


def marked(session: Session) -> dict[int, int]:
    """Return how many answers of each batch are marked, where it is not decided what follows."""
    query = (
        select(Tally.batch_id, func.sum(Tally.n))
        .join(Batch, Batch.id == Tally.batch_id)
        .where(Tally.flagged, Batch.marks_apart.is_(None))
        .group_by(Tally.batch_id)
    )
    return dict(session.execute(query).all())


def vectors(session: Session, codes: Collection[str], period: Period) -> Sequence[TallyRow]:
    """Return the tallies of these units' batches that lie whole within a period."""
    columns = [
        *(Batch.__table__.c[name] for name in _OF_BATCH),
        *(Tally.__table__.c[name] for name in ("stream", "flagged", "n", "batch_id", "sums")),
    ]
    query = (
        select(*columns)
        .join(Tally, Tally.batch_id == Batch.id)
        .where(Batch.unit_code.in_(codes), _within(period))
    )
    return [
        TallyRow._make((*own, (batch_id,), (sums,)))
        for *own, batch_id, sums in session.execute(query)
    ]


def counts(session: Session, period: Period) -> Sequence[CellCount]:
    """Return how many people every cell of the whole tree holds, over a period's batches."""
    keys = [Batch.__table__.c[name] for name in _OF_CELL]
    query = select(*keys, func.sum(Batch.n).label("n")).where(_within(period)).group_by(*keys)
    return [CellCount(**row) for row in session.execute(query).mappings()]


def stream_counts(session: Session, period: Period) -> Sequence[StreamCount]:
    """Return how many people of each stream the cells of the whole tree hold; none imported."""
    apart = and_(Tally.flagged, func.coalesce(Batch.marks_apart, false())).label("apart")
    keys = [*(Batch.__table__.c[name] for name in _OF_CELL), Tally.stream, apart]
    query = (
        select(*keys, func.sum(Tally.n).label("n"))
        .join(Batch, Batch.id == Tally.batch_id)
        .where(_within(period), Batch.is_imported.is_(False))
        .group_by(*keys)
    )
    return [StreamCount(**row) for row in session.execute(query).mappings()]


def batch_counts(session: Session, period: Period) -> Sequence[BatchCount]:
    """Return how many people of each stream the batches of the whole tree hold; none imported."""
    columns = (*(Batch.__table__.c[name] for name in _OF_CELL), Tally.batch_id, Tally.stream)
    query = (
        select(*columns, func.sum(Tally.n).label("n"))
        .join(Batch, Batch.id == Tally.batch_id)
        .where(_within(period), Batch.is_imported.is_(False))
        .group_by(*columns)
    )
    return [BatchCount(**row) for row in session.execute(query).mappings()]


_OF_CELL = ("unit_code", "point_id", "starts_on", "ends_on", "measure_hash", "is_imported")
_OF_BATCH = (*_OF_CELL, "marks_apart")


def _within(period: Period) -> ColumnElement[bool]:
    return and_(Batch.starts_on >= period.start, Batch.ends_on <= period.end)
