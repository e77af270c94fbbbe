"""One-time codes for a number of slips or for a list of dossiers: planned, then stored at once.

What is printed is made in between, so that nobody's answer waits for a printer.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from typing import BinaryIO

from sqlalchemy.orm import Session

from survey import period, tables
from survey.answers_file.mapping import names_of
from survey.answers_file.places import point_finder
from survey.answers_file.rows import Tally
from survey.invitations import codes
from survey.invitations.columns import DossierNames, recognise
from survey.invitations.rows import VALID, Dossier, DossierReader, Listed, check
from survey.reasons import Reason, WrongFile
from survey.storage import invitations, points
from survey.storage.invitations import AlreadyInvited, InvitationIssue, NewInvitation
from survey.storage.points import ServicePoint
from survey.tables import Row, Table
from survey.tokens import keyed

MOST = 20_000


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A code that is not stored yet; `row` and `phone` go into the file and nowhere else."""

    code: str
    point: ServicePoint
    unit_code: str
    ends_at: datetime
    handed_over_on: date
    row: int | None = None
    phone: str = ""
    dossier: bytes | None = None
    field: str | None = None
    agency: str | None = None
    on_time: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What an issue will do: its codes, and what it leaves aside."""

    drafts: Sequence[Draft]
    duplicates: Tally = field(default_factory=Tally)
    too_late: Tally = field(default_factory=Tally)
    n_refused: int = 0
    n_reasons: int = 0
    reasons: Sequence[Reason] = ()
    ignored: Sequence[str] = ()

    @property
    def has_phones(self) -> bool:
        """Whether the list has telephone numbers to send the codes to."""
        return any(draft.phone for draft in self.drafts)


@dataclass(frozen=True, kw_only=True)
class List:
    """A list of returned dossiers that is understood and waits to be checked."""

    table: Table
    reader: DossierReader


def by_number(point: ServicePoint, n: int, handed_over_at: datetime) -> Plan:
    """Return n codes for what a point hands over from a moment on."""
    on = period.business_day(handed_over_at)
    one = Draft(
        code="",
        point=point,
        unit_code=points.unit_code_on(point, on),
        ends_at=handed_over_at + VALID,
        handed_over_on=on,
    )
    return Plan(drafts=[replace(one, code=codes.new()) for _ in range(n)])


def opened(
    file: BinaryIO,
    name: str,
    mapping: bytes | None,
    point: ServicePoint | None,
    among: Sequence[ServicePoint],
) -> List:
    """Return a list with its columns understood; WrongFile when they cannot be.

    All its dossiers belong to `point`, or each to one of the points it may be about.
    """
    said = names_of(DossierNames, mapping)
    table = tables.opened(file, name)
    columns = recognise(table.header, said, one_point=point is not None)
    reader = DossierReader(
        columns=columns,
        point=point or point_finder(among),
        now=period.now(),
        keyed=partial(keyed, "invited dossier"),
    )
    return List(table=table, reader=reader)


def by_list(reading: Session, listed: List, rows: Iterable[Row], name: str) -> Plan:
    """Return a code for each dossier that has none yet; WrongFile for a list without rows."""
    found = check(rows, listed.reader)
    known = invitations.invited(reading, {one.digest for one in found.dossiers})
    _check_size(found, name)
    for one in found.dossiers:
        if one.digest in known:
            found.repeated.add(one.row)
    return Plan(
        drafts=[_draft(one) for one in found.dossiers if one.digest not in known],
        duplicates=found.repeated,
        too_late=found.too_late,
        n_refused=found.n_refused,
        n_reasons=found.n_reasons,
        reasons=found.reasons,
        ignored=listed.reader.columns.ignored,
    )


def store(session: Session, drafts: Collection[Draft], at: datetime) -> InvitationIssue:
    """Store the codes; WrongFile when somebody else invites the same people at this moment."""
    try:
        return invitations.issue(session, at, [_new(draft) for draft in drafts])
    except AlreadyInvited as error:
        session.rollback()
        raise WrongFile(Reason("invited_at_once")) from error


def _check_size(found: Listed, name: str) -> None:
    n = len(found.dossiers)
    if not (n or found.repeated.n or found.too_late.n or found.n_refused):
        raise WrongFile(Reason("no_dossiers", {"file": name}))
    if n > MOST:
        raise WrongFile(Reason("too_many", {"n": n, "most": MOST}))


def _draft(dossier: Dossier) -> Draft:
    return Draft(
        code=codes.new(),
        point=dossier.point,
        unit_code=points.unit_code_on(dossier.point, dossier.handed_over_on),
        ends_at=dossier.ends_at,
        handed_over_on=dossier.handed_over_on,
        row=dossier.row,
        phone=dossier.phone,
        dossier=dossier.digest,
        field=dossier.field,
        agency=dossier.agency,
        on_time=dossier.on_time,
    )


def _new(draft: Draft) -> NewInvitation:
    return NewInvitation(
        digest=codes.digest(draft.code),
        dossier=draft.dossier,
        point_id=draft.point.id,
        unit_code=draft.unit_code,
        month=period.containing(draft.handed_over_on).start,
        ends_at=draft.ends_at,
        field=draft.field,
        deciding_agency=draft.agency,
        on_time=draft.on_time,
    )
