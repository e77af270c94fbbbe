"""Which unit continues which, wholly or in part, and by which legal document."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from survey.storage import names, units
from survey.storage.base import Base, Refused
from survey.storage.units import Unit, UnitRow


class UnitSuccession(Base):
    """One line from an old unit to a new one; `full` when all of the old went there."""

    __tablename__ = "unit_succession"
    __table_args__ = (UniqueConstraint("old_id", "new_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    old_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    new_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    full: Mapped[bool]
    reference: Mapped[str | None]


@dataclass(frozen=True, kw_only=True)
class SuccessionRow:
    """A line of a succession file; `old_province` is the parent the old unit had."""

    number: int
    old: UnitRow
    old_province: UnitRow
    new_code: str
    new_name: str
    full: bool


@dataclass
class SuccessionChanges:
    """What an import did, and the new units it found by name because the code is unknown."""

    added: int = 0
    unchanged: int = 0
    closed_units: int = 0
    outside: int = 0
    renumbered: list[str] = field(default_factory=list)


def put(
    session: Session,
    rows: Iterable[SuccessionRow],
    on: date,
    *,
    reference: str | None = None,
    province: str | None = None,
) -> SuccessionChanges:
    """Create the old units, closed on a date, and their successions; all or nothing.

    A new unit is found by its code, else by its name, where that is unique among the units
    of a province that other rows of the same old province lead to (codes are renumbered now
    and then). With `province`, rows that lead elsewhere are counted and
    left out; otherwise Refused names every row whose new unit is unknown.
    """
    rows = list(rows)
    changes = SuccessionChanges()
    targets = _targets(session, rows, on, changes)
    _refuse_overlaps(session, rows, on)
    if province is None:
        _refuse_unknown(rows, targets, on)
    kept = [row for row in rows if _leads_to(targets.get(row.number), province)]
    changes.outside = len(rows) - len(kept)
    closed = _close_old(session, kept, on, changes)
    known = set(session.execute(select(UnitSuccession.old_id, UnitSuccession.new_id)))
    for row in kept:
        pair = (closed[row.old.code].id, targets[row.number].id)
        if pair in known:
            changes.unchanged += 1
            continue
        session.add(
            UnitSuccession(old_id=pair[0], new_id=pair[1], full=row.full, reference=reference)
        )
        changes.added += 1
    session.flush()
    return changes


def _targets(
    session: Session, rows: Sequence[SuccessionRow], on: date, changes: SuccessionChanges
) -> dict[int, Unit]:
    by_code = units.on_day(session, on)
    by_name: dict[str, list[Unit]] = {}
    for unit in by_code.values():
        by_name.setdefault(names.spelling(unit.name), []).append(unit)
    found = {row.number: by_code[row.new_code] for row in rows if row.new_code in by_code}
    # Where the old province went, as its other rows say: a name alone is no proof, least of
    # all when the register holds one province only.
    went = {
        (row.old_province.code, by_code[row.new_code].parent_code)
        for row in rows
        if row.new_code in by_code
    }
    for row in rows:
        if row.number in found:
            continue
        namesakes = [
            unit
            for unit in by_name.get(names.spelling(row.new_name), [])
            if (row.old_province.code, unit.parent_code) in went
        ]
        if len(namesakes) == 1:
            found[row.number] = namesakes[0]
            note = f"{row.new_code} {row.new_name} is {namesakes[0].code} in the register"
            if note not in changes.renumbered:
                changes.renumbered.append(note)
    return found


def _refuse_overlaps(session: Session, rows: Sequence[SuccessionRow], on: date) -> None:
    begun = units.begun_before(session, on)
    reasons = [
        f"row {row.number}: the register knows {row.old.code} {row.old.name} from "
        f"{begun[row.old.code].valid_from}, before {on}; import them with the day they began"
        for row in rows
        if row.old.code in begun
    ]
    if reasons:
        raise Refused(reasons)


def _refuse_unknown(rows: Sequence[SuccessionRow], targets: dict[int, Unit], on: date) -> None:
    reasons = [
        f"row {row.number}: the register has no unit {row.new_code} {row.new_name} on {on}; "
        "run flask units import first, or give --province for one province"
        for row in rows
        if row.number not in targets
    ]
    if reasons:
        raise Refused(reasons)


def _leads_to(unit: Unit | None, province: str | None) -> bool:
    return unit is not None and (province is None or province in {unit.code, unit.parent_code})


def _close_old(
    session: Session, rows: Sequence[SuccessionRow], on: date, changes: SuccessionChanges
) -> dict[str, Unit]:
    wanted = {row.old_province.code: row.old_province for row in rows}
    wanted |= {row.old.code: row.old for row in rows}
    closed = {unit.code: unit for unit in session.scalars(select(Unit).where(Unit.valid_to == on))}
    for code in wanted.keys() - closed.keys():
        closed[code] = units.new(wanted[code], None, on)
        session.add(closed[code])
        changes.closed_units += 1
    session.flush()
    return closed
