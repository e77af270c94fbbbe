"""What a unit was before: the successions that lead to it, whole or in part."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, false, func, not_, or_, select
from sqlalchemy.orm import Mapped, Session, aliased

from survey.storage.unit_successions import UnitSuccession
from survey.storage.units import Unit


@dataclass(frozen=True, kw_only=True)
class BoundaryChange:
    """One line from an old unit to a new one; the new one holds from `on`.

    `begins`: it was not there before.
    """

    new_code: str
    new_name: str
    old_code: str
    old_name: str
    on: date
    full: bool
    reference: str | None
    begins: bool


def into(
    session: Session, codes: Collection[str], start: date, end: date
) -> Sequence[BoundaryChange]:
    """Return the changes that made these units between two dates, and their forebears in turn."""
    found: list[BoundaryChange] = []
    asked: set[str] = set()
    frontier = set(codes)
    while frontier:
        asked |= frontier
        found += _where(
            session, _new.code.in_(frontier), _old.valid_to > start, _old.valid_to < end
        )
        frontier = {change.old_code for change in found} - asked
    return found


def out_of(
    session: Session, codes: Collection[str], start: date, end: date
) -> Sequence[BoundaryChange]:
    """Return the changes between two dates by which something of these units went to others."""
    left = (_old.code.in_(codes), _new.code.not_in(codes))
    return _where(session, *left, _old.valid_to >= start, _old.valid_to < end)


def first_days(changes: Collection[BoundaryChange]) -> dict[str, date]:
    """Return since when a code is the unit's that has it now, where it was another's before.

    A unit that went on under its code, wholly or in part, is no other.
    """
    went_on = {(each.new_code, each.on) for each in changes if each.old_code == each.new_code}
    begun = [each for each in changes if each.begins and (each.new_code, each.on) not in went_on]
    return {each.new_code: each.on for each in sorted(begun, key=lambda each: each.on)}


def reused(session: Session, codes: Collection[str]) -> dict[str, date]:
    """Return since when codes are of the units that have them now, where others had them before."""
    ended = select(Unit.code).where(Unit.code.in_(codes), Unit.valid_to.is_not(None))
    return first_days(_where(session, _new.code.in_(ended)))


def its_own(
    code: Mapped[str], day: Mapped[date], first_days: Mapping[str, date]
) -> ColumnElement[bool]:
    """Return the condition that something of a day is of the unit that has its code now."""
    # A reform gives many codes anew on one day.
    days = sorted(set(first_days.values()))
    codes = {on: [each for each in first_days if first_days[each] == on] for on in days}
    return not_(or_(false(), *(and_(day < on, code.in_(codes[on])) for on in days)))


_old, _new = aliased(Unit), aliased(Unit)


def _where(session: Session, *conditions: ColumnElement[bool]) -> list[BoundaryChange]:
    query = (
        select(
            _new.code.label("new_code"),
            _new.name.label("new_name"),
            _old.code.label("old_code"),
            _old.name.label("old_name"),
            _old.valid_to.label("on"),
            UnitSuccession.full,
            UnitSuccession.reference,
            (func.coalesce(_new.valid_from == _old.valid_to, false())).label("begins"),
        )
        .join(_old, _old.id == UnitSuccession.old_id)
        .join(_new, _new.id == UnitSuccession.new_id)
        .where(_old.valid_to.is_not(None), *conditions)
        .order_by(_new.sort_key, _old.sort_key)
    )
    return [BoundaryChange(**row) for row in session.execute(query).mappings()]
