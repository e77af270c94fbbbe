"""One-time codes of result slips, for as long as they can be used; then only how many there were.

A row knows that its code was used and not by which answer. It is kept under a keyed digest, and
what it knew of its dossier moves into the answer: see decision 16 before adding a column.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ForeignKey, case, delete, func, insert, select
from sqlalchemy.exc import IntegrityError, NoResultFound
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from survey.period import VIETNAM, Period
from survey.storage.base import Base, chunks
from survey.storage.points import ServicePoint
from survey.storage.responses import Response

# A form that was opened with the code in its last minute may still be sent so much later.
KEPT_AFTER = timedelta(hours=72)


class InvitationIssue(Base):
    """One printing of slips, or one file for the SMS gateway."""

    __tablename__ = "invitation_issue"

    id: Mapped[int] = mapped_column(primary_key=True)
    issued_at: Mapped[datetime]
    n: Mapped[int]


class Invitation(Base):
    """A code that can still be used, or was; `month` is the one of the handing over."""

    __tablename__ = "invitation"
    # WITHOUT ROWID: SQLite's hidden serial number would be the order of the list.
    __table_args__ = ({"sqlite_with_rowid": False},)

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey(InvitationIssue.id), index=True)
    point_id: Mapped[int] = mapped_column(ForeignKey("service_point.id"))
    unit_code: Mapped[str]
    month: Mapped[date]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    field: Mapped[str | None]
    deciding_agency: Mapped[str | None]
    on_time: Mapped[bool | None]
    used: Mapped[bool] = mapped_column(default=False)

    point: Mapped[ServicePoint] = relationship()


class InvitedDossier(Base):
    """The keyed digest of a dossier number, so that nobody is invited twice; no way to a code."""

    __tablename__ = "invited_dossier"
    __table_args__ = ({"sqlite_with_rowid": False},)

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey(InvitationIssue.id), index=True)
    ends_at: Mapped[datetime]


class InvitationTally(Base):
    """How many codes of a point and month there were, and how many of them were used."""

    __tablename__ = "invitation_tally"

    unit_code: Mapped[str] = mapped_column(primary_key=True)
    point_id: Mapped[int] = mapped_column(ForeignKey("service_point.id"), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    issued: Mapped[int]
    used: Mapped[int]


@dataclass(frozen=True, kw_only=True)
class NewInvitation:
    """A code to store: by its digest, with what its answer will keep of the dossier."""

    digest: bytes
    dossier: bytes | None
    point_id: int
    unit_code: str
    month: date
    ends_at: datetime
    field: str | None
    deciding_agency: str | None
    on_time: bool | None


@dataclass(frozen=True)
class Used:
    """How many codes were issued at a point, and how many of them were used."""

    unit_code: str
    point_id: int
    issued: int
    used: int


def issue(session: Session, at: datetime, new: Sequence[NewInvitation]) -> InvitationIssue:
    """Store new codes; AlreadyInvited when a dossier was invited meanwhile."""
    made = InvitationIssue(issued_at=at, n=len(new))
    session.add(made)
    session.flush()
    # In the order of the digests, which is not the order of the list.
    codes = [_code(one) | {"issue_id": made.id} for one in sorted(new, key=lambda one: one.digest)]
    session.execute(insert(Invitation), codes)
    invited = sorted((one.dossier, one.ends_at) for one in new if one.dossier is not None)
    rows = [{"digest": digest, "issue_id": made.id, "ends_at": ends} for digest, ends in invited]
    if rows:
        try:
            session.execute(insert(InvitedDossier), rows)
        except IntegrityError as error:
            raise AlreadyInvited from error
    return made


class AlreadyInvited(Exception):
    """A dossier of the list was invited by somebody else at this moment."""


def invited(session: Session, dossiers: Collection[bytes]) -> set[bytes]:
    """Return which of these dossiers have a code that can still be used."""
    found: set[bytes] = set()
    for some in chunks(sorted(dossiers)):
        query = select(InvitedDossier.digest).where(InvitedDossier.digest.in_(some))
        found |= set(session.scalars(query))
    return found


def by_digest(session: Session, digest: bytes) -> Invitation | None:
    """Return the row of a code; None once its time is over."""
    return session.get(Invitation, digest)


def use(session: Session, digest: bytes, response: Response) -> bool:
    """Use a code up for an answer stored in this transaction; False when it was used before.

    What it knew of its dossier moves to the answer; of a used code nothing is left but that.
    """
    query = select(Invitation).where(Invitation.digest == digest, Invitation.used.is_(False))
    # Not from this session's memory: of two at once, the second must see what the first did.
    fresh = query.with_for_update().execution_options(populate_existing=True)
    code = session.scalars(fresh).one_or_none()
    if code is None:
        return False
    response.field, code.field = code.field, None
    response.deciding_agency, code.deciding_agency = code.deciding_agency, None
    response.on_time, code.on_time = code.on_time, None
    code.used = True
    session.flush()
    return True


def issues(
    session: Session, unit_codes: Collection[str]
) -> Sequence[tuple[InvitationIssue, datetime]]:
    """Return the issues all of whose codes belong to these units, with the end of the last code.

    The newest first, and only while a code of theirs is kept.
    """
    own = func.sum(case((Invitation.unit_code.in_(unit_codes), 1), else_=0))
    query = (
        select(InvitationIssue, func.max(Invitation.ends_at, type_=Invitation.ends_at.type))
        .join(Invitation)
        .group_by(InvitationIssue.id)
        .having(own == func.count())
        .order_by(InvitationIssue.id.desc())
    )
    return [(made, ends) for made, ends in session.execute(query)]


def discard(session: Session, number: int) -> int:
    """Take the codes of an issue out of use, so that its dossiers can be invited anew.

    Returns how many there were. NoResultFound when it has none (any more).
    """
    made = session.get(InvitationIssue, number)
    gone = session.execute(delete(Invitation).where(Invitation.issue_id == number))
    if made is None or not gone.rowcount:  # type: ignore[attr-defined]
        raise NoResultFound(f"no codes of issue {number} are in use")
    session.execute(delete(InvitedDossier).where(InvitedDossier.issue_id == number))
    session.delete(made)
    return made.n


def expire(session: Session, today: date) -> None:
    """Count the codes whose time is over, and forget them and their dossiers."""
    last = datetime.combine(today, time(tzinfo=VIETNAM)) - KEPT_AFTER
    over = Invitation.ends_at <= last
    keys = (Invitation.unit_code, Invitation.point_id, Invitation.month)
    used = func.sum(case((Invitation.used, 1), else_=0))
    ended = select(*keys, func.count(), used).where(over).group_by(*keys).order_by(*keys)
    for *key, n, n_used in session.execute(ended).all():
        tally = session.get(InvitationTally, tuple(key)) or _new_tally(session, *key)
        tally.issued, tally.used = tally.issued + n, tally.used + n_used
    session.execute(delete(Invitation).where(over))
    session.execute(delete(InvitedDossier).where(InvitedDossier.ends_at <= last))
    codes = select(Invitation.digest).where(Invitation.issue_id == InvitationIssue.id)
    session.execute(delete(InvitationIssue).where(~codes.exists()))
    session.flush()


def used(session: Session, codes: Collection[str], period: Period) -> Sequence[Used]:
    """Return how many codes of a period were issued and used at each point of these units.

    Only of codes whose time is over: nothing here tells who may still answer.
    """
    keys = (InvitationTally.unit_code, InvitationTally.point_id)
    query = (
        select(*keys, func.sum(InvitationTally.issued), func.sum(InvitationTally.used))
        .where(
            InvitationTally.unit_code.in_(codes),
            InvitationTally.month >= period.start,
            InvitationTally.month < period.end,
        )
        .group_by(*keys)
        .order_by(*keys)
    )
    return [Used(*row) for row in session.execute(query)]


def _new_tally(session: Session, unit_code: str, point_id: int, month: date) -> InvitationTally:
    tally = InvitationTally(unit_code=unit_code, point_id=point_id, month=month, issued=0, used=0)
    session.add(tally)
    return tally


def _code(new: NewInvitation) -> dict[str, object]:
    kept = {name: value for name, value in vars(new).items() if name != "dossier"}
    return kept | {"used": False}
