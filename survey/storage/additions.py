"""What a citizen adds to an answer after the thank-you, only while it waits for its close.

The first answer stands: an item answered before keeps its level, whatever is added.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from survey.storage import questionnaires, seen_nonces
from survey.storage.receipts import Receipt
from survey.storage.responses import NOT_PUT, Response


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """What a second form carries: the digest of its receipt, and what makes it count once."""

    receipt_digest: bytes
    nonce: bytes
    nonce_expires_at: datetime


def waiting(session: Session, receipt_digest: bytes) -> Response | None:
    """Return the answer of a receipt while it waits; None once it is closed or withdrawn."""
    return session.scalars(_waiting(receipt_digest)).first()


def put(session: Session, ticket: Ticket, levels: Mapping[str, int]) -> bool:
    """Store the answers to items that were not put before; False, storing nothing, if closed.

    Raises AlreadyReceived when the second form came before.
    """
    response = _hold(session, ticket, levels)
    if response is None:
        return False
    codes = questionnaires.get(session, response.questionnaire_id).item_codes
    response.answers = bytes(
        levels.get(code, NOT_PUT) if now == NOT_PUT else now
        for code, now in zip(codes, response.answers, strict=True)
    )
    return True


def tell(session: Session, ticket: Ticket, told: Mapping[str, str]) -> bool:
    """Store what was told besides, by column; False, storing nothing, if closed.

    Raises AlreadyReceived when the second form came before.
    """
    response = _hold(session, ticket, told)
    if response is None:
        return False
    for column, value in told.items():
        setattr(response, column, value)
    return True


def _hold(session: Session, ticket: Ticket, content: Mapping[str, object]) -> Response | None:
    """Return the waiting answer, locked: a close either sees what is added or comes first."""
    query = _waiting(ticket.receipt_digest).with_for_update(of=Response)
    response = session.scalars(query.execution_options(populate_existing=True)).first()
    if response is None and not seen_nonces.is_seen(session, ticket.nonce):
        return None
    packed = repr(sorted(content.items())).encode()
    seen_nonces.claim(session, ticket.nonce, packed, ticket.nonce_expires_at)
    return response


def _waiting(receipt_digest: bytes) -> Select[Response]:
    key = select(Receipt.response_key).where(Receipt.digest == receipt_digest).scalar_subquery()
    return select(Response).where(Response.key == key, Response.batch_id.is_(None))
