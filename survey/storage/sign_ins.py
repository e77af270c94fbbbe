"""Who is signed in where: one row per browser, so that each can be seen and ended."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from survey.storage.base import Base

# How coarsely a use is noted: enough to recognise one's own, no record of a working day.
SEEN_EVERY = timedelta(hours=1)


class SignIn(Base):
    """A browser that signed in; its cookie carries the key."""

    __tablename__ = "sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    key: Mapped[str] = mapped_column(unique=True)
    begun_at: Mapped[datetime]
    seen_at: Mapped[datetime]


def begin(session: Session, user_id: int, at: datetime) -> str:
    """Note a new sign-in and return its key."""
    key = secrets.token_hex(16)
    session.add(SignIn(user_id=user_id, key=key, begun_at=at, seen_at=at))
    session.flush()
    return key


def find(session: Session, user_id: int, key: str | None, since: datetime) -> SignIn | None:
    """Return the sign-in of a user with this key, unless it was left unused since a moment."""
    query = select(SignIn).where(SignIn.user_id == user_id, SignIn.key == key)
    return session.scalars(query.where(SignIn.seen_at > since)).one_or_none()


def listing(session: Session, user_id: int, since: datetime) -> Sequence[SignIn]:
    """Return the sign-ins of a user that were used since a moment, the latest first."""
    query = select(SignIn).where(SignIn.user_id == user_id, SignIn.seen_at > since)
    return session.scalars(query.order_by(SignIn.begun_at.desc())).all()


def note_seen(session: Session, number: int, at: datetime) -> None:
    """Note that a sign-in was used."""
    session.execute(update(SignIn).where(SignIn.id == number).values(seen_at=at))


def end(session: Session, user_id: int, key: str | None = None, *, but: str | None = None) -> None:
    """End the sign-in of a user with a key; without one all, or all but one."""
    query = delete(SignIn).where(SignIn.user_id == user_id)
    if key is not None:
        query = query.where(SignIn.key == key)
    session.execute(query.where(SignIn.key != but) if but else query)


def end_one(session: Session, user_id: int, number: int) -> None:
    """End the sign-in of a user that has this number."""
    session.execute(delete(SignIn).where(SignIn.user_id == user_id, SignIn.id == number))


def forget(session: Session, before: datetime) -> None:
    """Drop the sign-ins that were left unused since a moment."""
    session.execute(delete(SignIn).where(SignIn.seen_at <= before))
