"""Denominators: how many results were handed over, by point, month and way.

What was stored is never changed: a correction is the next version, dated, and the one before
stays to be read. All of a point, month and way is corrected together.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    UniqueConstraint,
    Update,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from survey import period
from survey.period import Period
from survey.storage.base import Base, chunks

# How a result reaches the citizen; each is a stratum of its own.
COUNTER, ONLINE, POSTAL = "counter", "online", "postal"
CHANNELS = (COUNTER, ONLINE, POSTAL)


class Denominator(Base):
    """How many results one point handed over in one month and way, by one import.

    The unit is the one the point belonged to; `replaced_on` is empty while it is in force.
    """

    __tablename__ = "denominator"
    __table_args__ = (
        UniqueConstraint("unit_code", "point_id", "month", "channel", "version"),
        Index(None, "unit_code", "month"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_code: Mapped[str]
    point_id: Mapped[int] = mapped_column(ForeignKey("service_point.id"))
    month: Mapped[date]
    channel: Mapped[str]
    version: Mapped[int]
    n: Mapped[int]
    stored_on: Mapped[date]
    replaced_on: Mapped[date | None]


class DenominatorPart(Base):
    """Those of one field, deciding agency and punctuality; empty where the list did not say."""

    __tablename__ = "denominator_part"

    id: Mapped[int] = mapped_column(primary_key=True)
    denominator_id: Mapped[int] = mapped_column(ForeignKey(Denominator.id), index=True)
    field: Mapped[str | None]
    deciding_agency: Mapped[str | None]
    on_time: Mapped[bool | None]
    n: Mapped[int]


class Cell(NamedTuple):
    """What is counted, and corrected, as a whole."""

    unit_code: str
    point_id: int
    month: date
    channel: str


class Part(NamedTuple):
    """What else a list may say of a result."""

    field: str | None
    deciding_agency: str | None
    on_time: bool | None


Counts = Mapping[Cell, Counter[Part]]


@dataclass(frozen=True)
class Known:
    """What is in force for a cell."""

    version: int
    parts: Counter[Part]

    @property
    def n(self) -> int:
        """How many results that is."""
        return self.parts.total()


def in_force(session: Session, cells: Collection[Cell]) -> dict[Cell, Known]:
    """Return what is known of some cells."""
    found: dict[Cell, Known] = {}
    for ids in chunks(sorted({cell.point_id for cell in cells})):
        query = (
            select(*_CELL, Denominator.version, *_PART, DenominatorPart.n)
            .outerjoin(DenominatorPart, DenominatorPart.denominator_id == Denominator.id)
            .where(Denominator.point_id.in_(ids), Denominator.replaced_on.is_(None))
        )
        for row in session.execute(query).mappings():
            cell = Cell(*(row[name] for name in Cell._fields))
            known = found.setdefault(cell, Known(row["version"], Counter()))
            if row["n"] is not None:
                known.parts[Part(*(row[name] for name in Part._fields))] = row["n"]
    return {cell: found[cell] for cell in cells if cell in found}


def put(session: Session, counts: Counts, known: Mapping[Cell, Known], on: date) -> None:
    """Store counts in place of what was known of their cells.

    Raises IntegrityError where somebody else has replaced that meanwhile.
    """
    # In one order, so that two imports of the same cells wait for each other.
    for cell, parts in sorted(counts.items()):
        before = known.get(cell)
        row = Denominator(
            **cell._asdict(),
            version=before.version + 1 if before else 1,
            n=parts.total(),
            stored_on=on,
        )
        session.add(row)
        session.flush()
        if before:
            session.execute(_replacing(cell, row.version, on))
        values = [{"denominator_id": row.id, **p._asdict(), "n": n} for p, n in parts.items()]
        if values:
            session.execute(insert(DenominatorPart), values)


def counts(session: Session, codes: Collection[str], span: Period) -> Sequence[Denominator]:
    """Return what is in force for the points of these units in the months of a span."""
    query = select(Denominator).where(*_within(codes, span), Denominator.replaced_on.is_(None))
    return session.scalars(query).all()


def history(session: Session, codes: Collection[str], span: Period) -> Sequence[Denominator]:
    """Return every version for these units and months, in order of place, month and version."""
    query = select(Denominator).where(*_within(codes, span))
    return session.scalars(
        query.order_by(
            Denominator.month,
            Denominator.unit_code,
            Denominator.point_id,
            Denominator.channel,
            Denominator.version,
        )
    ).all()


@dataclass(frozen=True)
class MonthTotal:
    """What is known of some units in one month and way."""

    month: date
    channel: str
    n: int
    n_points: int
    n_corrected: int
    stored_on: date

    @property
    def period(self) -> Period:
        """The month as a period."""
        return period.containing(self.month)


def by_month(session: Session, codes: Collection[str]) -> Sequence[MonthTotal]:
    """Return what is in force for these units, month by month, the last first."""
    query = (
        select(
            Denominator.month,
            Denominator.channel,
            func.sum(Denominator.n),
            func.count(Denominator.point_id.distinct()),
            func.sum(Denominator.version - 1),
            func.max(Denominator.stored_on),
        )
        .where(Denominator.unit_code.in_(codes), Denominator.replaced_on.is_(None))
        .group_by(Denominator.month, Denominator.channel)
        .order_by(Denominator.month.desc(), Denominator.channel)
    )
    return [MonthTotal(*row) for row in session.execute(query)]


_CELL = (Denominator.unit_code, Denominator.point_id, Denominator.month, Denominator.channel)
_PART = (DenominatorPart.field, DenominatorPart.deciding_agency, DenominatorPart.on_time)


def _replacing(cell: Cell, version: int, on: date) -> Update:
    own = (column == value for column, value in zip(_CELL, cell, strict=True))
    return (
        update(Denominator)
        .where(*own, Denominator.version < version, Denominator.replaced_on.is_(None))
        .values(replaced_on=on)
    )


def _within(codes: Collection[str], span: Period) -> tuple[ColumnElement[bool], ...]:
    return (
        Denominator.unit_code.in_(codes),
        Denominator.month >= span.start,
        Denominator.month < span.end,
    )
