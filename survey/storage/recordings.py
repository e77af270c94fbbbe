"""Recordings of what a form says, each of exact words; added, never changed."""

import hashlib
from collections.abc import Collection
from datetime import date
from typing import Any, NoReturn

from sqlalchemy import Index, event, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from survey.storage.base import Base


class Recording(Base):
    """One reading; of several of the same words the latest is played.

    `words_hash` is the hash of the words read, `digest` that of the bytes, by which they are
    fetched: behind one address there is never another sound.
    """

    __tablename__ = "recording"
    __table_args__ = (Index("ix_recording_language_words_hash", "language", "words_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    language: Mapped[str]
    words_hash: Mapped[str]
    digest: Mapped[str] = mapped_column(index=True)
    media_type: Mapped[str]
    seconds: Mapped[float]
    content: Mapped[bytes]
    imported_on: Mapped[date]


@event.listens_for(Recording, "before_update")
@event.listens_for(Recording, "before_delete")
def _refuse(_mapper: Any, _connection: Any, _target: Recording) -> NoReturn:
    raise ValueError("a recording is immutable; a better one is added and played instead")


def put(
    session: Session,
    content: bytes,
    *,
    language: str,
    words_hash: str,
    media_type: str,
    seconds: float,
    on: date,
) -> bool:
    """Add a recording unless it is the one played for these words; say whether it was added."""
    digest = hashlib.sha256(content).hexdigest()[:16]
    if latest(session, language, [words_hash]).get(words_hash) == digest:
        return False
    recording = Recording(
        language=language,
        words_hash=words_hash,
        digest=digest,
        media_type=media_type,
        seconds=seconds,
        content=content,
        imported_on=on,
    )
    session.add(recording)
    session.flush()
    return True


def latest(session: Session, language: str, words_hashes: Collection[str]) -> dict[str, str]:
    """Return the digest of the recording to be played, by the hash of its words."""
    query = (
        select(Recording.words_hash, Recording.digest)
        .where(Recording.language == language, Recording.words_hash.in_(words_hashes))
        .order_by(Recording.id)
    )
    return {row.words_hash: row.digest for row in session.execute(query)}


def by_digest(session: Session, digest: str) -> Recording:
    """Return a recording by the digest of its bytes; NoResultFound if there is none."""
    query = select(Recording).where(Recording.digest == digest).limit(1)
    return session.execute(query).scalar_one()
