"""The link from a citizen's receipt code to the answer, until the daily close destroys it."""

from collections.abc import Sequence

from sqlalchemy import BigInteger, ForeignKey, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from survey.storage.base import Base, chunks


class Receipt(Base):
    """The keyed digest of a receipt code and the response it was given for."""

    __tablename__ = "receipt"
    # WITHOUT ROWID: SQLite's hidden serial number would keep the order of the queue.
    __table_args__ = ({"sqlite_with_rowid": False},)

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    response_key: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("response.key", ondelete="CASCADE")
    )


def add(session: Session, digest: bytes, response_key: int) -> None:
    """Link a receipt to a response."""
    session.add(Receipt(digest=digest, response_key=response_key))


def response_key(session: Session, digest: bytes) -> int | None:
    """Return the response a receipt was given for; None once the link is destroyed.

    Not locked: whoever goes on locks the response first, as the close does.
    """
    return session.scalar(select(Receipt.response_key).where(Receipt.digest == digest))


def forget(session: Session, response_keys: Sequence[int]) -> None:
    """Destroy the links from receipts to these responses."""
    for some in chunks(response_keys):
        session.execute(delete(Receipt).where(Receipt.response_key.in_(some)))
