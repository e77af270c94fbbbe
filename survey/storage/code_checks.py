"""What people found who went to look at the printed codes: there, missing, covered."""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from survey.storage.base import Base, chunks
from survey.storage.points import PointCode

RESULTS = ("ok", "missing", "covered")


class CodeCheck(Base):
    """One look at one printed code."""

    __tablename__ = "code_check"

    id: Mapped[int] = mapped_column(primary_key=True)
    code_id: Mapped[int] = mapped_column(ForeignKey("point_code.id"), index=True)
    checked_on: Mapped[date]
    # One of RESULTS.
    result: Mapped[str]
    # The account's e-mail.
    checked_by: Mapped[str]
    recorded_at: Mapped[datetime]


def add(
    session: Session, code: PointCode, result: str, *, on: date, by: str, at: datetime
) -> CodeCheck:
    """Store what was found of a code on a date."""
    check = CodeCheck(code_id=code.id, result=result, checked_on=on, checked_by=by, recorded_at=at)
    session.add(check)
    return check


def latest(session: Session, code_ids: Collection[int]) -> dict[int, CodeCheck]:
    """Return the last look at each of these codes, by code: of one date, the last recorded."""
    found: dict[int, CodeCheck] = {}
    for some in chunks(sorted(code_ids)):
        query = select(CodeCheck).where(CodeCheck.code_id.in_(some))
        for check in session.scalars(query.order_by(CodeCheck.checked_on, CodeCheck.id)):
            found[check.code_id] = check
    return found
