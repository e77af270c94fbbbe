"""Batches: the atoms of what is shown. At least k answers enter together and never part."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date

from sqlalchemy import ColumnElement, ForeignKey, Index, and_, false, func, not_, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from survey import period
from survey.period import Period
from survey.storage.base import Base, chunks


class Batch(Base):
    """Answers of one unit, period and measure that were released together.

    They come from one point, or (`point_id` empty) from the leftovers of several points of
    the unit when their period closed. The unit is the one of the days they were given on.
    """

    __tablename__ = "batch"
    __table_args__ = (Index(None, "unit_code", "starts_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_code: Mapped[str]
    point_id: Mapped[int | None] = mapped_column(ForeignKey("service_point.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    questionnaire_id: Mapped[int] = mapped_column(ForeignKey("questionnaire_version.id"))
    measure_hash: Mapped[str]
    # Answers brought in from elsewhere stay apart, so that either sum is one of whole batches.
    is_imported: Mapped[bool]
    n: Mapped[int]
    closed_on: Mapped[date]
    # Whether the second figure leaves its irregular answers out; decided once, when its period
    # closes, for all batches of an owner that are decided together.
    marks_apart: Mapped[bool | None]

    @property
    def period(self) -> Period:
        """The fixed period the batch belongs to."""
        return Period(self.starts_on, self.ends_on)


def add(session: Session, batch: Batch) -> Batch:
    """Store a batch and give it its id."""
    session.add(batch)
    session.flush()
    return batch


def by_id(session: Session, ids: Collection[int]) -> dict[int, Batch]:
    """Return batches by their id."""
    return {batch.id: batch for batch in session.scalars(select(Batch).where(Batch.id.in_(ids)))}


def id_chunks(session: Session) -> Iterator[Sequence[int]]:
    """Yield the ids of all batches in runs that one statement may name."""
    yield from chunks(session.scalars(select(Batch.id).order_by(Batch.id)).all())


def are_of(codes: Collection[str], first_days: Mapping[str, date]) -> ColumnElement[bool]:
    """Return the condition that a batch is of units, not of others that had their codes before.

    `first_days`: since when a code is its unit's.
    """
    others = [and_(Batch.unit_code == code, Batch.ends_on <= on) for code, on in first_days.items()]
    return and_(Batch.unit_code.in_(codes), not_(or_(false(), *others)))


def latest_month(
    session: Session, codes: Collection[str], ended_by: date = date.max
) -> date | None:
    """Return the first day of the latest period, ended by a day, that units have a batch of."""
    query = select(func.max(Batch.starts_on)).where(Batch.unit_code.in_(codes))
    return session.scalar(query.where(Batch.ends_on <= ended_by))


def first_day(session: Session, codes: Collection[str]) -> date | None:
    """Return the first day of the earliest period in which these units have a batch."""
    return session.scalar(select(func.min(Batch.starts_on)).where(Batch.unit_code.in_(codes)))


def years(session: Session) -> set[int]:
    """Return the years that have batches."""
    starts = session.scalars(select(Batch.starts_on).distinct())
    return {period.containing(start, "year").year for start in starts}


def undecided(session: Session, until: date) -> Sequence[Batch]:
    """Return the batches of periods that ended by a date, their marks not yet decided."""
    query = select(Batch).where(Batch.marks_apart.is_(None), Batch.ends_on <= until)
    return session.scalars(query.order_by(Batch.id)).all()
