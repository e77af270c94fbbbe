"""The audit log: who did what to what and when; append-only, each entry sealing the one before."""

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from survey.storage.base import AnyRow, Base

COMMAND_LINE = "command line"
PAGE_SIZE = 50
CHUNK = 1000
SEED = bytes(32)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class AuditEntry(Base):
    """One act; its digest covers what it says and the digest of the entry before."""

    __tablename__ = "audit_entry"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(index=True)
    # The account's e-mail, or COMMAND_LINE.
    actor: Mapped[str]
    # A short English verb phrase: "rename point".
    act: Mapped[str]
    subject: Mapped[str]
    detail: Mapped[str]
    digest: Mapped[bytes]


class AuditHead(Base):
    """The end of the chain, one row: who adds an entry holds it until the commit."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]
    digest: Mapped[bytes]


@dataclass(frozen=True)
class AuditPage:
    """A page of entries, the newest first, and where it stands."""

    rows: Sequence[AuditEntry]
    total: int
    number: int

    @property
    def last(self) -> int:
        """The number of the last page."""
        return _pages(self.total)


def record(
    session: Session, *, actor: str, act: str, subject: str, at: datetime, detail: str = ""
) -> AuditEntry:
    """Add an entry to the chain; it stands with the caller's commit.

    Record last before the commit: until then nobody else can.
    """
    # Nothing of the head may come from this session's memory: it is the lock.
    query = select(AuditHead).with_for_update().execution_options(populate_existing=True)
    head = session.scalars(query).one()
    entry = AuditEntry(
        number=head.number + 1, at=at, actor=actor, act=act, subject=subject, detail=detail
    )
    entry.digest = _seal(head.digest, entry)
    head.number, head.digest = entry.number, entry.digest
    session.add(entry)
    session.flush()
    return entry


def anchor(session: Session) -> str:
    """Return the end of the chain as "number:digest": kept elsewhere, it shows a later cut."""
    head = session.scalars(select(AuditHead)).one()
    return f"{head.number}:{head.digest.hex()}"


def verify(session: Session, kept: str | None = None) -> int | None:
    """Return the number of the first entry that is missing or was altered; None if all stand.

    `kept` is an anchor printed earlier: the entry it names must have that digest still.
    Raises ValueError for what is no anchor.
    """
    number, digest, anchored = 0, SEED, _parsed(kept)
    for entry in _in_order(session):
        number += 1
        digest = _seal(digest, entry)
        if (entry.number, entry.digest) != (number, digest):
            return number
        if anchored.get(number, digest) != digest:
            return number
    heads = session.execute(select(AuditHead.number, AuditHead.digest)).all()
    if [tuple(head) for head in heads] != [(number, digest)] or max(anchored) > number:
        return number + 1
    return None


def page(
    session: Session,
    *,
    span: tuple[datetime, datetime] | None = None,
    actor: str | None = None,
    act: str | None = None,
    number: int = 1,
) -> AuditPage:
    """Return a page of the entries within [start, end), by an actor, of an act; newest first."""
    query = _where(select(AuditEntry), span, actor, act)
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    number = max(1, min(number, _pages(total)))
    query = query.order_by(AuditEntry.number.desc())
    rows = session.scalars(query.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)).all()
    return AuditPage(rows, total, number)


def actors(session: Session) -> Sequence[str]:
    """Return everybody who has an entry, in order."""
    return session.scalars(select(AuditEntry.actor).distinct().order_by(AuditEntry.actor)).all()


def acts(session: Session) -> Sequence[str]:
    """Return every act that was recorded, in order."""
    return session.scalars(select(AuditEntry.act).distinct().order_by(AuditEntry.act)).all()


def _where(
    query: Select[AuditEntry],
    span: tuple[datetime, datetime] | None,
    actor: str | None,
    act: str | None,
) -> Select[AuditEntry]:
    if span is not None:
        query = query.where(and_(AuditEntry.at >= span[0], AuditEntry.at < span[1]))
    if actor:
        query = query.where(AuditEntry.actor == actor)
    return query.where(AuditEntry.act == act) if act else query


def _in_order(session: Session) -> Iterator[AnyRow]:
    """Yield all entries by number, a chunk at a time: the log grows for years."""
    query = select(*AuditEntry.__table__.columns).order_by(AuditEntry.number).limit(CHUNK)
    rows = session.execute(query).all()  # from the very first: one put before 1 is none of ours
    while rows:
        yield from rows
        rows = session.execute(query.where(AuditEntry.number > rows[-1].number)).all()


def _seal(before: bytes, entry: AuditEntry | AnyRow) -> bytes:
    at = (entry.at - EPOCH) // timedelta(microseconds=1)
    content = [entry.number, at, entry.actor, entry.act, entry.subject, entry.detail]
    return hashlib.sha256(before + json.dumps(content).encode("ascii")).digest()


def _parsed(kept: str | None) -> dict[int, bytes]:
    """Return the digest that a number must have."""
    found = re.fullmatch(r"([0-9]+):([0-9a-f]{64})", (kept or f"0:{SEED.hex()}").strip())
    if found is None:
        raise ValueError(f"{kept} is no anchor: it has a number, a colon and 64 hex digits")
    return {int(found[1]): bytes.fromhex(found[2])}


def _pages(total: int) -> int:
    return max(1, -(-total // PAGE_SIZE))
