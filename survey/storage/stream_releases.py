"""Cells whose streams (open QR, invitation, paper, …) are shown side by side.

Decided once, when their period closes, and kept for ever: what was shown stays known.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from survey.period import Period
from survey.storage.base import Base


class StreamRelease(Base):
    """One shown cell; `point_id` 0 is the unit with all below it, `n` the people it held."""

    __tablename__ = "stream_release"

    measure_hash: Mapped[str] = mapped_column(primary_key=True)
    starts_on: Mapped[date] = mapped_column(primary_key=True)
    ends_on: Mapped[date] = mapped_column(primary_key=True)
    unit_code: Mapped[str] = mapped_column(primary_key=True)
    point_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    n: Mapped[int]


class StreamDecision(Base):
    """A period that was decided, whatever came of it."""

    __tablename__ = "stream_decision"

    starts_on: Mapped[date] = mapped_column(primary_key=True)
    ends_on: Mapped[date] = mapped_column(primary_key=True)


@dataclass(frozen=True)
class Decision:
    """What is shown of a period and measure: places with their people; no measure, all decided."""

    period: Period
    measure_hash: str | None
    people: Mapping[tuple[str, int], int]


def put(session: Session, decisions: Sequence[Decision]) -> None:
    """Store decisions; those of a period that somebody else decided meanwhile are dropped."""
    with suppress(IntegrityError), session.begin_nested():
        for one in decisions:
            span = {"starts_on": one.period.start, "ends_on": one.period.end}
            if one.measure_hash is None:
                session.execute(insert(StreamDecision), span)
                continue
            rows = [
                {"measure_hash": one.measure_hash, "unit_code": unit, "point_id": point, "n": n}
                for (unit, point), n in one.people.items()
            ]
            if rows:
                session.execute(insert(StreamRelease), [row | span for row in rows])


def decided(session: Session) -> set[Period]:
    """Return the periods that are decided."""
    query = select(StreamDecision.starts_on, StreamDecision.ends_on)
    return {Period(start, end) for start, end in session.execute(query)}


def of_measure(session: Session, measure_hash: str, span: Period) -> Sequence[StreamRelease]:
    """Return the cells of a measure shown so far whose periods lie within a span."""
    query = select(StreamRelease).where(
        StreamRelease.measure_hash == measure_hash,
        StreamRelease.starts_on >= span.start,
        StreamRelease.ends_on <= span.end,
    )
    return session.scalars(query).all()


def people_by_place(
    session: Session, measure_hash: str, period: Period
) -> dict[tuple[str, int], int]:
    """Return how many people each shown cell of a period held when it was decided."""
    cells = of_measure(session, measure_hash, period)
    return {
        (cell.unit_code, cell.point_id): cell.n
        for cell in cells
        if (cell.starts_on, cell.ends_on) == (period.start, period.end)
    }


def people(
    session: Session, measure_hash: str, period: Period, place: tuple[str, int]
) -> int | None:
    """Return how many people a shown cell held when it was decided; None for a hidden one."""
    found = session.get(StreamRelease, (measure_hash, period.start, period.end, *place))
    return None if found is None else found.n
