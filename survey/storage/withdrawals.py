"""What people took back with their receipt code, and how often, as numbers only.

Many withdrawals at one counter are a sign that people are pressed to take answers back; a
count says nothing of what was answered.
"""

from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ForeignKey, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from survey.period import Period
from survey.storage import additions, comments, contacts, responses, seen_nonces
from survey.storage.base import Base
from survey.storage.comments import Comment
from survey.storage.seen_nonces import AlreadyReceived

ANSWER, COMMENT, CONTACT = "answer", "comment", "contact"


class Withdrawal(Base):
    """How many answers, comments or numbers of a point were taken back on one day."""

    __tablename__ = "withdrawal"
    # WITHOUT ROWID: the order of the first ones of a day is nobody's business.
    __table_args__ = ({"sqlite_with_rowid": False},)

    point_id: Mapped[int] = mapped_column(ForeignKey("service_point.id"), primary_key=True)
    unit_code: Mapped[str] = mapped_column(primary_key=True)
    business_day: Mapped[date] = mapped_column(primary_key=True)
    what: Mapped[str] = mapped_column(primary_key=True)
    n: Mapped[int]


@dataclass(frozen=True)
class Withdrawn:
    """How many of one kind were taken back at a point in a period."""

    unit_code: str
    point_id: int
    what: str
    n: int


def answer(session: Session, receipt_digest: bytes, on: date) -> bool:
    """Delete the answer of a receipt; False once it is closed or withdrawn."""
    response = additions.waiting(session, receipt_digest)
    if response is None or not responses.withdraw(session, receipt_digest):
        return False
    if response.channel != "test":
        _count(session, response.point_id, response.unit_code, on, ANSWER)
    return True


def comment(session: Session, comment_receipt: bytes, on: date) -> bool:
    """Take back the comment of a receipt and the number left with it; False if there is none."""
    written, _left = comment_of(session, comment_receipt)
    if written is None:
        return False
    contact(session, comment_receipt, on)
    if not comments.withdraw(session, comment_receipt):  # the same receipt was faster elsewhere
        return False
    _count_of(session, written, on, COMMENT)
    return True


def contact(session: Session, comment_receipt: bytes, on: date) -> bool:
    """Delete the number left with the comment of a receipt; False when there is none."""
    written, _had_contact = comment_of(session, comment_receipt)
    if written is None or not contacts.withdraw(session, comment_receipt):
        return False
    _count_of(session, written, on, CONTACT)
    return True


def comment_of(session: Session, comment_receipt: bytes) -> tuple[Comment | None, bool]:
    """Return the comment of a receipt, and whether a number was left with it."""
    found = session.scalars(select(Comment).where(Comment.receipt_digest == comment_receipt))
    written = found.first()
    left = written is not None and bool(contacts.of_comments(session, [written.key]))
    return written, left


def use_up(session: Session, nonces: Iterable[bytes], expires_at: datetime) -> None:
    """Let no copy of these forms that is still on its way bring back what was withdrawn."""
    for nonce in nonces:
        with suppress(AlreadyReceived):
            seen_nonces.claim(session, nonce, b"", expires_at)


def by_point(session: Session, codes: Collection[str], period: Period) -> Sequence[Withdrawn]:
    """Return how many were taken back at each point of these units in a period."""
    keys = (Withdrawal.unit_code, Withdrawal.point_id, Withdrawal.what)
    query = (
        select(*keys, func.sum(Withdrawal.n))
        .where(
            Withdrawal.unit_code.in_(codes),
            Withdrawal.business_day >= period.start,
            Withdrawal.business_day < period.end,
        )
        .group_by(*keys)
        .order_by(*keys)
    )
    return [Withdrawn(*row) for row in session.execute(query)]


def _count_of(session: Session, written: Comment, on: date, what: str) -> None:
    if not written.is_test:
        _count(session, written.point_id, written.unit_code, on, what)


def _count(session: Session, point_id: int, unit_code: str, on: date, what: str) -> None:
    key = {"point_id": point_id, "unit_code": unit_code, "business_day": on, "what": what}
    more = update(Withdrawal).filter_by(**key).values(n=Withdrawal.n + 1)
    with suppress(IntegrityError), session.begin_nested():
        session.execute(insert(Withdrawal), key | {"n": 0})
    session.execute(more)
