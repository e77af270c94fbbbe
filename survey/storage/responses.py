"""Answer sheets, one row each: what was answered, and nothing about who did.

No address, no user agent, no device, no time finer than the business day. The key is
random, because a serial number would keep the order of the queue.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from survey.storage import receipts, seen_nonces
from survey.storage.base import Base
from survey.storage.points import ServicePoint
from survey.storage.questionnaires import QuestionnaireVersion

NOT_PUT, LEFT, NOT_APPLICABLE = 0, 6, 9
LEVELS = range(1, 6)
# Upper ends in seconds of the duration classes 0 to 4; class 5 is anything longer.
DURATIONS = (10, 30, 120, 600, 3600)


class Response(Base):
    """One answer sheet; `answers` is one byte per item of its questionnaire version.

    1–5 are levels, 9 not applicable, 6 put and left or skipped, 0 not put.
    """

    __tablename__ = "response"
    # WITHOUT ROWID: SQLite's hidden serial number would keep the order of the queue.
    __table_args__ = ({"sqlite_with_rowid": False},)

    key: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    point_id: Mapped[int] = mapped_column(ForeignKey("service_point.id"), index=True)
    code_id: Mapped[int] = mapped_column(ForeignKey("point_code.id"))
    questionnaire_id: Mapped[int] = mapped_column(ForeignKey("questionnaire_version.id"))
    wording_hash: Mapped[str]
    language: Mapped[str]
    business_day: Mapped[date]
    channel: Mapped[str]
    visit: Mapped[str | None]
    scale_order: Mapped[str]
    drawn: Mapped[str]
    duration_class: Mapped[int]
    answers: Mapped[bytes]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What one person sent, as plain values; `levels` maps item codes to stored codes."""

    questionnaire: QuestionnaireVersion
    code_id: int
    levels: Mapping[str, int]
    visit: str | None
    channel: str
    language: str
    scale_order: str
    drawn: tuple[str, ...]
    business_day: date
    seconds: float
    receipt_digest: bytes
    nonce_expires_at: datetime

    @property
    def packed(self) -> bytes:
        """The answers as one byte per item, in the order of the questionnaire version."""
        return bytes(self.levels.get(code, NOT_PUT) for code in self.questionnaire.item_codes)


def add(session: Session, point: ServicePoint, answer: Answer, *, nonce: bytes) -> Response:
    """Store an answer sheet with its nonce and its receipt, in the caller's transaction.

    Raises AlreadyReceived, storing nothing, when the nonce was used before.
    """
    content = answer.packed + (answer.visit or "").encode()
    seen_nonces.claim(session, nonce, content, answer.nonce_expires_at)
    response = Response(
        key=secrets.randbits(63),
        point_id=point.id,
        code_id=answer.code_id,
        questionnaire_id=answer.questionnaire.id,
        wording_hash=answer.questionnaire.wording_hashes[answer.language],
        language=answer.language,
        business_day=answer.business_day,
        channel="test" if point.is_test else answer.channel,
        visit=answer.visit,
        scale_order=answer.scale_order,
        drawn=" ".join(answer.drawn),
        duration_class=sum(answer.seconds >= end for end in DURATIONS),
        answers=answer.packed,
    )
    session.add(response)
    session.flush()
    receipts.add(session, answer.receipt_digest, response.key)
    return response


def count(session: Session, point: ServicePoint) -> int:
    """Return how many sheets a point has received; test sheets never count."""
    query = select(func.count()).where(Response.point_id == point.id, Response.channel != "test")
    return session.scalar(query) or 0
