"""Signs of irregular answering (dấu hiệu trả lời bất thường): marked, never deleted.

A mark of a waiting answer holds at once, of a released one from the next close until its
period closes; a later one has no effect, so that nobody sees a figure change by one person.
"""

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from survey.storage.base import AnyRow, chunks
from survey.storage.responses import Response


def put(session: Session, keys: Sequence[int], *, flagged: bool) -> None:
    """Mark answers as irregular, or take their marks back."""
    for some in chunks(keys):
        these = Response.key.in_(some)
        waiting = update(Response).where(these, Response.batch_id.is_(None))
        released = update(Response).where(these, Response.batch_id.is_not(None))
        session.execute(waiting.values(flagged=flagged))
        session.execute(released.values(flagged_next=flagged))


def changes(session: Session) -> Sequence[AnyRow]:
    """Return key, batch and new mark of released answers whose mark waits for a close."""
    query = (
        select(Response.key, Response.batch_id, Response.flagged_next)
        .where(Response.flagged_next != Response.flagged, Response.batch_id.is_not(None))
        .order_by(Response.key)
        .with_for_update()
    )
    return session.execute(query).all()


def apply(session: Session, keys: Sequence[int]) -> None:
    """Let new marks take effect."""
    for some in chunks(keys):
        change = update(Response).where(Response.key.in_(some))
        session.execute(change.values(flagged=Response.flagged_next, flagged_next=None))
