"""What this database is for: a demonstration or real answers. The two never mix."""

from datetime import date

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, Session, mapped_column

from survey.storage.base import Base


class Installation(Base):
    """The single row that marks the database."""

    __tablename__ = "installation"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[str]
    created_on: Mapped[date]


class WrongPurpose(Exception):
    """A demonstration and a real installation were pointed at the same database."""


def claim(session: Session, purpose: str, on: date) -> None:
    """Mark a new database with its purpose; raise WrongPurpose if it has another one."""
    if session.get(Installation, 1) is None:
        session.add(Installation(id=1, purpose=purpose, created_on=on))
        session.flush()
    require(session, purpose)


def purpose_of(session: Session) -> str:
    """Return what this database is for; NoResultFound before it was marked."""
    return session.get_one(Installation, 1).purpose


def require(session: Session, purpose: str) -> None:
    """Raise WrongPurpose unless the database was marked with this purpose."""
    found = purpose_of(session)
    if found != purpose:
        raise WrongPurpose(
            f"This database holds {found} data and was opened as {purpose}. "
            "Demonstration and real answers never mix: give DATABASE_URL another database."
        )
