"""Units whose citizens speak another language than Vietnamese, as their manager says."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from survey.storage.base import Base


class Speakers(Base):
    """A language spoken at a unit."""

    __tablename__ = "speakers"

    unit_code: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    marked_on: Mapped[date]


def languages(session: Session, unit_code: str) -> Sequence[str]:
    """Return the languages marked for a unit, in the order of their codes."""
    query = select(Speakers.language).where(Speakers.unit_code == unit_code)
    return session.scalars(query.order_by(Speakers.language)).all()


def mark(session: Session, unit_code: str, wanted: Collection[str], on: date) -> None:
    """Mark a unit with exactly these languages; those that stay keep their day."""
    marked = languages(session, unit_code)
    gone = Speakers.language.in_(set(marked) - set(wanted))
    session.execute(delete(Speakers).where(Speakers.unit_code == unit_code, gone))
    for language in sorted(set(wanted) - set(marked)):
        session.add(Speakers(unit_code=unit_code, language=language, marked_on=on))
    session.flush()
