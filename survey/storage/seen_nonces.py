"""Nonces already used: the same submission twice is one answer, whoever resends it.

The row has no key to what was stored, so it says nothing about anybody, and it outlives a
withdrawal, so that a queued retry cannot bring an answer back.
"""

import hashlib
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from survey.storage.base import Base


class SeenNonce(Base):
    """The digest of a nonce and of the content that first came with it."""

    __tablename__ = "seen_nonce"
    # WITHOUT ROWID: SQLite's hidden serial number would keep the order of the queue.
    __table_args__ = ({"sqlite_with_rowid": False},)

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    content: Mapped[bytes]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class AlreadyReceived(Exception):
    """The nonce was used before; `same` says whether with the same content."""

    def __init__(self, *, same: bool) -> None:
        super().__init__("same content" if same else "other content")
        self.same = same


def claim(session: Session, nonce: bytes, content: bytes, expires_at: datetime) -> None:
    """Use a nonce up; raise AlreadyReceived when it is, however many claim it at once."""
    digest = hashlib.sha256(nonce).digest()
    # Bound to the nonce, which is not kept: nobody can try out answers against it later.
    bound = hashlib.sha256(nonce + content).digest()
    try:
        with session.begin_nested():
            session.add(SeenNonce(digest=digest, content=bound, expires_at=expires_at))
    except IntegrityError as error:
        first = session.get_one(SeenNonce, digest)
        raise AlreadyReceived(same=first.content == bound) from error


def is_seen(session: Session, nonce: bytes) -> bool:
    """Say whether a nonce was used up."""
    return session.get(SeenNonce, hashlib.sha256(nonce).digest()) is not None


def forget(session: Session, now: datetime) -> None:
    """Drop nonces whose sheets nobody can send any more, and of the others the content.

    From then on a nonce says only that it was used: no guess can be tried against it.
    """
    session.execute(delete(SeenNonce).where(SeenNonce.expires_at <= now))
    session.execute(update(SeenNonce).where(SeenNonce.content != b"").values(content=b""))
