"""The link from a citizen's receipt code to the answer, until the daily close destroys it."""

import hashlib

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, Session, mapped_column

from survey.storage.base import Base


class Receipt(Base):
    """The digest of a receipt code and the response it was given for."""

    __tablename__ = "receipt"
    # WITHOUT ROWID: SQLite's hidden serial number would keep the order of the queue.
    __table_args__ = ({"sqlite_with_rowid": False},)

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    response_key: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("response.key", ondelete="CASCADE")
    )


def digest(code: str, purpose: str) -> bytes:
    """Return what is stored of a receipt code for one purpose.

    The digests of two purposes cannot be joined without the code itself.
    """
    return hashlib.sha256(f"{purpose}:{code}".encode()).digest()


def add(session: Session, code: str, response_key: int) -> None:
    """Link a receipt code to a response."""
    session.add(Receipt(digest=digest(code, "response"), response_key=response_key))
