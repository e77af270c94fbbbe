"""How points are added up to units, chosen before the period it holds for.

Append-only like the rules of exclusion: a period has the choice that holds on its first day, and
none can be made for a month that has begun, with a result in view.
"""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from survey import period
from survey.period import Period
from survey.storage.base import Base, Refused

# Every answer counts once; or those of a point for the results handed over there.
POOLED, WEIGHTED = "pooled", "weighted"


class RollUp(Base):
    """From which month on which roll-up holds."""

    __tablename__ = "rollup"

    id: Mapped[int] = mapped_column(primary_key=True)
    starts_on: Mapped[date]
    name: Mapped[str]
    written_on: Mapped[date]
    # The account's e-mail, or "command line".
    written_by: Mapped[str]

    @property
    def month(self) -> Period:
        """The first month it holds for; a choice may be older than the one of official months."""
        return period.containing(self.starts_on)


def add(session: Session, choice: RollUp) -> None:
    """Store a choice; Refused unless it begins with a month that has not begun."""
    month = choice.month
    if choice.starts_on <= choice.written_on:
        why = f"{month.name} has begun, and a roll-up is chosen before its period"
        raise Refused([f"{why}: name a later month"])
    session.add(choice)
    session.flush()


def all_(session: Session) -> Sequence[RollUp]:
    """Return every choice, in the order in which they begin; of one month the last one holds."""
    return session.scalars(select(RollUp).order_by(RollUp.starts_on, RollUp.id)).all()


def of_day(choices: Sequence[RollUp], day: date) -> str:
    """Return the roll-up of a period that begins on a day, by choices in the order of `all_`."""
    begun = [choice for choice in choices if choice.month.start <= day]
    return begun[-1].name if begun else POOLED
