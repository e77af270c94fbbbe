"""The sheet for a walk past the counters: is each code still there, and is it ours."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import typst

from survey.i18n import translate as _
from survey.posters.poster import Poster, PosterError
from survey.posters.press import compiled
from survey.posters.qr import qr_svg

LAST = 4


@dataclass(frozen=True)
class CheckRow:
    """A code to look at, and what was found the last time, in words."""

    poster: Poster
    before: str


def check_sheet(unit: str, rows: Iterable[CheckRow], on: date) -> bytes:
    """Return the check sheet of a unit's codes as an A4 PDF."""
    shown = [
        {
            "unit": row.poster.unit,
            "point": row.poster.point,
            "serial": row.poster.serial,
            "last": row.poster.address[-LAST:],
            "address": row.poster.address,
            "qr": qr_svg(row.poster.address),
            "before": row.before,
        }
        for row in rows
    ]
    data = {"unit": unit, "printed_on": on.strftime("%d/%m/%Y"), "rows": shown}
    try:
        return compiled("checks", data)
    except typst.TypstError as error:
        raise PosterError(
            _(
                "Không in được phiếu kiểm tra: tên quầy hoặc đơn vị có ký tự mà phông chữ không "
                "có. Bước tiếp theo: đổi tên đó rồi tải lại."
            )
        ) from error
