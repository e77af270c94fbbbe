"""Administrative units, keyed by (code, valid_from), and the tree they form on a date.

Codes are reused with a new meaning and types change without a new code, so a parent is a
*code* resolved on the date in question. Dates are half-open: [valid_from, valid_to).
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, UniqueConstraint, and_, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from survey.storage import names
from survey.storage.base import Base, Refused

PROVINCE = "province"


class Unit(Base):
    """A province, department or commune during one stretch of its history."""

    __tablename__ = "unit"
    # Two keys, because a unit known only from a succession file has no valid_from.
    __table_args__ = (UniqueConstraint("code", "valid_from"), UniqueConstraint("code", "valid_to"))

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(index=True)
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    level: Mapped[str]
    type: Mapped[str]
    name: Mapped[str]
    electronic_id: Mapped[str | None]
    parent_code: Mapped[str | None] = mapped_column(index=True)
    search_key: Mapped[str]
    sort_key: Mapped[bytes]


@dataclass(frozen=True, kw_only=True)
class UnitRow:
    """A unit as a file states it; `number` is its row there."""

    number: int
    code: str
    name: str
    level: str
    type: str
    parent_code: str | None = None
    electronic_id: str | None = None


@dataclass
class UnitChanges:
    """What an import did: counts, and the spellings it kept although the file differs."""

    added: int = 0
    unchanged: int = 0
    corrected: int = 0
    succeeded: int = 0
    respelled: list[str] = field(default_factory=list)


def alive(on: date) -> ColumnElement[bool]:
    """Return the condition that a unit exists on a date."""
    begun = or_(Unit.valid_from.is_(None), Unit.valid_from <= on)
    return and_(begun, or_(Unit.valid_to.is_(None), Unit.valid_to > on))


def get(session: Session, code: str, on: date) -> Unit:
    """Return the unit that carries a code on a date; NoResultFound if none does."""
    return session.execute(select(Unit).where(Unit.code == code, alive(on))).scalar_one()


def latest(session: Session, code: str, on: date) -> Unit:
    """Return the unit that carries a code on a date, or carried it last before."""
    begun = or_(Unit.valid_from.is_(None), Unit.valid_from <= on)
    last_first = (Unit.valid_to.is_not(None), Unit.valid_to.desc())
    query = select(Unit).where(Unit.code == code, begun).order_by(*last_first).limit(1)
    return session.execute(query).scalar_one()


def named(session: Session, codes: Collection[str], on: date) -> Sequence[Unit]:
    """Return the units with these codes on a date, in Vietnamese order."""
    query = select(Unit).where(Unit.code.in_(codes), alive(on)).order_by(Unit.sort_key)
    return session.scalars(query).all()


def search(session: Session, text: str, on: date) -> Sequence[Unit]:
    """Return the units of a date whose name holds a text, without regard to case or marks."""
    found = Unit.search_key.contains(names.fold(text), autoescape=True)
    return session.scalars(select(Unit).where(found, alive(on)).order_by(Unit.sort_key)).all()


def subtree(session: Session, code: str, on: date) -> frozenset[str]:
    """Return the codes of a unit and everything below it on a date, empty if it is unknown."""
    tree = select(Unit.code).where(Unit.code == code, alive(on)).cte("tree", recursive=True)
    below = select(Unit.code).join(tree, Unit.parent_code == tree.c.code).where(alive(on))
    return frozenset(session.scalars(select(tree.union(below).c.code)))


def provincial(session: Session, codes: Collection[str], on: date) -> frozenset[str]:
    """Return those of these units that are a province among them, or stand below one."""
    provinces = select(Unit.code).where(Unit.level == PROVINCE, alive(on))
    tops = [code for code in session.scalars(provinces) if code in codes]
    return frozenset().union(*(subtree(session, top, on) for top in tops))


def is_top(session: Session, code: str, on: date) -> bool:
    """Say whether a unit of a date is a province, or has none above it."""
    top = or_(Unit.parent_code.is_(None), Unit.level == PROVINCE)
    return session.scalar(select(Unit.id).where(Unit.code == code, alive(on), top)) is not None


def is_empty(session: Session) -> bool:
    """Say whether the register has no unit yet."""
    return session.scalar(select(Unit.id).limit(1)) is None


def current(session: Session) -> dict[str, Unit]:
    """Return every unit that has no end, by code."""
    return _by_code(session, Unit.valid_to.is_(None))


def on_day(session: Session, on: date) -> dict[str, Unit]:
    """Return every unit that exists on a date, by code."""
    return _by_code(session, alive(on))


def begun_before(session: Session, on: date) -> dict[str, Unit]:
    """Return every unit known to have begun before a date, by code."""
    return _by_code(session, Unit.valid_from < on)


def _by_code(session: Session, condition: ColumnElement[bool]) -> dict[str, Unit]:
    return {unit.code: unit for unit in session.scalars(select(Unit).where(condition))}


def new(row: UnitRow, valid_from: date | None, valid_to: date | None = None) -> Unit:
    """Return the row of a unit with its search and sort keys, not yet in a session."""
    return Unit(
        code=row.code,
        valid_from=valid_from,
        valid_to=valid_to,
        level=row.level,
        type=row.type,
        name=row.name,
        electronic_id=row.electronic_id,
        parent_code=row.parent_code,
        search_key=names.fold(row.name),
        sort_key=names.sort_key(row.name),
    )


def put(session: Session, rows: Iterable[UnitRow], valid_from: date) -> UnitChanges:
    """Make the register agree with a file that holds from a date; all of it or nothing.

    A unit the file repeats is kept (with an earlier beginning or an electronic identifier
    that the file adds), one that differs from that date on succeeds
    itself, one that differs on the very date of its row is corrected in place. A name
    that differs only in where its tones are written is reported and keeps its spelling.
    Raises Refused with every row that contradicts the register.
    """
    rows = list(rows)
    known = current(session)
    reasons = [
        *_orphans(rows, known),
        *_circles(rows, known),
        *_anachronisms(session, rows, known, valid_from),
    ]
    if reasons:
        raise Refused(reasons)
    changes = UnitChanges()
    for row in rows:
        known[row.code] = _put_one(session, row, known.get(row.code), valid_from, changes)
    session.flush()
    return changes


def _put_one(
    session: Session, row: UnitRow, unit: Unit | None, valid_from: date, changes: UnitChanges
) -> Unit:
    if unit is None:
        unit = new(row, valid_from)
        session.add(unit)
        changes.added += 1
    elif not _differs(unit, row):
        _complete(unit, row, valid_from, changes)
    elif unit.valid_from == valid_from:
        _correct(unit, row)
        changes.corrected += 1
    else:
        unit.valid_to = valid_from
        unit = new(row, valid_from)
        session.add(unit)
        changes.succeeded += 1
    return unit


def _complete(unit: Unit, row: UnitRow, valid_from: date, changes: UnitChanges) -> None:
    """Keep a unit that the file repeats, with what the file adds to it."""
    if unit.name != row.name:
        changes.respelled.append(f"{row.code}: {row.name} is kept as {unit.name}")
    begins = min(unit.valid_from or valid_from, valid_from)
    added = (begins, unit.electronic_id or row.electronic_id)
    if added == (unit.valid_from, unit.electronic_id):
        changes.unchanged += 1
    else:
        unit.valid_from, unit.electronic_id = added
        changes.corrected += 1


def _differs(unit: Unit, row: UnitRow) -> bool:
    # An electronic identifier that one side lacks says nothing; two that differ do.
    identifiers = {unit.electronic_id, row.electronic_id} - {None}
    before = (unit.level, unit.type, unit.parent_code, min(len(identifiers), 1))
    after = (row.level, row.type, row.parent_code, len(identifiers))
    return before != after or names.spelling(unit.name) != names.spelling(row.name)


def _correct(unit: Unit, row: UnitRow) -> None:
    right = new(row, unit.valid_from)
    for column in ("level", "type", "name", "parent_code", "search_key", "sort_key"):
        setattr(unit, column, getattr(right, column))
    unit.electronic_id = row.electronic_id or unit.electronic_id


def _orphans(rows: Sequence[UnitRow], known: dict[str, Unit]) -> list[str]:
    codes = known.keys() | {row.code for row in rows}
    return [
        f"row {row.number}: {row.code} {row.name}: its parent {row.parent_code} is neither in "
        "the file nor in the register; import the parent first"
        for row in rows
        if row.parent_code is not None and row.parent_code not in codes
    ]


def _circles(rows: Sequence[UnitRow], known: dict[str, Unit]) -> list[str]:
    parents = {code: unit.parent_code for code, unit in known.items()}
    parents |= {row.code: row.parent_code for row in rows}
    return [
        f"row {row.number}: {row.code} {row.name}: it stands above itself; correct parent_code"
        for row in rows
        if row.code in _above(row.code, parents)
    ]


def _above(code: str, parents: dict[str, str | None]) -> set[str]:
    above: set[str] = set()
    parent = parents.get(code)
    while parent is not None and parent not in above:
        above.add(parent)
        parent = parents.get(parent)
    return above


def _anachronisms(
    session: Session, rows: Sequence[UnitRow], known: dict[str, Unit], valid_from: date
) -> list[str]:
    closed = set(session.scalars(select(Unit.code).where(Unit.valid_to > valid_from)))
    return [
        f"row {row.number}: {row.code} {row.name}: the register already knows a later state of "
        f"this unit than {valid_from}; give --valid-from a later date"
        for row in rows
        if row.code in closed or (row.code in known and _is_later(known[row.code], row, valid_from))
    ]


def _is_later(unit: Unit, row: UnitRow, valid_from: date) -> bool:
    return unit.valid_from is not None and unit.valid_from > valid_from and _differs(unit, row)
