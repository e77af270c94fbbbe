"""The tree of units as it was on a date, and what became of those that are no more."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from survey.storage import boundary_changes, units
from survey.storage.boundary_changes import BoundaryChange
from survey.storage.units import Unit


@dataclass(frozen=True)
class Leaf:
    """A unit of that date, and where it went."""

    unit: Unit
    became: tuple[BoundaryChange, ...]


@dataclass(frozen=True)
class Branch:
    """What stood directly below one unit; `parent` is None at the top."""

    parent: Unit | None
    leaves: tuple[Leaf, ...]


def tree_on(session: Session, codes: Collection[str], on: date) -> tuple[Branch, ...]:
    """Return what there was on a date of these units of today and of their forebears."""
    there = units.on_day(session, on)
    became: defaultdict[str, list[BoundaryChange]] = defaultdict(list)
    for change in boundary_changes.into(session, codes, on, date.max):
        old = there.get(change.old_code)
        if old is not None and old.valid_to == change.on:
            became[change.old_code].append(change)
    shown = [unit for code, unit in there.items() if code in codes or code in became]
    below: defaultdict[str | None, list[Leaf]] = defaultdict(list)
    for unit in sorted(shown, key=lambda each: each.sort_key):
        # The name above is told where it may be seen today, or is no more.
        is_told = unit.parent_code in codes or unit.code in became
        parent = unit.parent_code if is_told and unit.parent_code in there else None
        below[parent].append(Leaf(unit, tuple(became[unit.code])))
    return tuple(_branches(below, there))


def _branches(below: dict[str | None, list[Leaf]], there: dict[str, Unit]) -> Iterable[Branch]:
    named = sorted((there[code] for code in below if code is not None), key=lambda u: u.sort_key)
    alone = [leaf for leaf in below.get(None, []) if leaf.unit.code not in below]
    if alone:
        yield Branch(None, tuple(alone))
    for parent in named:
        yield Branch(parent, tuple(below[parent.code]))
