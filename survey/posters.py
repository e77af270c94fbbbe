"""From an address to its QR code and to the poster on the counter; pure, no Flask."""

import json
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import fontpkg
import qrcode
import typst
from qrcode.image.svg import SvgPathFillImage

from survey.storage.points import PointCode, ServicePoint
from survey.storage.units import Unit

TEMPLATE = Path(__file__).parent.parent / "templates" / "documents" / "poster.typ"
FONT = "Be Vietnam Pro"


class PosterError(Exception):
    """A poster cannot be set; the message says the next step."""


@dataclass(frozen=True, kw_only=True)
class Poster:
    """What one poster says; `address` is what its QR code decodes to."""

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
    """Return the address that a code opens, under the public address of the service."""
    return f"{base}/p/{code.token}"


def of_point(point: ServicePoint, unit: Unit, address: str, on: date) -> Poster:
    """Return the poster of the code in force at a point."""
    return Poster(
        unit=unit.name,
        point=point.name,
        address=address,
        serial=point.code.serial,
        issued_on=on,
        is_test=point.is_test,
    )


def qr_svg(address: str) -> str:
    """Return the QR code of an address as an SVG element, with its quiet zone of 4 modules."""
    # M: a code on a counter gets scratched; Q and H make its modules too small to shrink.
    code: Any = qrcode.QRCode(
        error_correction=qrcode.constants.ERROR_CORRECT_M, image_factory=SvgPathFillImage
    )
    code.add_data(address)
    return str(code.make_image().to_string(encoding="unicode"))


def pdf(poster: Poster) -> bytes:
    """Return an A5 poster as PDF. Text is handed over as data, never as markup."""
    shown = asdict(poster) | {"typed": poster.typed, "qr": qr_svg(poster.address)}
    shown["issued_on"] = poster.issued_on.strftime("%d/%m/%Y")
    try:
        return _compile(json.dumps(shown))
    except typst.TypstError as error:
        raise PosterError(
            f"Không in được mã của “{poster.point}”: tên có ký tự mà phông chữ không có. "
            "Bước tiếp theo: đổi tên quầy hoặc đơn vị rồi tải lại."
        ) from error


def _compile(data: str) -> bytes:
    return typst.compile(
        TEMPLATE,
        sys_inputs={"d": data},
        font_paths=_fonts(),
        ignore_system_fonts=True,
        pdf_standards="ua-1",
    )


@cache
def _fonts() -> list[Path]:
    return [fontpkg.path(FONT).parent]
