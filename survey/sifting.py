"""What the daily close does with comments: read them by rules, release those of several people.

Only here is a raw comment read by anything but the province's moderator.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from datetime import date, timedelta

from sqlalchemy.orm import Session

from survey import masking, themes
from survey.storage import comment_batches
from survey.storage.comments import Comment

ONE_DAY = timedelta(days=1)


def sift(session: Session, day: date, threshold: int) -> None:
    """Read what was written up to a business day; release what was written before it.

    At the close the day before is at least 24 hours old. `threshold` is the smallest number
    of comments released together; `day` is the day that is being closed.
    """
    for comment in comment_batches.unread(session, day):
        text = comment.text or ""
        comment_batches.read(comment, masking.masked(text), themes.of(text), themes.holds(text))
    session.flush()
    on = day + ONE_DAY
    left = comment_batches.waiting(session, day - ONE_DAY)
    left = _release(session, left, _point, threshold, on)
    _release(session, left, _unit, threshold, on)


def _release(
    session: Session,
    waiting: Iterable[Comment],
    owner: Callable[[Comment], Hashable],
    threshold: int,
    on: date,
) -> list[Comment]:
    """Release the comments of every owner who has enough; return the others."""
    groups: defaultdict[Hashable, list[Comment]] = defaultdict(list)
    for comment in waiting:
        groups[owner(comment)].append(comment)
    for batch in groups.values():
        if len(batch) >= threshold:
            comment_batches.release(session, batch, on, shows_point=owner is _point)
    return [c for batch in groups.values() if len(batch) < threshold for c in batch]


def _point(comment: Comment) -> Hashable:
    return comment.unit_code, comment.point_id


def _unit(comment: Comment) -> Hashable:
    return comment.unit_code
