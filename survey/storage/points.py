"""Service points: the stable thing a citizen rates, whatever unit it belongs to today."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ForeignKey, Select, UniqueConstraint, func, or_, select
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column, relationship, selectinload

from survey.period import Period
from survey.storage import code_tokens, names, units
from survey.storage.base import Base, Refused
from survey.storage.units import Unit

SCALE_ORDERS = ("official", "reversed", "split")
PAGE_SIZE = 50
SHORTEST_NAME, LONGEST_NAME = 2, 120


class Stay(NamedTuple):
    """When a point belonged to a unit: [begin, end), without an end while it does."""

    begin: date
    end: date | None


class ServicePoint(Base):
    """A counter, with its codes and its dated assignments to units."""

    __tablename__ = "service_point"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    field: Mapped[str | None]
    is_test: Mapped[bool]
    scale_order: Mapped[str]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    search_key: Mapped[str]
    sort_key: Mapped[bytes]

    codes: Mapped[list["PointCode"]] = relationship(
        back_populates="point", order_by="PointCode.version"
    )
    assignments: Mapped[list["PointAssignment"]] = relationship(
        back_populates="point", order_by="PointAssignment.valid_from"
    )

    @property
    def code(self) -> "PointCode":
        """The code in force: the last one issued."""
        return self.codes[-1]

    @property
    def is_open(self) -> bool:
        """Whether new forms are handed out here."""
        return self.closed_at is None


class PointCode(Base):
    """The printed QR: one version of a point's code, with a token of its own."""

    __tablename__ = "point_code"
    __table_args__ = (UniqueConstraint("point_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(unique=True)
    point_id: Mapped[int] = mapped_column(ForeignKey("service_point.id"), index=True)
    version: Mapped[int]
    issued_at: Mapped[datetime]
    # From when on it hands out no sheets; may lie ahead while a new code is being put up.
    revoked_at: Mapped[datetime | None]

    point: Mapped[ServicePoint] = relationship(back_populates="codes", lazy="joined")

    @property
    def is_in_force(self) -> bool:
        """Whether it is the one to print: neither revoked nor about to end."""
        return self.revoked_at is None

    @property
    def serial(self) -> str:
        """The number printed on the poster, by which a sticker check finds it again."""
        return f"{self.point.public_id.upper()}-{self.version:02d}"


class PointAssignment(Base):
    """Where a point belonged during [valid_from, valid_to)."""

    __tablename__ = "point_assignment"
    __table_args__ = (UniqueConstraint("point_id", "valid_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    point_id: Mapped[int] = mapped_column(ForeignKey("service_point.id"))
    unit_code: Mapped[str] = mapped_column(index=True)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]

    point: Mapped[ServicePoint] = relationship(back_populates="assignments")


@dataclass(frozen=True)
class PointPage:
    """One page of a list: points with the unit each belongs to now."""

    rows: Sequence[tuple[ServicePoint, Unit]]
    total: int
    number: int

    @property
    def last(self) -> int:
        """The number of the last page, from 1."""
        return _pages(self.total)


def add(
    session: Session,
    unit_code: str,
    name: str,
    at: datetime,
    on: date,
    *,
    field: str | None = None,
    is_test: bool = False,
) -> ServicePoint:
    """Open a point in a unit from a date and issue its first code."""
    point = ServicePoint(
        public_id=code_tokens.random_text(8), opened_at=at, is_test=is_test, scale_order="official"
    )
    describe(point, name, field)
    session.add(point)
    point.assignments.append(PointAssignment(unit_code=unit_code, valid_from=on))
    point.codes.append(PointCode(token=code_tokens.new(), version=1, issued_at=at))
    session.flush()
    return point


def describe(point: ServicePoint, name: str, field: str | None) -> None:
    """Set the name and the field (lĩnh vực) of a point; Refused when either does not fit."""
    point.name, point.field = names.clean(name), names.clean(field or "") or None
    if not SHORTEST_NAME <= len(point.name) <= LONGEST_NAME or len(field or "") > LONGEST_NAME:
        raise Refused([f"a name has {SHORTEST_NAME} to {LONGEST_NAME} characters"])
    point.search_key, point.sort_key = names.fold(point.name), names.sort_key(point.name)


def by_token(session: Session, token: str) -> PointCode:
    """Return the code with this token, its point loaded; NoResultFound if there is none."""
    query = select(PointCode).where(PointCode.token == code_tokens.normal(token))
    return session.execute(query).scalar_one()


def get(session: Session, public_id: str, codes: Collection[str], on: date) -> ServicePoint:
    """Return a point of these units; NoResultFound when it is elsewhere or unknown."""
    query = of_units(codes, on).where(ServicePoint.public_id == public_id.lower())
    query = query.options(selectinload(ServicePoint.codes), selectinload(ServicePoint.assignments))
    return session.execute(query).one()[0]


def any_of(session: Session, public_id: str) -> ServicePoint:
    """Return a point wherever it is, for commands; NoResultFound if it is unknown."""
    return session.scalars(
        select(ServicePoint).where(ServicePoint.public_id == public_id.lower())
    ).one()


def by_id(session: Session, ids: Collection[int]) -> dict[int, ServicePoint]:
    """Return the points with these numbers, wherever they are."""
    found = session.scalars(select(ServicePoint).where(ServicePoint.id.in_(ids)))
    return {point.id: point for point in found}


def listing(
    session: Session, codes: Collection[str], on: date, *, text: str = "", page: int = 1
) -> PointPage:
    """Return a page of the points of these units, open ones first, in Vietnamese order.

    `text` is looked for, without regard to case or marks, in the names of point and unit.
    A page beyond the last is the last.
    """
    query = of_units(codes, on)
    if key := names.fold(text):
        found = [
            column.contains(key, autoescape=True)
            for column in (ServicePoint.search_key, Unit.search_key)
        ]
        query = query.where(or_(*found))
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    page = max(1, min(page, _pages(total)))
    query = query.order_by(
        ServicePoint.closed_at.is_not(None), Unit.sort_key, ServicePoint.sort_key
    )
    query = query.options(selectinload(ServicePoint.codes))
    rows = session.execute(query.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)).all()
    return PointPage(rows, total, page)


def open_beside(session: Session, point: ServicePoint, on: date) -> Sequence[ServicePoint]:
    """Return the other points of a point's unit that hand out forms, in order."""
    query = (
        of_units([unit_code_on(point, on)], on)
        .where(ServicePoint.closed_at.is_(None), ServicePoint.is_test.is_(False))
        .where(ServicePoint.id != point.id)
        .order_by(ServicePoint.sort_key)
        .options(selectinload(ServicePoint.codes))
    )
    return [other for other, _unit in session.execute(query) if other.code.is_in_force]


def assigned(
    session: Session, codes: Collection[str], period: Period
) -> Sequence[tuple[ServicePoint, str]]:
    """Return the points of these units in a period, each with the unit's code, in order.

    A point set up after the period belongs here too: it may hold imported answers. A test
    point belongs nowhere.
    """
    other = aliased(PointAssignment)
    first = select(func.min(other.valid_from)).where(other.point_id == ServicePoint.id)
    begun = PointAssignment.valid_from
    query = (
        select(ServicePoint, PointAssignment.unit_code)
        .join(PointAssignment)
        .where(
            PointAssignment.unit_code.in_(codes),
            or_(begun < period.end, begun == first.scalar_subquery()),
            or_(PointAssignment.valid_to.is_(None), PointAssignment.valid_to > period.start),
            ServicePoint.is_test.is_(False),
        )
        .distinct()
        .order_by(ServicePoint.sort_key)
    )
    return [(point, code) for point, code in session.execute(query)]


def stays(session: Session, codes: Collection[str]) -> Mapping[tuple[int, str], Sequence[Stay]]:
    """Return when points belonged to these units, by the point's number and the unit's code."""
    link = PointAssignment
    query = select(link.point_id, link.unit_code, link.valid_from, link.valid_to)
    found: defaultdict[tuple[int, str], list[Stay]] = defaultdict(list)
    for point_id, code, begin, end in session.execute(query.where(link.unit_code.in_(codes))):
        found[point_id, code].append(Stay(begin, end))
    return found


def unit_on(session: Session, point: ServicePoint, on: date) -> Unit:
    """Return the unit a point belongs to on a date, by its name of that day or its last one."""
    return units.latest(session, unit_code_on(point, on), on)


def unit_code_on(point: ServicePoint, on: date) -> str:
    """Return the code of the unit a point belongs to on a date.

    Answers from before the point was set up here (imported ones) belong to its first unit.
    """
    begun = [link for link in point.assignments if link.valid_from <= on]
    return (begun or point.assignments)[-1 if begun else 0].unit_code


def is_name_taken(
    session: Session, unit_code: str, name: str, on: date, *, but: ServicePoint | None = None
) -> bool:
    """Say whether another open point of the unit has this name, however it is spelt."""
    query = of_units([unit_code], on).where(ServicePoint.closed_at.is_(None))
    same = names.spelling(name)
    return any(
        names.spelling(point.name) == same and point is not but
        for point, _unit in session.execute(query)
    )


def move(session: Session, point: ServicePoint, unit_code: str, on: date) -> None:
    """Let a point belong to another unit from a date; nothing happens if it already does."""
    lock(session, point)
    last = point.assignments[-1]
    if last.unit_code == unit_code:
        return
    if last.valid_from >= on:  # moved twice in a day: the first move never took effect
        last.unit_code = unit_code
        return
    last.valid_to = on
    point.assignments.append(PointAssignment(unit_code=unit_code, valid_from=on))


def close(point: ServicePoint, at: datetime) -> None:
    """Hand out no new forms here; forms opened before may still come in."""
    point.closed_at = point.closed_at or at


def reopen(point: ServicePoint) -> None:
    """Hand out forms again."""
    point.closed_at = None


def _pages(total: int) -> int:
    return max(1, -(-total // PAGE_SIZE))


def lock(session: Session, point: ServicePoint) -> None:
    """Wait for whoever changes this point, and see the codes and assignments they left."""
    session.flush()
    session.execute(select(ServicePoint.id).where(ServicePoint.id == point.id).with_for_update())
    session.refresh(point, ["codes", "assignments"])


def of_units(codes: Collection[str], on: date) -> Select[ServicePoint, Unit]:
    """Return the query of the points that belong to these units on a date, with the unit."""
    here = (
        (PointAssignment.point_id == ServicePoint.id)
        & (PointAssignment.valid_from <= on)
        & (PointAssignment.valid_to.is_(None) | (PointAssignment.valid_to > on))
    )
    return (
        select(ServicePoint, Unit)
        .join(PointAssignment, here)
        .join(Unit, (Unit.code == PointAssignment.unit_code) & units.alive(on))
        .where(PointAssignment.unit_code.in_(codes))
    )
