"""The rows of a list of returned dossiers, each checked: who is invited, who not and why.

Pure: of a dossier number goes on a keyed digest, of everything else only what an answer keeps.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from survey.answers_file.rows import Tally, Verdict
from survey.answers_file.values import day, moment
from survey.dossiers_file import values
from survey.dossiers_file.columns import DossierColumns
from survey.invitations.columns import HEADINGS
from survey.period import business_day
from survey.reasons import Reason, quote
from survey.storage import names
from survey.storage.points import LONGEST_NAME, ServicePoint
from survey.tables import Row

VALID = timedelta(hours=72)
# An appointment may lie ahead; later than that it is a mistake.
AHEAD = timedelta(days=3660)


@dataclass(frozen=True, kw_only=True)
class Dossier:
    """What one row invites to: at which point, from when, and what its answer will keep."""

    row: int
    digest: bytes
    point: ServicePoint
    handed_over_at: datetime
    field: str | None
    agency: str | None
    on_time: bool | None
    phone: str

    @property
    def ends_at(self) -> datetime:
        """When its code ends."""
        return self.handed_over_at + VALID

    @property
    def handed_over_on(self) -> date:
        """The day of the handing over, whose end stands for it where no time is known."""
        return business_day(self.handed_over_at - timedelta(seconds=1))


@dataclass
class Listed(Verdict):
    """What came of reading a list."""

    dossiers: list[Dossier] = field(default_factory=list)
    too_late: Tally = field(default_factory=Tally)


@dataclass(frozen=True, kw_only=True)
class DossierReader:
    """Everything needed to understand a row; `keyed` makes a digest nobody can try out."""

    columns: DossierColumns
    point: ServicePoint | Callable[[str], ServicePoint | Reason]
    now: datetime
    keyed: Callable[[bytes], bytes]


def check(rows: Iterable[Row], reader: DossierReader) -> Listed:
    """Return the dossiers that can be invited, and what is wrong with the others."""
    listed, seen = Listed(), set[bytes]()
    for number, cells in rows:
        wrong: list[Reason] = []
        dossier = _read(number, cells, reader, wrong)
        if dossier is None:
            listed.refuse(number, wrong)
        elif dossier.digest in seen:
            listed.repeated.add(number)
        elif dossier.ends_at <= reader.now:
            listed.too_late.add(number)
        else:
            listed.dossiers.append(dossier)
        if dossier is not None:
            seen.add(dossier.digest)
    return listed


def _read(row: int, cells: list[str], reader: DossierReader, wrong: list[Reason]) -> Dossier | None:
    digest = _digest(cells, reader, wrong)
    point = _point(cells, reader, wrong)
    handed_over_at = _moment(cells, reader, wrong)
    on_time = _on_time(cells, reader, handed_over_at, wrong)
    field = _text(cells, "field", reader, wrong)
    agency = _text(cells, "agency", reader, wrong)
    if wrong or digest is None or point is None or handed_over_at is None:
        return None
    return Dossier(
        row=row,
        digest=digest,
        point=point,
        handed_over_at=handed_over_at,
        field=field,
        agency=agency,
        on_time=on_time,
        phone=reader.columns.cell(cells, "phone"),
    )


def _digest(cells: list[str], reader: DossierReader, wrong: list[Reason]) -> bytes | None:
    found = values.number(reader.columns.cell(cells, "number"))
    if isinstance(found, Reason):
        wrong.append(found)
        return None
    return reader.keyed(found.encode())


def _point(cells: list[str], reader: DossierReader, wrong: list[Reason]) -> ServicePoint | None:
    if isinstance(reader.point, ServicePoint):
        return reader.point
    text = reader.columns.cell(cells, "point")
    found = reader.point(text) if text else Reason("dossier_nowhere")
    if isinstance(found, ServicePoint) and not found.is_open:
        found = Reason("point_closed", {"point": quote(found.name)})
    if isinstance(found, Reason):
        wrong.append(found)
        return None
    return found


def _moment(cells: list[str], reader: DossierReader, wrong: list[Reason]) -> datetime | None:
    text = reader.columns.cell(cells, "handed_over")
    found = moment(text, reader.columns.date_order, reader.now) if text else Reason("not_handed")
    if isinstance(found, Reason):
        wrong.append(found)
        return None
    return found


def _on_time(
    cells: list[str], reader: DossierReader, handed_over_at: datetime | None, wrong: list[Reason]
) -> bool | None:
    """Return whether the result was ready when it was promised; None where the list cannot tell."""
    if said := reader.columns.cell(cells, "on_time"):
        found = values.on_time(said)
        if isinstance(found, Reason):
            wrong.append(found)
            return None
        return found
    appointed = _day(cells, "appointed", reader, wrong)
    finished = _day(cells, "finished", reader, wrong)
    at = handed_over_at
    return values.proved_on_time(
        appointed, finished, at and business_day(at - timedelta(seconds=1))
    )


def _day(cells: list[str], key: str, reader: DossierReader, wrong: list[Reason]) -> date | None:
    """Return a day that may be empty, and may lie ahead."""
    text = reader.columns.cell(cells, key)
    if not text:
        return None
    found = day(text, reader.columns.date_order, business_day(reader.now + AHEAD))
    if isinstance(found, Reason):
        wrong.append(found)
        return None
    return found


def _text(cells: list[str], key: str, reader: DossierReader, wrong: list[Reason]) -> str | None:
    text = names.clean(reader.columns.cell(cells, key))
    if len(text) > LONGEST_NAME:
        heading = quote(HEADINGS[key][0])
        wrong.append(Reason("long", {"heading": heading, "most": LONGEST_NAME}))
    return text or None
