"""What people wrote in their own words, apart from what they answered."""

import secrets
from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from survey.storage import seen_nonces
from survey.storage.base import Base
from survey.storage.points import ServicePoint


class Comment(Base):
    """One comment (góp ý).

    It knows the receipt it was written under, so that its holder can withdraw it, and has
    no key to the response.
    """

    __tablename__ = "comment"
    # WITHOUT ROWID: SQLite's hidden serial number would keep the order of the queue.
    __table_args__ = ({"sqlite_with_rowid": False},)

    key: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    point_id: Mapped[int] = mapped_column(ForeignKey("service_point.id"), index=True)
    receipt_digest: Mapped[bytes] = mapped_column(index=True)
    business_day: Mapped[date]
    language: Mapped[str]
    is_test: Mapped[bool]
    text: Mapped[str]


def add(
    session: Session,
    point: ServicePoint,
    text: str,
    *,
    receipt_digest: bytes,
    language: str,
    business_day: date,
    nonce: bytes,
    nonce_expires_at: datetime,
    is_test: bool = False,
) -> Comment:
    """Store a comment; raises AlreadyReceived when its nonce was used before."""
    seen_nonces.claim(session, nonce, text.encode(), nonce_expires_at)
    comment = Comment(
        key=secrets.randbits(63),
        point_id=point.id,
        receipt_digest=receipt_digest,
        business_day=business_day,
        language=language,
        is_test=point.is_test or is_test,
        text=text,
    )
    session.add(comment)
    return comment


def count(session: Session, point_ids: Collection[int]) -> int:
    """Return how many comments were written at these points; trials do not count."""
    here = (Comment.point_id.in_(point_ids), Comment.is_test.is_(False))
    return session.scalar(select(func.count()).where(*here)) or 0
