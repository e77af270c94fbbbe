"""The printed codes of points: issued, revoked, and which of them are to hang at the counters."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from survey.storage import code_tokens, points
from survey.storage.points import PointCode, ServicePoint
from survey.storage.units import Unit


def issue(
    session: Session, point: ServicePoint, at: datetime, *, until: datetime | None = None
) -> PointCode:
    """Issue the next code of a point; the ones before end at once, or at `until`."""
    revoke(session, point, until or at)
    code = PointCode(token=code_tokens.new(), version=len(point.codes) + 1, issued_at=at)
    point.codes.append(code)
    session.flush()
    return code


def revoke(session: Session, point: ServicePoint, at: datetime) -> None:
    """Let every code of a point end at a moment, unless it ends before."""
    points.lock(session, point)
    for code in point.codes:
        code.revoked_at = min(code.revoked_at or at, at)
    session.flush()


def in_force(
    session: Session, unit_codes: Collection[str], on: date
) -> Sequence[tuple[PointCode, Unit]]:
    """Return the code in force of each open point of these units, with its unit, in order.

    A test point has no code that is meant for a counter.
    """
    query = (
        points.of_units(unit_codes, on)
        .join(PointCode)
        .where(
            PointCode.revoked_at.is_(None),
            ServicePoint.closed_at.is_(None),
            ServicePoint.is_test.is_(False),
        )
        .with_only_columns(PointCode, Unit)
        .order_by(Unit.sort_key, Unit.code, ServicePoint.sort_key, ServicePoint.id)
    )
    return session.execute(query).all()
