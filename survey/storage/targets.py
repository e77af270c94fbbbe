"""Targets: the share that a unit means to reach in a year, for its index, a factor or a question.

What a unit did not set for itself is that of the nearest unit above it that did.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from survey.storage import units
from survey.storage.base import Base, chunks
from survey.storage.units import Unit

# What is aimed at: "overall" and "index", "factor" and its code, "item" and its code.
Key = tuple[str, str]
INDEX: Key = ("overall", "index")
# A target is kept in hundredths of a per cent, which are exact.
WHOLE = 10_000


class Target(Base):
    """What one unit aims at in one year."""

    __tablename__ = "target"

    unit_code: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    measure: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int]
    set_on: Mapped[date]
    # The account's e-mail, or "command line".
    set_by: Mapped[str]

    @property
    def key(self) -> Key:
        """What it is about."""
        return self.measure, self.code

    @property
    def share(self) -> float:
        """The target as a fraction."""
        return self.value / WHOLE


@dataclass(frozen=True, kw_only=True)
class TargetChange:
    """A target that is set, changed or taken back, in hundredths of a per cent; None: no target."""

    unit_code: str
    year: int
    key: Key
    before: int | None
    after: int | None


Wanted = Mapping[tuple[str, int], Mapping[Key, int | None]]


def chain(session: Session, unit: Unit, on: date) -> list[str]:
    """Return the codes of a unit and of those above it on a date, the nearest first."""
    codes, parent = [unit.code], unit.parent_code
    while parent is not None and parent not in codes:
        codes.append(parent)
        above = select(Unit.parent_code).where(Unit.code == parent, units.alive(on))
        parent = session.scalar(above)
    return codes


def chains(codes: Iterable[str], tree: Mapping[str, Unit]) -> dict[str, list[str]]:
    """Return each of these units with those above it in a tree, the nearest first."""
    return {code: _chain(code, tree) for code in codes}


def own(session: Session, code: str, year: int) -> dict[Key, Target]:
    """Return what a unit set for itself."""
    return {row.key: row for row in _rows(session, [code], year)}


def in_force(session: Session, codes: Sequence[str], year: int) -> dict[Key, Target]:
    """Return what holds for the first of these units: of each key the first that has a target."""
    return of_units(session, {codes[0]: codes}, year)[codes[0]]


def of_units(
    session: Session, chains: Mapping[str, Sequence[str]], year: int
) -> dict[str, dict[Key, Target]]:
    """Return what holds for many units, each with its chain, the nearest first."""
    set_by: dict[str, dict[Key, Target]] = {}
    for row in _rows(session, {code for codes in chains.values() for code in codes}, year):
        set_by.setdefault(row.unit_code, {})[row.key] = row
    return {
        unit: {k: t for code in reversed(codes) for k, t in set_by.get(code, {}).items()}
        for unit, codes in chains.items()
    }


def changes(session: Session, wanted: Wanted) -> list[TargetChange]:
    """Return what setting these targets, or None for taking one back, would change."""
    found = []
    for (code, year), values in wanted.items():
        known = own(session, code, year)
        for key, value in values.items():
            before = known[key].value if key in known else None
            if before != value:
                change = TargetChange(
                    unit_code=code, year=year, key=key, before=before, after=value
                )
                found.append(change)
    return found


def put(session: Session, changed: Iterable[TargetChange], *, on: date, by: str) -> None:
    """Set, change and take back targets."""
    for each in changed:
        row = session.get(Target, (each.unit_code, each.year, *each.key), with_for_update=True)
        if each.after is None:
            if row is not None:
                session.delete(row)
            continue
        if row is None:
            measure, code = each.key
            row = Target(unit_code=each.unit_code, year=each.year, measure=measure, code=code)
            session.add(row)
        row.value, row.set_on, row.set_by = each.after, on, by
    session.flush()


def _rows(session: Session, codes: Collection[str], year: int) -> list[Target]:
    found: list[Target] = []
    for some in chunks(sorted(codes)):
        query = select(Target).where(Target.unit_code.in_(some), Target.year == year)
        found += session.scalars(query)
    return found


def _chain(code: str, tree: Mapping[str, Unit]) -> list[str]:
    found: list[str] = []
    while code in tree and code not in found:
        found.append(code)
        code = tree[code].parent_code or ""
    return found
