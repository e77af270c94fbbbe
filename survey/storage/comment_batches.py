"""How comments come to be read, held, released together, and forgotten.

A comment waits until at least k of its point, or of its unit, may be released on one morning:
nobody can tell from a list that grows by one who wrote the new one.
"""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from operator import attrgetter

from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.orm import Session

from survey.storage import comments
from survey.storage.comments import Comment, CommentPage
from survey.storage.referrals import Referral

# Raw words are for finding out what was meant; the masked ones are the unit's two years.
RAW_KEPT, MASKED_KEPT = timedelta(days=90), timedelta(days=730)
VIEWS = ("held", "waiting", "passed", "recent")


def unread(session: Session, until: date) -> Sequence[Comment]:
    """Return the comments of business days up to `until` that no close has read, locked."""
    query = select(Comment).where(
        Comment.masked.is_(None),
        Comment.text.is_not(None),
        Comment.is_test.is_(False),
        Comment.business_day <= until,
    )
    return session.scalars(query.order_by(Comment.key).with_for_update()).all()


def read(comment: Comment, masked: str, themes: Collection[str], holds: Collection[str]) -> None:
    """Store what the rules made of a comment."""
    comments.correct(comment, masked)
    comment.themes, comment.holds = " ".join(themes), " ".join(holds)


def waiting(session: Session, until: date) -> Sequence[Comment]:
    """Return the comments of business days up to `until` that may be released, locked."""
    query = select(Comment).where(_is_waiting(), Comment.business_day <= until)
    return session.scalars(query.order_by(Comment.key).with_for_update()).all()


def release(session: Session, batch: Collection[Comment], on: date, *, shows_point: bool) -> None:
    """Let a unit read these comments from a day on.

    The rows are written in the order of their random keys, in one transaction.
    """
    for comment in sorted(batch, key=attrgetter("key")):
        comment.released_on, comment.shows_point = on, shows_point
    session.flush()


def hold(comment: Comment, reason: str) -> None:
    """Keep a comment from its unit, also one that was released."""
    comment.holds = " ".join(dict.fromkeys([*comment.holds.split(), reason]))


def let_go(comment: Comment) -> None:
    """Hold a comment no longer: what was never released waits for the next batch."""
    comment.holds = ""


def moderated(session: Session, codes: Collection[str], view: str, page: int = 1) -> CommentPage:
    """Return a page of the comments of these units in one of VIEWS, the newest day first."""
    wanted = [Comment.unit_code.in_(codes), comments.is_read(), _views()[view]]
    return comments.page_of(session, wanted, Comment.business_day.desc(), page)


def raw_until(comment: Comment) -> date:
    """Return the last day on which the raw words of a comment are there."""
    return comment.business_day + RAW_KEPT


def expire(session: Session, today: date) -> None:
    """Delete raw words and comments whose time is over, but what an open referral keeps."""
    kept = select(Referral.comment_key).where(Referral.ended_at.is_(None))
    free = Comment.key.not_in(kept)
    is_old = Comment.business_day < today - RAW_KEPT
    ended = or_(
        Comment.business_day < today - MASKED_KEPT,
        Comment.withdrawn.is_(True),
        and_(Comment.is_test.is_(True), is_old),
    )
    session.execute(delete(Comment).where(free, ended))
    some = (free, is_old, Comment.text.is_not(None), comments.is_read())
    session.execute(update(Comment).where(*some).values(text=None))


def _is_waiting() -> ColumnElement[bool]:
    return and_(
        comments.is_read(),
        Comment.released_on.is_(None),
        Comment.holds == "",
        Comment.withdrawn.is_(False),
    )


def _views() -> dict[str, ColumnElement[bool]]:
    passed = select(Referral.comment_key).where(Referral.ended_at.is_(None))
    return {
        "held": and_(Comment.holds != "", Comment.withdrawn.is_(False)),
        "waiting": _is_waiting(),
        "passed": Comment.key.in_(passed),
        "recent": and_(Comment.text.is_not(None), Comment.withdrawn.is_(False)),
    }
