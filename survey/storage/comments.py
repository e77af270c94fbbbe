"""What people wrote in their own words, apart from what they answered.

A unit reads a comment only without names and numbers, only if the province does not hold it,
and only in a batch of several (`comment_batches`).
"""

import re
import secrets
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    ForeignKey,
    Index,
    and_,
    delete,
    func,
    literal,
    select,
)
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Mapped, Session, mapped_column

from survey.storage import boundary_changes, names, points, referrals, seen_nonces
from survey.storage.base import Base
from survey.storage.points import ServicePoint

STATUSES = ("new", "working", "done", "declined")
PAGE_SIZE = 50
DIGEST_SIZE = 32
# 63 bits: what both databases keep as an integer.
NAME = re.compile(r"[0-7][0-9a-f]{15}")


class Comment(Base):
    """One comment (góp ý).

    It knows the receipt it was written under, so that its holder can withdraw it, and has
    no key to the response.
    """

    __tablename__ = "comment"
    # WITHOUT ROWID: SQLite's hidden serial number would keep the order of the queue.
    __table_args__ = (
        # Holds all that counting those of a province asks for.
        Index(
            "ix_comment_counted", "unit_code", "released_on", "holds", "withdrawn", "business_day"
        ),
        {"sqlite_with_rowid": False},
    )

    key: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    point_id: Mapped[int] = mapped_column(ForeignKey("service_point.id"), index=True)
    # The unit the point belonged to on the business day.
    unit_code: Mapped[str]
    receipt_digest: Mapped[bytes] = mapped_column(index=True)
    business_day: Mapped[date]
    language: Mapped[str]
    is_test: Mapped[bool]
    # As written; nothing once its time is over.
    text: Mapped[str | None]
    # Without names and numbers; nothing until the close that reads the comment.
    masked: Mapped[str | None]
    search_key: Mapped[str] = mapped_column(default="")
    # What it is about, and why the province holds it, by their codes.
    themes: Mapped[str] = mapped_column(default="")
    holds: Mapped[str] = mapped_column(default="")
    # Set in batches only; whether a batch names the counter depends on how it was made.
    released_on: Mapped[date | None]
    shows_point: Mapped[bool] = mapped_column(default=False)
    # Taken back while its referral kept it.
    withdrawn: Mapped[bool] = mapped_column(default=False)
    # What the unit did about it.
    status: Mapped[str] = mapped_column(default=STATUSES[0])
    owner: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")

    @property
    def name(self) -> str:
        """The comment in addresses and in the audit log."""
        return f"{self.key:016x}"


@dataclass(frozen=True)
class CommentPage:
    """One page of a list: comments with their counters."""

    rows: Sequence[tuple[Comment, ServicePoint]]
    total: int
    number: int

    @property
    def last(self) -> int:
        """The number of the last page, from 1."""
        return pages(self.total)


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
        unit_code=points.unit_code_on(point, business_day),
        receipt_digest=receipt_digest,
        business_day=business_day,
        language=language,
        is_test=point.is_test or is_test,
        text=text,
    )
    session.add(comment)
    return comment


def withdraw(session: Session, receipt_digest: bytes) -> bool:
    """Take back the comment of a receipt, released or not; False when there is none.

    One that was passed to an authority stays with the province until that is settled; its
    receipt leads to it no more.
    """
    query = select(Comment).where(Comment.receipt_digest == receipt_digest).with_for_update()
    comment = session.scalars(query).first()
    if comment is None:
        return False
    if referrals.open_of(session, [comment.key]):
        comment.withdrawn, comment.receipt_digest = True, secrets.token_bytes(DIGEST_SIZE)
    else:
        session.execute(delete(Comment).where(Comment.key == comment.key))
    session.flush()
    return True


def get(session: Session, name: str, codes: Collection[str], *, to_change: bool = False) -> Comment:
    """Return a comment of these units, locked if it is to be changed.

    Raises NoResultFound when it is elsewhere, unread or unknown.
    """
    if not NAME.fullmatch(name):
        raise NoResultFound(f"{name} names no comment")
    here = (Comment.key == int(name, 16), Comment.unit_code.in_(codes), is_read())
    query = select(Comment).where(*here)
    return session.execute(query.with_for_update() if to_change else query).scalar_one()


