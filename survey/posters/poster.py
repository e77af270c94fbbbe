"""What one poster says: where it hangs, where its code leads, which printing it is."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from survey.i18n import translate as _
from survey.storage.points import PointCode
from survey.storage.units import Unit


class PosterError(Exception):
    """A poster cannot be set; the message says the next step."""


@dataclass(frozen=True, kw_only=True)
class Poster:
    """What one poster says; `address` is what its QR code decodes to."""

    unit_code: str
    unit: str
    point: str
    address: str
    serial: str
    issued_on: date
    is_test: bool

    @property
    def typed(self) -> str:
        """The address as a person types it, without the scheme a browser adds."""
        parts = urlsplit(self.address)
        return f"{parts.netloc}{parts.path}" if parts.scheme == "https" else self.address


def address_of(code: PointCode, base: str) -> str:
    """Return the address that a code opens, under the public address of the service.

    PosterError for a code that is revoked or about to end: nobody is to print it again.
    """
    if not code.is_in_force:
        raise PosterError(_("Mã của quầy đã bị thu hồi. Bước tiếp theo: cấp mã mới cho quầy."))
    return f"{base}/p/{code.token}"


def of_code(code: PointCode, unit: Unit, base: str, on: date) -> Poster:
    """Return the poster of a code that hangs in a unit, as printed on a date."""
    return Poster(
        unit_code=unit.code,
        unit=unit.name,
        point=code.point.name,
        address=address_of(code, base),
        serial=code.serial,
        issued_on=on,
        is_test=code.point.is_test,
    )
