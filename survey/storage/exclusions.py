"""Rules that leave answers with certain signs out of every headline, written before their time.

Append-only: the rule of a month is the last one written whose first month is not later, and none
can be written for a month that has begun. So what is left out is never decided with a result
in view, and is decided above the units it concerns.
"""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from survey import period
from survey.period import Period
from survey.storage.base import Base, Refused


class Exclusion(Base):
    """From which month on which signs are left out (none: all are counted again), and why."""

    __tablename__ = "exclusion"

    id: Mapped[int] = mapped_column(primary_key=True)
    starts_on: Mapped[date]
    signs: Mapped[str]
    reason: Mapped[str]
    written_on: Mapped[date]
    # The account's e-mail, or "command line".
    written_by: Mapped[str]

    @property
    def month(self) -> Period:
        """The first month it holds for; a rule may be older than the choice of official months."""
        return period.containing(self.starts_on)


def add(session: Session, rule: Exclusion) -> None:
    """Store a rule; Refused unless it begins with a month that has not begun."""
    month = rule.month
    if rule.starts_on != month.start:
        raise Refused([f"{rule.starts_on} is not the first day of a month; name one"])
    if rule.starts_on <= rule.written_on:
        why = f"{month.name} has begun, and a rule must be written before its period"
        raise Refused([f"{why}: name a later month"])
    session.add(rule)
    session.flush()


def all_(session: Session) -> Sequence[Exclusion]:
    """Return every rule, in the order in which they begin; of one month the last one holds."""
    query = select(Exclusion).order_by(Exclusion.starts_on, Exclusion.id)
    return session.scalars(query).all()


def of_day(rules: Sequence[Exclusion], day: date) -> frozenset[str]:
    """Return the signs that are left out on a day, by the rules in the order of `all_`."""
    begun = [rule for rule in rules if rule.month.start <= day]
    return frozenset(begun[-1].signs.split()) if begun else frozenset()
