"""Cells that are not shown: fewer than k people, or what would give such a cell away.

Computed over the whole tree at the close, before any viewer's scope, and kept here.
"""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from survey.period import Period
from survey.storage.base import Base


class Suppression(Base):
    """One hidden cell; `point_id` 0 is the unit itself."""

    __tablename__ = "suppression"

    measure_hash: Mapped[str] = mapped_column(primary_key=True)
    starts_on: Mapped[date] = mapped_column(primary_key=True)
    ends_on: Mapped[date] = mapped_column(primary_key=True)
    split: Mapped[str] = mapped_column(primary_key=True)
    unit_code: Mapped[str] = mapped_column(primary_key=True)
    point_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


def put(session: Session, year: Period, cells: Iterable[Suppression]) -> int:
    """Store the hidden cells of a year in place of those it had; return how many."""
    inside = (Suppression.starts_on >= year.start, Suppression.ends_on <= year.end)
    session.execute(delete(Suppression).where(*inside))
    rows = list(cells)
    session.add_all(rows)
    session.flush()
    return len(rows)


Hidden = frozenset[tuple[object, ...]]


def hidden(session: Session, span: Period) -> Hidden:
    """Return (measure, start, end, split, unit, point or 0) of every hidden cell of a span."""
    query = select(
        Suppression.measure_hash,
        Suppression.starts_on,
        Suppression.ends_on,
        Suppression.split,
        Suppression.unit_code,
        Suppression.point_id,
    ).where(Suppression.starts_on >= span.start, Suppression.ends_on <= span.end)
    return frozenset(tuple(row) for row in session.execute(query))
