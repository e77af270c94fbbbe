"""The link from a citizen's receipt code to the answer, until the daily close destroys it."""

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, Session, mapped_column

from survey.storage.base import Base


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
