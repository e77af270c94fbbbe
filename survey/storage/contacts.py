"""Telephone numbers left for a call-back: apart, encrypted, tied to a comment and nothing else.

Without a key there is no number to read here. Nothing exports them.
"""

import secrets
from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import date, timedelta

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import BigInteger, ForeignKey, and_, delete, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from survey.storage.base import Base
from survey.storage.comments import Comment

KEPT_AFTER_CLOSING = timedelta(days=90)
# Nobody may close it, and its comment is readable for 90 days: whoever has not called by then
# no longer can. So a number never outlives twice 90 days.
KEPT_AT_MOST = timedelta(days=180)


class Contact(Base):
    """A number left with one comment, and the consent it was left under."""

    __tablename__ = "contact"
    # WITHOUT ROWID: SQLite's hidden serial number would keep the order of the queue.
    __table_args__ = ({"sqlite_with_rowid": False},)

    key: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    comment_key: Mapped[int] = mapped_column(
        BigInteger, ForeignKey(Comment.key, ondelete="CASCADE"), unique=True
    )
    encrypted: Mapped[bytes]
    consent_version: Mapped[str]
    consent_text: Mapped[str]
    left_on: Mapped[date] = mapped_column(index=True)
    closed_on: Mapped[date | None] = mapped_column(index=True)


def add(
    session: Session,
    comment_key: int,
    number: str,
    keys: Sequence[str],
    *,
    consent_version: str,
    consent_text: str,
    on: date,
) -> Contact:
    """Store the number left with a comment."""
    contact = Contact(
        key=secrets.randbits(63),
        comment_key=comment_key,
        # The token would tell the second in which it was made: all say 1970.
        encrypted=_cipher(keys).encrypt_at_time(number.encode(), 0),
        consent_version=consent_version,
        consent_text=consent_text,
        left_on=on,
    )
    session.add(contact)
    session.flush()
    return contact


def of_comments(session: Session, comment_keys: Collection[int]) -> dict[int, Contact]:
    """Return the contacts left with these comments, by the key of the comment."""
    query = select(Contact).where(Contact.comment_key.in_(comment_keys))
    return {contact.comment_key: contact for contact in session.scalars(query)}


def number(contact: Contact, keys: Sequence[str]) -> str | None:
    """Return the number in clear; None when its key is not among these."""
    with suppress(InvalidToken, ValueError):
        return _cipher(keys).decrypt(contact.encrypted).decode()
    return None


def close(session: Session, comment_key: int, on: date) -> bool:
    """Note that a call-back is settled: its end comes 90 days later. False if there is none."""
    contact = of_comments(session, [comment_key]).get(comment_key)
    if contact is None:
        return False
    contact.closed_on = contact.closed_on or on
    return True


def kept_until(contact: Contact) -> date:
    """Return the day on which a number is deleted at the latest: its owner agreed to no later one.

    Not even for an authority its comment was passed to: that decision keeps the comment alone.
    """
    closing = contact.closed_on + KEPT_AFTER_CLOSING if contact.closed_on else date.max
    return min(closing, contact.left_on + KEPT_AT_MOST)


def withdraw(session: Session, comment_receipt: bytes) -> bool:
    """Delete the number left with the comment of a receipt; False when there is none."""
    theirs = select(Comment.key).where(Comment.receipt_digest == comment_receipt)
    gone = session.execute(delete(Contact).where(Contact.comment_key.in_(theirs)))
    return bool(gone.rowcount)  # type: ignore[attr-defined]


def expire(session: Session, today: date) -> int:
    """Delete the numbers whose time has come; return how many."""
    closed = Contact.closed_on <= today - KEPT_AFTER_CLOSING
    ended = or_(
        and_(Contact.closed_on.is_not(None), closed), Contact.left_on <= today - KEPT_AT_MOST
    )
    return int(session.execute(delete(Contact).where(ended)).rowcount)  # type: ignore[attr-defined]


def rotate(session: Session, keys: Sequence[str]) -> tuple[int, int]:
    """Encrypt every number anew with the first key; return how many, and how many none opens."""
    cipher, done, shut = _cipher(keys), 0, 0
    for contact in session.scalars(select(Contact).order_by(Contact.key).with_for_update()):
        try:
            contact.encrypted = cipher.rotate(contact.encrypted)
            done += 1
        except InvalidToken:
            shut += 1
    return done, shut


def new_key() -> str:
    """Return a fresh key."""
    return Fernet.generate_key().decode()


def _cipher(keys: Sequence[str]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])
