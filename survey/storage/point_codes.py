"""The printed QR: a token of its own, so that a code can be replaced and the point stays."""

import secrets
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from survey.storage.base import Base

if TYPE_CHECKING:
    from survey.storage.points import ServicePoint

# No 0/o, 1/i/l: what a person reads off a sticker and types. 31 is prime, which makes the
# check character below catch every single wrong character and every swap of two.
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
LENGTH = 8


class PointCode(Base):
    """One version of the code on a counter: issued, perhaps revoked."""

    __tablename__ = "point_code"
    __table_args__ = (UniqueConstraint("point_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(unique=True)
    point_id: Mapped[int] = mapped_column(ForeignKey("service_point.id"), index=True)
    version: Mapped[int]
    issued_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    point: Mapped["ServicePoint"] = relationship(back_populates="codes", lazy="joined")

    @property
    def serial(self) -> str:
        """The number printed on the poster, by which a sticker check finds it again."""
        return f"{self.point.public_id.upper()}-{self.version:02d}"


def random_text(length: int) -> str:
    """Return unguessable text of the unambiguous alphabet."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def check_character(text: str) -> str:
    """Return the character that completes a token: the weighted sum of its places, mod 31."""
    places = (ALPHABET.index(c) for c in text)
    return ALPHABET[sum(weight * place for weight, place in enumerate(places, 1)) % len(ALPHABET)]


def normal(text: str) -> str:
    """Return a token as stored, from however a person typed it."""
    return "".join(c for c in text.lower() if c.isalnum())


def is_token(text: str) -> bool:
    """Say whether text can be a token at all; False means it was mistyped."""
    if len(text) != LENGTH or not set(text) <= set(ALPHABET):
        return False
    return check_character(text[:-1]) == text[-1]


def issue(session: Session, point: "ServicePoint", at: datetime) -> PointCode:
    """Issue the next code of a point, revoking the one in force."""
    for code in point.codes:
        code.revoked_at = code.revoked_at or at
    text = random_text(LENGTH - 1)
    code = PointCode(token=text + check_character(text), version=len(point.codes) + 1, issued_at=at)
    point.codes.append(code)
    session.flush()
    return code
