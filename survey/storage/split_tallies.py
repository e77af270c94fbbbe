"""The sums of those who were told apart: by visit, field, deciding agency, punctuality.

Of one counter and month each, decided once, when the month closes, and kept for ever.
"""

from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import date

from sqlalchemy import ForeignKey, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from survey.period import Period
from survey.storage.base import AnyRow, Base, chunks


class SplitTally(Base):
    """One group of a counter and month; `smallest` people stand in any group told apart there."""

    __tablename__ = "split_tally"

    measure_hash: Mapped[str] = mapped_column(primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    unit_code: Mapped[str] = mapped_column(primary_key=True)
    point_id: Mapped[int] = mapped_column(ForeignKey("service_point.id"), primary_key=True)
    split: Mapped[str] = mapped_column(primary_key=True)
    category: Mapped[str] = mapped_column(primary_key=True)
    n: Mapped[int]
    smallest: Mapped[int]
    sums: Mapped[bytes]


class SplitMonth(Base):
    """A month that was decided, whatever came of it."""

    __tablename__ = "split_month"

    month: Mapped[date] = mapped_column(primary_key=True)


def put(session: Session, month: Period, groups: Sequence[SplitTally]) -> None:
    """Store what is told apart in a month; nothing if somebody else decided it meanwhile."""
    columns = [column.name for column in SplitTally.__table__.c]
    rows = [{name: getattr(group, name) for name in columns} for group in groups]
    with suppress(IntegrityError), session.begin_nested():
        session.execute(insert(SplitMonth), {"month": month.start})
        for some in chunks(rows):
            session.execute(insert(SplitTally), some)


def decided(session: Session) -> set[date]:
    """Return the first days of the months that are decided."""
    return set(session.scalars(select(SplitMonth.month)))


def within(
    session: Session, codes: Collection[str], period: Period, measure_hash: str
) -> Sequence[AnyRow]:
    """Return the groups of these units' counters in the months of a period."""
    query = select(*SplitTally.__table__.c).where(
        SplitTally.measure_hash == measure_hash,
        SplitTally.month >= period.start,
        SplitTally.month < period.end,
        SplitTally.unit_code.in_(codes),
    )
    return session.execute(query).all()
