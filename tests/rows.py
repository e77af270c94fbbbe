"""Answers put straight into the tables, for tests of what happens to them afterwards."""

import secrets
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count

from sqlalchemy.orm import Session

from survey.storage import points, questionnaires, responses
from survey.storage.points import ServicePoint
from survey.storage.responses import Answer, Response

_numbers = count()


def answer(
    session: Session,
    point: ServicePoint,
    day: date,
    levels: Sequence[int] = (5, 5, 4, 4, 3, 9),
    **changes: object,
) -> Response:
    """Store one answer of a day: overall, A, B, C, D, E."""
    codes = ("overall", "A", "B", "C", "D", "E")
    values = {
        "questionnaire": questionnaires.current(session, "mot-cua"),
        "code_id": point.code.id,
        "levels": dict(zip(codes, levels, strict=True)),
        "visit": None,
        "channel": "qr",
        "language": "vi",
        "scale_order": "official",
        "drawn": (),
        "business_day": day,
        "seconds": 42,
        "receipt_digest": secrets.token_bytes(16),
        "nonce_expires_at": datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=4),
    }
    sent = Answer(**values | changes)  # type: ignore[arg-type]
    return responses.add(session, point, sent, nonce=next(_numbers).to_bytes(8))


def answers(session: Session, point: ServicePoint, day: date, n: int) -> list[Response]:
    """Store n answers of a day with differing levels."""
    return [
        answer(session, point, day, [1 + (number + item) % 5 for item in range(6)])
        for number in range(n)
    ]


def point_named(session: Session, unit_code: str, name: str, since: date) -> ServicePoint:
    """Open a counter."""
    at = datetime(since.year, since.month, since.day, tzinfo=UTC)
    return points.add(session, unit_code, name, at, since)
