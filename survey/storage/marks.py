"""Signs of irregular answering (dấu hiệu trả lời bất thường): marked, never deleted.

A mark of a waiting answer holds at once, of a released one from the next close until its
period closes; a later one has no effect, so that nobody sees a figure change by one person.
Whether an answer is left out of every headline is settled before it is released, for ever.
"""

from collections.abc import Collection, Sequence, Set
from datetime import date, timedelta

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from survey.storage.base import AnyRow, chunks
from survey.storage.responses import LEFT_OUT, Response, counted

# What is usual at a point is read from so many days before.
MEMORY = timedelta(days=28)


def sign(response: Response, signs: Set[str]) -> None:
    """Note further signs on a waiting answer."""
    if signs:
        response.signs = " ".join(sorted({*signs, *response.signs.split()}))
        response.flagged = True
        response.left_out = response.left_out or bool(signs & set(LEFT_OUT))


def sign_all(session: Session, keys: Sequence[int], sign_: str) -> set[int]:
    """Note a further sign on those of these answers that wait; return their keys."""
    found = _waiting(session, keys)
    for response in found:
        sign(response, {sign_})
    return {response.key for response in found}


def leave_out(session: Session, keys: Sequence[int]) -> None:
    """Let no headline count these waiting answers."""
    for some in chunks(keys):
        waiting = Response.key.in_(some), Response.batch_id.is_(None)
        session.execute(update(Response).where(*waiting).values(left_out=True))


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


def unjudged(session: Session, after: date, until: date) -> Sequence[AnyRow]:
    """Return the waiting answers of the days (after, until], locked in the order of their keys."""
    query = (
        select(*(Response.__table__.c[name] for name in _JUDGED))
        .where(
            Response.batch_id.is_(None),
            Response.business_day > after,
            Response.business_day <= until,
            _came_by_itself(),
        )
        .order_by(Response.key)
        .with_for_update()
    )
    return session.execute(query).all()


def busiest_day(session: Session, point_id: int, before: date) -> tuple[int, int]:
    """Return how many unmarked answers a point's busiest day had, and since how many days it has.

    Both within its memory; 0 and 0 where there are none.
    """
    query = (
        select(Response.business_day, func.count())
        .where(Response.point_id == point_id, _remembered(before))
        .group_by(Response.business_day)
    )
    counts = dict(session.execute(query).all())
    return max(counts.values(), default=0), (before - min(counts, default=before)).days


def usual_answers(session: Session, point_ids: Collection[int], before: date) -> Sequence[AnyRow]:
    """Return point, version, answers and number of the unmarked answers of points' memory."""
    keys = (Response.point_id, Response.questionnaire_id, Response.answers)
    found: list[AnyRow] = []
    for some in chunks(sorted(point_ids)):
        query = select(*keys, func.count().label("n")).group_by(*keys)
        found += session.execute(
            query.where(Response.point_id.in_(some), _remembered(before))
        ).all()
    return found


_JUDGED = ("key", "point_id", "questionnaire_id", "business_day", "answers", "signs", "left_out")


def _came_by_itself() -> ColumnElement[bool]:
    """Return the condition that an answer came on its own, not from a file or as a trial."""
    return Response.import_id.is_(None) & (Response.channel != "test")


def _remembered(before: date) -> ColumnElement[bool]:
    """Return the condition that an answer tells what is usual before a day."""
    days = (Response.business_day >= before - MEMORY) & (Response.business_day < before)
    return days & counted() & _came_by_itself() & ~Response.flagged


def _waiting(session: Session, keys: Sequence[int]) -> Sequence[Response]:
    """Return those of these answers that wait, locked in the order of their keys."""
    found: list[Response] = []
    for some in chunks(sorted(keys)):
        query = select(Response).where(Response.key.in_(some), Response.batch_id.is_(None))
        query = query.order_by(Response.key).with_for_update()
        found += session.scalars(query.execution_options(populate_existing=True))
    return found
