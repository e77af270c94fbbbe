"""How often each printed code was opened, by day; nothing about who opened it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ForeignKey, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from survey.storage.base import Base, chunks
from survey.storage.points import PointCode
from survey.storage.responses import Response

# A year, and the same month of the year before.
KEPT = timedelta(days=400)


class Scan(Base):
    """How often one code was opened on one day."""

    __tablename__ = "scan"
    __table_args__ = ({"sqlite_with_rowid": False},)

    code_id: Mapped[int] = mapped_column(ForeignKey("point_code.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    n: Mapped[int]


@dataclass(frozen=True)
class Funnel:
    """How often a code was opened in some days, and how many answers came in by it."""

    scans: int
    sent: int


def add(session: Session, counts: Mapping[tuple[int, date], int]) -> None:
    """Add counts by (code, day) to what is stored; several servers at once add up."""
    for (code_id, day), n in sorted(counts.items()):  # in one order, so that none deadlock
        row = {"code_id": code_id, "day": day, "n": n}
        try:
            if not _add_to(session, row):
                with session.begin_nested():
                    session.execute(insert(Scan), row)
        except IntegrityError:  # another server was first, or the code is gone
            _add_to(session, row)


def _add_to(session: Session, row: Mapping[str, object]) -> bool:
    more = (
        update(Scan)
        .where(Scan.code_id == row["code_id"], Scan.day == row["day"])
        .values(n=Scan.n + row["n"])
        .execution_options(synchronize_session=False)
    )
    return session.execute(more).rowcount == 1  # type: ignore[attr-defined, no-any-return]


def by_day(session: Session, start: date, end: date) -> dict[date, int]:
    """Return how often all codes together were opened on each day of [start, end)."""
    query = select(Scan.day, func.sum(Scan.n)).where(Scan.day >= start, Scan.day < end)
    return {day: int(n) for day, n in session.execute(query.group_by(Scan.day))}


def last_days(session: Session, code_ids: Collection[int], before: date) -> dict[int, date]:
    """Return the last day before a date on which each of these codes was opened, by code."""
    found: dict[int, date] = {}
    for some in chunks(sorted(code_ids)):
        query = select(Scan.code_id, func.max(Scan.day))
        query = query.where(Scan.code_id.in_(some), Scan.day < before).group_by(Scan.code_id)
        found |= dict(session.execute(query).all())
    return found


def of_points(
    session: Session, point_ids: Collection[int], start: date, end: date
) -> dict[int, dict[date, int]]:
    """Return how often each point was opened on each day of [start, end), by any of its codes."""
    found: dict[int, dict[date, int]] = {}
    for some in chunks(sorted(point_ids)):
        query = (
            select(PointCode.point_id, Scan.day, func.sum(Scan.n))
            .join(PointCode, PointCode.id == Scan.code_id)
            .where(PointCode.point_id.in_(some), Scan.day >= start, Scan.day < end)
            .group_by(PointCode.point_id, Scan.day)
        )
        for point_id, day, n in session.execute(query):
            found.setdefault(point_id, {})[day] = int(n)
    return found


def funnels(
    session: Session, code_ids: Collection[int], start: date, end: date
) -> dict[int, Funnel]:
    """Return what came of each code in the days of [start, end)."""
    opened = select(Scan.code_id, func.sum(Scan.n)).where(
        Scan.code_id.in_(code_ids), Scan.day >= start, Scan.day < end
    )
    sent = select(Response.code_id, func.count()).where(
        Response.code_id.in_(code_ids),
        Response.channel == "qr",
        Response.business_day >= start,
        Response.business_day < end,
    )
    scanned = dict(session.execute(opened.group_by(Scan.code_id)).all())
    answered = dict(session.execute(sent.group_by(Response.code_id)).all())
    return {
        code: Funnel(int(scanned.get(code, 0)), int(answered.get(code, 0))) for code in code_ids
    }


def expire(session: Session, today: date) -> None:
    """Delete the counts that no page looks back to."""
    session.execute(delete(Scan).where(Scan.day < today - KEPT))