def released(
    session: Session, name: str, codes: Collection[str], *, to_change: bool = False
) -> Comment:
    """Return a comment that the readers of these units may read; else NoResultFound."""
    comment = get(session, name, codes, to_change=to_change)
    first = boundary_changes.reused(session, {comment.unit_code}).get(comment.unit_code)
    is_anothers = first is not None and comment.business_day < first
    if comment.released_on is None or comment.holds or comment.withdrawn or is_anothers:
        raise NoResultFound(f"comment {name} is not released")
    return comment


def listing(
    session: Session,
    codes: Collection[str],
    *,
    text: str = "",
    theme: str = "",
    status: str = "",
    page: int = 1,
) -> CommentPage:
    """Return a page of the comments released to these units, the newest batch first.

    `text` is looked for without regard to case or marks. Within a batch the order is random.
    """
    wanted = [_is_of(session, codes), is_released()]
    if key := names.fold(text):
        wanted.append(Comment.search_key.contains(key, autoescape=True))
    if theme:
        # A code among codes joined by spaces.
        spaced = literal(" ").concat(Comment.themes).concat(" ")
        wanted.append(spaced.contains(f" {theme} ", autoescape=True))
    if status:
        wanted.append(Comment.status == status)
    return page_of(session, wanted, Comment.released_on.desc(), page)


def page_of(
    session: Session,
    wanted: Sequence[ColumnElement[bool]],
    order: ColumnElement[date] | ColumnElement[date | None],
    page: int,
) -> CommentPage:
    """Return a page of comments with their counters; a page beyond the last is the last."""
    total = session.scalar(select(func.count()).select_from(Comment).where(*wanted)) or 0
    page = max(1, min(page, pages(total)))
    query = select(Comment, ServicePoint).join(ServicePoint).where(*wanted)
    query = query.order_by(order, Comment.key).limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)
    return CommentPage([(row[0], row[1]) for row in session.execute(query)], total, page)


def themes(session: Session, codes: Collection[str]) -> Counter[str]:
    """Return how many comments released to these units are about each theme."""
    here = (_is_of(session, codes), is_released())
    query = select(Comment.themes, func.count()).where(*here).group_by(Comment.themes)
    found: Counter[str] = Counter()
    for joined, n in session.execute(query):
        found.update(dict.fromkeys(joined.split(), n))
    return found


def count(session: Session, codes: Collection[str], *, point_id: int | None = None) -> int:
    """Return how many comments these units can read: of what was theirs on the day of each.

    Never how many wait: the difference would tell that one is held. Of a point, only those
    whose batch names it.
    """
    here = [_is_of(session, codes), is_released()]
    if point_id is not None:
        here += [Comment.point_id == point_id, Comment.shows_point.is_(True)]
    return session.scalar(select(func.count()).where(*here)) or 0


def follow_up(comment: Comment, status: str, owner: str, note: str) -> None:
    """Note what is done about a comment and by whom."""
    comment.status, comment.owner, comment.note = status, owner, note


def correct(comment: Comment, masked: str) -> None:
    """Give a comment another text to be read in place of the raw one."""
    comment.masked, comment.search_key = masked, names.fold(masked)


def is_read() -> ColumnElement[bool]:
    """Return the condition that a close has read a comment, which is no trial."""
    return and_(Comment.masked.is_not(None), Comment.is_test.is_(False))


def is_released() -> ColumnElement[bool]:
    """Return the condition that the unit may read a comment."""
    return and_(Comment.released_on.is_not(None), Comment.holds == "", Comment.withdrawn.is_(False))


def _is_of(session: Session, codes: Collection[str]) -> ColumnElement[bool]:
    """Return the condition that a comment is of units, not of others that had their codes."""
    reused = boundary_changes.reused(session, codes)
    own = boundary_changes.its_own(Comment.unit_code, Comment.business_day, reused)
    return and_(Comment.unit_code.in_(codes), own)


def pages(total: int) -> int:
    """Return how many pages so many comments fill."""
    return max(1, -(-total // PAGE_SIZE))
