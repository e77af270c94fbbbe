"""What the server signs and the citizen carries: the sheet, the thank-you, the receipt.

No cookie and no session: everything a form needs travels in the form itself. Whatever is
kept of it in the database is keyed, so that the rows alone lead from nothing to nothing.
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer, URLSafeTimedSerializer

from survey import period
from survey.storage.code_tokens import ALPHABET, normal

RECEIPT_LENGTH = 10
# Of those the last two prove that the code is ours: it says so when no row knows it any more,
# and a code typed wrong is told from one whose answer was closed.
RECEIPT_CHECK = 2
# Of the factors nobody was dissatisfied with, one in so many has its details asked all the same:
# whoever sees what is asked cannot tell what was answered.
DECOY_ONE_IN = 6
TRIAL_LIFE = timedelta(hours=1)
# A nonce outlives its sheet by this much, so that no late copy is taken for a new answer.
NONCE_SPARE = timedelta(hours=24)


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """The form token: which paper was handed out, where, how and when."""

    signed: str
    code: str
    version: int
    language: str
    scale_order: str
    drawn: tuple[str, ...]
    channel: str
    opened_at: datetime
    nonce: bytes
    # The nonce of the sheet that it took the place of, or of the first before that; else its own.
    first: bytes
    issued_at: datetime

    @property
    def is_late(self) -> bool:
        """Whether it is older than a form may be; its content is then asked for again."""
        return _is_late(self.issued_at)

    @property
    def thanks(self) -> "Thanks":
        """The thank-you it leads to, the same for every resend."""
        return Thanks(
            code=self.code,
            key=keyed("thanks", self.nonce),
            issued_at=self.issued_at,
            is_trial=self.is_trial,
        )

    @property
    def is_trial(self) -> bool:
        """Whether it was handed out to try the form; it is never counted."""
        return self.channel == "test"


@dataclass(frozen=True, kw_only=True)
class Thanks:
    """The thank-you of one sheet; its address carries `key`, which leads to no row by itself."""

    code: str
    key: bytes
    issued_at: datetime
    is_trial: bool

    @property
    def signed(self) -> str:
        """The part of the address that proves it is ours."""
        fields = [self.code, self.key.hex(), int(self.issued_at.timestamp())]
        return _untimed().dumps([*fields, "test"] if self.is_trial else fields)

    @property
    def receipt(self) -> str:
        """The receipt code shown to the citizen."""
        body = _letters(keyed("receipt", self.key), RECEIPT_LENGTH - RECEIPT_CHECK)
        return body + _receipt_check(body)

    @property
    def spelt(self) -> str:
        """The receipt code in two groups, as it is read and copied."""
        half = RECEIPT_LENGTH // 2
        return f"{self.receipt[:half]}-{self.receipt[half:]}"

    def nonce(self, purpose: str) -> bytes:
        """Return what makes its second form of one purpose count once."""
        return receipt_nonce(self.receipt, purpose)

    def digest(self, purpose: str) -> bytes:
        """Return what is stored of its receipt for one purpose."""
        return receipt_digest(self.receipt, purpose)

    def is_decoy(self, factor: str) -> bool:
        """Say whether the details of a factor are asked whatever was answered."""
        return keyed("decoy", self.key + factor.encode())[0] % DECOY_ONE_IN == 0

    @property
    def is_late(self) -> bool:
        """Whether it is too old to take a comment."""
        return _is_late(self.issued_at)


def new_sheet(
    *, code: str, version: int, language: str, scale_order: str, drawn: Sequence[str], channel: str
) -> Sheet:
    """Return a signed sheet with a fresh nonce, issued and opened now."""
    opened = int(period.now().timestamp())
    return _signed([code, version, language, scale_order, list(drawn), channel, opened])


def renew(sheet: Sheet) -> Sheet:
    """Return a sheet like another, with a fresh nonce and issued now.

    What was shown, and when it was opened, stay: its choices were made on the first.
    """
    shown = [sheet.code, sheet.version, sheet.language, sheet.scale_order, list(sheet.drawn)]
    opened = int(sheet.opened_at.timestamp())
    return _signed([*shown, sheet.channel, opened], sheet.first.hex())


def read_sheet(text: str, code: str) -> Sheet | None:
    """Return the sheet signed for this code, late or not; None if it was not ours."""
    try:
        sheet = _sheet(text)
    except (BadData, ValueError):  # ValueError: signed by a version with other fields
        return None
    return sheet if sheet.code == code else None


def read_thanks(text: str, code: str) -> Thanks | None:
    """Return the thank-you signed for this code; None if it was not ours."""
    try:
        owner, key, issued, *trial = _untimed().loads(text)
        thanks = Thanks(
            code=owner,
            key=bytes.fromhex(key),
            issued_at=datetime.fromtimestamp(issued, UTC),
            is_trial=bool(trial),
        )
    except (BadData, ValueError):
        return None
    return thanks if thanks.code == code else None


def trial(code: str) -> str:
    """Return what lets whoever holds it try the form of a code, within the hour."""
    return _timed("trial").dumps(code)


def is_trial(text: str, code: str) -> bool:
    """Say whether a text lets its holder try the form of this code now."""
    try:
        owner = _timed("trial").loads(text, max_age=int(TRIAL_LIFE.total_seconds()))
    except BadData:
        return False
    return bool(owner == code)


def receipt_digest(receipt: str, purpose: str) -> bytes:
    """Return what is stored of a receipt code for one purpose.

    Keyed, because all codes could be tried out against a plain hash; the digests of two
    purposes cannot be joined without the code and the key.
    """
    return keyed(f"receipt of {purpose}", receipt.encode())


def receipt_nonce(receipt: str, purpose: str) -> bytes:
    """Return the nonce of a second form: from the receipt, so that its holder can use it up."""
    return keyed(f"nonce of {purpose}", receipt.encode())


def read_receipt(typed: str) -> str | None:
    """Return a receipt code as shown, from however a person typed it; None if it is not ours."""
    code = normal(typed).upper()
    body = code[: RECEIPT_LENGTH - RECEIPT_CHECK]
    ours = hmac.compare_digest((body + _receipt_check(body)).encode(), code.encode())
    return code if ours else None


def nonce_expires_at(issued_at: datetime) -> datetime:
    """Return when a nonce may be forgotten: a Vietnamese midnight, which keeps no hour."""
    end = (issued_at + _form_life() + NONCE_SPARE).astimezone(period.VIETNAM)
    midnight = end.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=1)


def _form_life() -> timedelta:
    return timedelta(hours=current_app.config["FORM_HOURS"])


def _is_late(issued_at: datetime) -> bool:
    return period.now() - issued_at > _form_life()


def _signed(fields: list[Any], *first: str) -> Sheet:
    return _sheet(_timed("sheet").dumps([*fields, secrets.token_hex(16), *first]))


def _sheet(signed: str) -> Sheet:
    fields, issued_at = _timed("sheet").loads(signed, return_timestamp=True)
    code, version, language, scale_order, drawn, channel, opened, nonce, *first = fields
    return Sheet(
        signed=signed,
        code=code,
        version=version,
        language=language,
        scale_order=scale_order,
        drawn=tuple(drawn),
        channel=channel,
        opened_at=datetime.fromtimestamp(opened, UTC),
        nonce=bytes.fromhex(nonce),
        first=bytes.fromhex(first[0] if first else nonce),
        issued_at=issued_at,
    )


def keyed(purpose: str, content: bytes) -> bytes:
    """Return what stands for some content for one purpose, and cannot be tried out.

    The keys of two purposes cannot be joined without the key of this installation.
    """
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.digest(key, f"hai-long.{purpose}:".encode() + content, hashlib.sha256)


def _receipt_check(body: str) -> str:
    return _letters(keyed("receipt check", body.encode()), RECEIPT_CHECK)


def _letters(digest: bytes, length: int) -> str:
    number = int.from_bytes(digest)
    places = (number // len(ALPHABET) ** place for place in range(length))
    return "".join(ALPHABET[place % len(ALPHABET)] for place in places).upper()


def _timed(purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=f"hai-long.{purpose}")


def _untimed() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="hai-long.thanks")
