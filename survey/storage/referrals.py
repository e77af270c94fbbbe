"""Comments passed to the competent authority: who decided it, when, to whom and why."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from survey.storage.base import Base


class Referral(Base):
    """One decision; while it is open its comment is not deleted."""

    __tablename__ = "referral"

    id: Mapped[int] = mapped_column(primary_key=True)
    comment_key: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("comment.key", ondelete="CASCADE"), index=True
    )
    decided_at: Mapped[datetime]
    decided_by: Mapped[str]
    authority: Mapped[str]
    reason: Mapped[str]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]


def add(
    session: Session, comment_key: int, *, by: str, at: datetime, authority: str, reason: str
) -> Referral:
    """Note that a comment is passed on; from now on it is kept."""
    referral = Referral(
        comment_key=comment_key, decided_at=at, decided_by=by, authority=authority, reason=reason
    )
    session.add(referral)
    session.flush()
    return referral


def of(session: Session, comment_key: int) -> list[Referral]:
    """Return the decisions about a comment, the newest first."""
    query = select(Referral).where(Referral.comment_key == comment_key)
    return list(session.scalars(query.order_by(Referral.id.desc())))


def open_of(session: Session, comment_keys: Collection[int]) -> dict[int, Referral]:
    """Return the open decisions about these comments, by the key of the comment."""
    query = select(Referral).where(
        Referral.comment_key.in_(comment_keys), Referral.ended_at.is_(None)
    )
    return {referral.comment_key: referral for referral in session.scalars(query)}


def end(referral: Referral, *, by: str, at: datetime) -> None:
    """Note that the authority is done: the comment ends when its time is over."""
    referral.ended_at, referral.ended_by = at, by
