"""Accounts and what they may do where, in the shape Flask-Security expects (the one exception
to the rule that storage knows no web library)."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_security import RoleMixin, UserMixin
from sqlalchemy import JSON, ForeignKey, func, select
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, Session, mapped_column, object_session, relationship

from survey import period
from survey.storage import units
from survey.storage.base import Base

PROVINCE_ADMIN, INDEX_ADMIN, MANAGER = "province-admin", "index-admin", "manager"
MODERATOR, CLERK, READER, AUDITOR = "moderator", "clerk", "reader", "auditor"
ROLES = (PROVINCE_ADMIN, INDEX_ADMIN, MANAGER, MODERATOR, CLERK, READER, AUDITOR)
# Days from the grant until the account must have a second factor; the others may have one, but at
# a province's own unit every role needs it at once, as it reaches the whole province.
FACTOR_DAYS = {PROVINCE_ADMIN: 0, INDEX_ADMIN: 0, MODERATOR: 0, MANAGER: 7}
PAGE_SIZE = 50


class Role(RoleMixin):
    """What a user may do; a name the program knows, not a row."""

    def __init__(self, name: str) -> None:
        self.name = name


class Assignment(Base):
    """A role of a user over a unit and everything below it."""

    __tablename__ = "assignment"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    unit_code: Mapped[str] = mapped_column(primary_key=True, index=True)
    granted_at: Mapped[datetime]


class User(Base, UserMixin):
    """Who signs in."""

    __tablename__ = "user"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    # None until the invitation is accepted: such an account cannot sign in.
    password: Mapped[str | None]
    active: Mapped[bool]
    fs_uniquifier: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    # The second factor: its name, its secret (encrypted), the last code used, and the codes
    # (encrypted) for who lost the device.
    tf_primary_method: Mapped[str | None]
    tf_totp_secret: Mapped[str | None]
    tf_counter: Mapped[int | None]
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(JSON()))

    assignments: Mapped[list[Assignment]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="Assignment.granted_at"
    )

    @property
    def roles(self) -> list[Role]:  # type: ignore[override]  # the mixin's can be set
        """The roles held anywhere."""
        return [Role(name) for name in sorted({each.role for each in self.assignments})]

    @property
    def has_factor(self) -> bool:
        """Whether signing in asks for a second factor."""
        return bool(self.tf_primary_method and self.tf_totp_secret)

    @property
    def factor_due(self) -> datetime | None:
        """The moment from which a role demands a second factor; None where none does."""
        days = [(each, self._factor_days(each)) for each in self.assignments]
        due = [each.granted_at + timedelta(days=n) for each, n in days if n is not None]
        return min(due, default=None)

    def check_tf_required_setup(self) -> bool:
        """Say whether the second factor may not be switched off again."""
        return self.factor_due is not None

    def _factor_days(self, held: Assignment) -> int | None:
        """Return the days from the grant until a role demands a second factor; None for never."""
        at_once = FACTOR_DAYS.get(held.role) == 0
        session = object_session(self)
        if at_once or (session and units.is_top(session, held.unit_code, period.today())):
            return 0
        return FACTOR_DAYS.get(held.role)


@dataclass(frozen=True)
class UserPage:
    """A page of accounts, and where it stands."""

    rows: Sequence[User]
    total: int
    number: int

    @property
    def last(self) -> int:
        """The number of the last page."""
        return _pages(self.total)


def add(session: Session, email: str, unit_code: str, role: str, at: datetime) -> User:
    """Add an account without a password, with a role over a unit and all below it."""
    user = User(
        email=email.strip().lower(),
        active=True,
        fs_uniquifier=secrets.token_hex(16),
        created_at=at,
        assignments=[Assignment(role=role, unit_code=unit_code, granted_at=at)],
    )
    session.add(user)
    session.flush()
    return user


def get(session: Session, number: int) -> User:
    """Return the account with this number; NoResultFound if there is none."""
    return session.execute(select(User).where(User.id == number)).scalar_one()


def by_email(session: Session, email: str) -> User | None:
    """Return the account with this address, in any case, or None."""
    return session.scalars(
        select(User).where(func.lower(User.email) == email.strip().lower())
    ).one_or_none()


def every(session: Session) -> Sequence[User]:
    """Return all accounts by address."""
    return session.scalars(select(User).order_by(User.email)).all()


def listing(session: Session, codes: Collection[str], *, text: str = "", page: int = 1) -> UserPage:
    """Return a page of the accounts with a role in these units whose address holds a text."""
    here = select(Assignment.user_id).where(Assignment.unit_code.in_(codes))
    query = select(User).where(User.id.in_(here))
    if text:
        query = query.where(User.email.contains(text.strip().lower(), autoescape=True))
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    page = max(1, min(page, _pages(total)))
    rows = query.order_by(User.email).limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)
    return UserPage(session.scalars(rows).all(), total, page)


def grant(session: Session, user: User, role: str, unit_code: str, at: datetime) -> bool:
    """Give a user a role over a unit; False when it has it."""
    if any((each.role, each.unit_code) == (role, unit_code) for each in user.assignments):
        return False
    user.assignments.append(Assignment(role=role, unit_code=unit_code, granted_at=at))
    session.flush()
    return True


def revoke(session: Session, user: User, role: str, unit_code: str) -> bool:
    """Take a role over a unit from a user; False when it has not got it."""
    for each in user.assignments:
        if (each.role, each.unit_code) == (role, unit_code):
            user.assignments.remove(each)
            session.flush()
            return True
    return False


def enable(user: User) -> None:
    """Let an account sign in again."""
    user.active = True


def disable(user: User) -> None:
    """Shut an account out: no new sign-in, and what it has open ends."""
    user.active = False
    renew(user)


def renew(user: User) -> None:
    """End the sign-ins and the links that an account has."""
    user.fs_uniquifier = secrets.token_hex(16)


def forget_factor(user: User) -> None:
    """Forget the second factor of an account whose owner lost the device and the codes."""
    user.tf_primary_method = user.tf_totp_secret = None
    user.tf_counter = user.mf_recovery_codes = None


def _pages(total: int) -> int:
    return max(1, -(-total // PAGE_SIZE))
