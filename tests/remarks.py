"""Comments put straight into the tables, for tests of what happens to them afterwards."""

import secrets
from datetime import UTC, date, datetime, timedelta
from itertools import count

from sqlalchemy.orm import Session

from survey.storage import comments
from survey.storage.comments import Comment
from survey.storage.points import ServicePoint

_numbers = count(10**6)


def comment(
    session: Session,
    point: ServicePoint,
    day: date,
    text: str = "Chờ hơi lâu.",
    *,
    receipt: bytes | None = None,
    is_test: bool = False,
) -> Comment:
    """Store one comment of a day."""
    written = comments.add(
        session,
        point,
        text,
        receipt_digest=receipt or secrets.token_bytes(16),
        language="vi",
        business_day=day,
        nonce=next(_numbers).to_bytes(8),
        nonce_expires_at=datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=4),
        is_test=is_test,
    )
    session.flush()
    return written


def some(session: Session, point: ServicePoint, day: date, n: int) -> list[Comment]:
    """Store n comments of a day."""
    return [comment(session, point, day, f"Góp ý {number}.") for number in range(n)]
