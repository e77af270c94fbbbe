"""Answers brought in from elsewhere: written in chunks, made to count by one short act.

Until an import counts, its answers are nowhere: not received, not waiting, not shown.
"""

import secrets
from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import ForeignKey, delete, exists, insert, or_, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Mapped, Session, mapped_column, selectinload

from survey.storage.base import CHUNK, Base
from survey.storage.points import PointAssignment, ServicePoint


class Import(Base):
    """One file; `counted_on` is empty while its chunks are being written."""

    __tablename__ = "import"

    id: Mapped[int] = mapped_column(primary_key=True)
    # Of file, mapping and place: the same act again goes on where it was cut off. Spent when
    # nothing may be added any more, so that an import found by it never counts.
    digest: Mapped[bytes] = mapped_column(unique=True)
    started_on: Mapped[date]
    counted_on: Mapped[date | None]


class ImportedRow(Base):
    """A row that was taken in, by a keyed digest; it has no key to the response."""

    __tablename__ = "imported_row"
    __table_args__ = ({"sqlite_with_rowid": False},)

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("import.id"), index=True)


def begin(session: Session, digest: bytes, on: date) -> Import:
    """Return the import of a file: the one that was cut off, or a new one."""
    found = session.scalars(select(Import).where(Import.digest == digest)).one_or_none()
    if found is None:
        found = Import(digest=digest, started_on=on)
        session.add(found)
        session.flush()
    return found


def unfinished(session: Session) -> dict[int, Import]:
    """Return the imports that do not count, by number: cut off, or being written now."""
    return {
        row.id: row for row in session.scalars(select(Import).where(Import.counted_on.is_(None)))
    }


def known(session: Session, digests: Collection[bytes]) -> dict[bytes, int]:
    """Return which rows were taken in before, and by which import."""
    query = select(ImportedRow.digest, ImportedRow.import_id)
    return dict(session.execute(query.where(ImportedRow.digest.in_(digests))).all())


def remember(session: Session, number: int, digest: bytes, rows: Collection[bytes]) -> None:
    """Note that rows are taken in by an import that nobody else has ended.

    Raises NoResultFound when somebody has, IntegrityError when a row was taken in before.
    """
    _lock(session, number, digest)
    # In one order, so that two imports of the same rows wait for each other and never both.
    values = [{"digest": row, "import_id": number} for row in sorted(rows)]
    session.execute(insert(ImportedRow), values)


def count(session: Session, number: int, digest: bytes, on: date) -> None:
    """Let everything an import has written count from now on; NoResultFound if it has ended."""
    found = _lock(session, number, digest)
    found.counted_on, found.digest = on, secrets.token_bytes()


def spend(session: Session, number: int) -> None:
    """Let nobody add to an unfinished import any more; NoResultFound if there is none."""
    query = select(Import).where(Import.id == number, Import.counted_on.is_(None))
    session.scalars(query.with_for_update()).one().digest = secrets.token_bytes()


def forget(session: Session, number: int) -> bool:
    """Forget some rows of an import; False when it had none and is itself forgotten."""
    some = select(ImportedRow.digest).where(ImportedRow.import_id == number).limit(CHUNK)
    if digests := session.scalars(some).all():
        session.execute(delete(ImportedRow).where(ImportedRow.digest.in_(digests)))
        return True
    session.execute(delete(Import).where(Import.id == number))
    return False


def open_to(session: Session, codes: Collection[str] | None, on: date) -> Sequence[ServicePoint]:
    """Return the points of these units, or of all, that the rows of a file may name."""
    query = select(ServicePoint).options(selectinload(ServicePoint.assignments))
    if codes is not None:
        here = exists().where(
            PointAssignment.point_id == ServicePoint.id,
            PointAssignment.unit_code.in_(codes),
            PointAssignment.valid_from <= on,
            or_(PointAssignment.valid_to.is_(None), PointAssignment.valid_to > on),
        )
        query = query.where(here)
    return session.scalars(query.order_by(ServicePoint.sort_key)).all()


def as_they_are(session: Session, ids: Collection[int]) -> dict[int, ServicePoint]:
    """Return points with their assignments of this moment, whatever was read before."""
    query = select(ServicePoint).where(ServicePoint.id.in_(ids))
    query = query.options(selectinload(ServicePoint.assignments))
    rows = session.scalars(query.execution_options(populate_existing=True))
    return {point.id: point for point in rows}


def _lock(session: Session, number: int, digest: bytes) -> Import:
    query = select(Import).where(Import.id == number, Import.digest == digest)
    found = session.scalars(query.with_for_update()).one_or_none()
    if found is None:
        raise NoResultFound(f"import {number} was finished or dropped by somebody else")
    return found
