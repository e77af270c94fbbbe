"""Accounts and roles, in the shape Flask-Security expects (the one exception to the rule
that storage knows no web library)."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from flask_security import RoleMixin, UserMixin
from sqlalchemy import Column, ForeignKey, Table, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from survey.storage.base import Base

roles_users = Table(
    "roles_users",
    Base.metadata,
    Column("user_id", ForeignKey("user.id"), primary_key=True),
    Column("role_id", ForeignKey("role.id"), primary_key=True),
)


class Role(Base, RoleMixin):
    """What a user may do."""

    __tablename__ = "role"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)


class User(Base, UserMixin):
    """Who signs in; `unit_code` is the top of the subtree the rights reach."""

    __tablename__ = "user"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    # None until the invitation is accepted: such an account cannot sign in.
    password: Mapped[str | None]
    active: Mapped[bool]
    fs_uniquifier: Mapped[str] = mapped_column(unique=True)
    unit_code: Mapped[str]
    created_at: Mapped[datetime]

    roles: Mapped[list[Role]] = relationship(  # type: ignore[assignment]  # the mixin's is wider
        secondary=roles_users
    )


def add(session: Session, email: str, unit_code: str, role: str, at: datetime) -> User:
    """Add an account without a password, with rights over a unit and all below it."""
    user = User(
        email=email.strip().lower(),
        active=True,
        fs_uniquifier=secrets.token_hex(16),
        unit_code=unit_code,
        created_at=at,
        roles=[_role(session, role)],
    )
    session.add(user)
    session.flush()
    return user


def by_email(session: Session, email: str) -> User | None:
    """Return the account with this address, in any case, or None."""
    return session.scalars(
        select(User).where(func.lower(User.email) == email.strip().lower())
    ).one_or_none()


def _role(session: Session, name: str) -> Role:
    role = session.scalars(select(Role).where(Role.name == name)).one_or_none()
    return role if role is not None else Role(name=name)


def every(session: Session) -> Sequence[User]:
    """Return all accounts by address."""
    return session.scalars(select(User).order_by(User.email)).all()


def disable(user: User) -> None:
    """Shut an account out: no new sign-in, and the sessions it has end."""
    user.active, user.fs_uniquifier = False, secrets.token_hex(16)
