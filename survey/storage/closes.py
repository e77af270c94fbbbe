"""The daily close: which day was closed, when, and what came of it; each day once."""

from datetime import date, datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from survey.period import Period
from survey.storage.base import Base
from survey.storage.batches import Batch

NOTHING_YET = {"batches": 0, "answers": 0, "suppressed": 0, "tidied": False}


class Close(Base):
    """The close of one business day, and of the periods that were due with it.

    The row is the lock: of two closes at once, one writes it and the other does nothing.
    """

    __tablename__ = "close"

    day: Mapped[date] = mapped_column(primary_key=True)
    closed_at: Mapped[datetime]
    # The smallest number of people shown (k) that was in force.
    threshold: Mapped[int]
    batches: Mapped[int]
    answers: Mapped[int]
    suppressed: Mapped[int]
    # Whether the files were written anew afterwards, without the order in which rows came.
    tidied: Mapped[bool]


def claim(session: Session, day: date, at: datetime, threshold: int) -> Close | None:
    """Begin the close of a day; None when it was closed before."""
    begun = {"day": day, "closed_at": at, "threshold": threshold}
    try:
        with session.begin_nested():
            session.execute(insert(Close), begun | NOTHING_YET)
    except IntegrityError:
        return None
    return session.get_one(Close, day)


def last(session: Session, before: date) -> Close | None:
    """Return the close of the latest day before a date; None where there is none.

    A day closed by a clock that was ahead counts only once it has passed.
    """
    query = select(Close).where(Close.day < before).order_by(Close.day.desc())
    return session.scalars(query.limit(1)).first()


def release(session: Session) -> tuple[object, ...]:
    """Return what differs after every close that released or changed anything."""
    closed = session.execute(select(func.count(), func.max(Close.closed_at))).one()
    return (*closed, session.scalar(select(func.max(Batch.id))))


def is_untidy(session: Session) -> bool:
    """Say whether a close has left its rows in the files as they were."""
    return session.scalar(select(Close.day).where(Close.tidied.is_(False)).limit(1)) is not None


def note_tidied(session: Session) -> None:
    """Note that the files were written anew since every close."""
    session.execute(update(Close).values(tidied=True))


def is_closed(period: Period, last_close: Close | None) -> bool:
    """Say whether a period was closed: the close of its seventh day after has run."""
    return last_close is not None and last_close.day >= period.last_day_to_close
