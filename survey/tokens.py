"""What the server signs and the citizen carries: the sheet, the receipt, the thank-you.

No cookie and no session: everything a form needs travels in the form itself.
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer, URLSafeTimedSerializer

from survey import period
from survey.storage.code_tokens import ALPHABET

RECEIPT_LENGTH = 10
# A nonce is remembered this long after issue: longer than any sheet can be sent.
NONCE_LIFE = timedelta(hours=96)


@dataclass(frozen=True, kw_only=True)
class Slip:
    """A signed form: the nonce that makes its content count once, and when it was issued."""

    signed: str
    nonce: bytes
    issued_at: datetime

    @property
    def is_late(self) -> bool:
        """Whether it is older than a form may be; its content is then asked for again."""
        hours: int = current_app.config["FORM_HOURS"]
        return period.now() - self.issued_at > timedelta(hours=hours)

    @property
    def nonce_expires_at(self) -> datetime:
        """When the nonce may be forgotten."""
        return self.issued_at + NONCE_LIFE


@dataclass(frozen=True, kw_only=True)
class Sheet(Slip):
    """The form token: which paper was handed out, where and how."""

    code: str
    version: int
    language: str
    scale_order: str
    drawn: tuple[str, ...]
    channel: str


def new_sheet(
    *, code: str, version: int, language: str, scale_order: str, drawn: Sequence[str], channel: str
) -> Sheet:
    """Return a signed sheet with a fresh nonce, issued now."""
    fields = [code, version, language, scale_order, list(drawn), channel, secrets.token_hex(16)]
    return _sheet(_timed("sheet").dumps(fields))


def read_sheet(text: str, code: str) -> Sheet | None:
    """Return the sheet signed for this code, late or not; None if it was not ours."""
    try:
        sheet = _sheet(text)
    except BadData:
        return None
    return sheet if sheet.code == code else None


def receipt(nonce: bytes) -> str:
    """Return the receipt code of a nonce: the same for every resend, unguessable for others."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    number = int.from_bytes(hmac.digest(key, b"receipt:" + nonce, hashlib.sha256))
    places = (number // len(ALPHABET) ** place for place in range(RECEIPT_LENGTH))
    return "".join(ALPHABET[place % len(ALPHABET)] for place in places).upper()


def sign_thanks(code: str, receipt_code: str) -> str:
    """Return the signed part of a thank-you address: it proves the receipt is ours."""
    return _untimed("thanks").dumps([code, receipt_code])


def read_thanks(text: str, code: str) -> str | None:
    """Return the receipt code of a thank-you address for this code, or None."""
    try:
        signed_code, receipt_code = _untimed("thanks").loads(text)
    except BadData:
        return None
    return str(receipt_code) if signed_code == code else None


def new_comment(code: str, receipt_code: str) -> Slip:
    """Return a signed comment form with a nonce of its own, issued now."""
    return _comment(_timed("comment").dumps([code, receipt_code, secrets.token_hex(16)]))[1]


def read_comment(text: str, code: str, receipt_code: str) -> Slip | None:
    """Return the comment form signed for this code and receipt; None if it was not ours."""
    try:
        owner, slip = _comment(text)
    except BadData:
        return None
    return slip if owner == [code, receipt_code] else None


def _comment(signed: str) -> tuple[list[str], Slip]:
    fields, issued_at = _timed("comment").loads(signed, return_timestamp=True)
    return fields[:2], Slip(signed=signed, nonce=bytes.fromhex(fields[2]), issued_at=issued_at)


def _sheet(signed: str) -> Sheet:
    fields, issued_at = _timed("sheet").loads(signed, return_timestamp=True)
    code, version, language, scale_order, drawn, channel, nonce = fields
    return Sheet(
        code=code,
        version=version,
        language=language,
        scale_order=scale_order,
        drawn=tuple(drawn),
        channel=channel,
        signed=signed,
        nonce=bytes.fromhex(nonce),
        issued_at=issued_at,
    )


def _timed(purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=f"hai-long.{purpose}")


def _untimed(purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=f"hai-long.{purpose}")
