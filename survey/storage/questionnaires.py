"""Questionnaire versions: the paper as it was when it was answered, never changed."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NoReturn

from sqlalchemy import JSON, Select, UniqueConstraint, event, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from survey.storage.base import Base


class QuestionnaireVersion(Base):
    """One edition of an instrument.

    `measure_hash` covers what breaks a series (codes, factors, scale, routing),
    `wording_hashes` each language's words; `item_codes` is the order of the answer bytes.
    """

    __tablename__ = "questionnaire_version"
    __table_args__ = (UniqueConstraint("code", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    version: Mapped[int]
    definition: Mapped[str]
    measure_hash: Mapped[str]
    wording_hashes: Mapped[dict[str, str]] = mapped_column(JSON)
    item_codes: Mapped[list[str]] = mapped_column(JSON)
    created_on: Mapped[date]


@event.listens_for(QuestionnaireVersion, "before_update")
@event.listens_for(QuestionnaireVersion, "before_delete")
def _refuse(_mapper: Any, _connection: Any, target: QuestionnaireVersion) -> NoReturn:
    raise ValueError(
        f"{target.code} version {target.version} is immutable; a changed file makes a new version"
    )


def put(
    session: Session,
    *,
    code: str,
    definition: str,
    measure_hash: str,
    wording_hashes: Mapping[str, str],
    item_codes: Sequence[str],
    on: date,
) -> QuestionnaireVersion:
    """Return the version with this definition, adding one when the latest differs."""
    latest = session.scalars(_versions(code)).first()
    if latest is not None and latest.definition == definition:
        return latest
    version = QuestionnaireVersion(
        code=code,
        version=1 if latest is None else latest.version + 1,
        definition=definition,
        measure_hash=measure_hash,
        wording_hashes=dict(wording_hashes),
        item_codes=list(item_codes),
        created_on=on,
    )
    session.add(version)
    session.flush()
    return version


def current(session: Session, code: str) -> QuestionnaireVersion:
    """Return the latest version of an instrument; NoResultFound if there is none."""
    return session.execute(_versions(code).limit(1)).scalar_one()


def get(session: Session, version_id: int) -> QuestionnaireVersion:
    """Return one version; NoResultFound if it is unknown."""
    return session.get_one(QuestionnaireVersion, version_id)


def by_id(session: Session) -> dict[int, QuestionnaireVersion]:
    """Return every version of every instrument by its id."""
    return {version.id: version for version in session.scalars(select(QuestionnaireVersion))}


def _versions(code: str) -> Select[QuestionnaireVersion]:
    return (
        select(QuestionnaireVersion)
        .where(QuestionnaireVersion.code == code)
        .order_by(QuestionnaireVersion.version.desc())
    )
