"""One-time invitation slips, 24 to an A4 page; what they say comes from templates/documents."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import typst
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

from survey.i18n import translate as _
from survey.posters.poster import PosterError
from survey.posters.press import compiled

PER_PAGE = 24


@dataclass(frozen=True, kw_only=True)
class Slip:
    """What one slip says; `row` tells to which line of a list it belongs."""

    address: str
    code: str
    unit: str
    point: str
    row: int | None


def pdf(slips: Sequence[Slip], enter_at: str) -> bytes:
    """Return slips as one PDF; `enter_at` is where a code is typed in."""
    draw = _drawing(slips[0].address)
    shown: list[dict[str, Any]] = [vars(slip) | {"qr": draw(slip.address)} for slip in slips]
    try:
        return compiled("slips", {"enter_at": enter_at, "slips": shown})
    except typst.TypstError as error:
        raise PosterError(
            _(
                "Không in được phiếu mời: tên quầy hoặc đơn vị có ký tự mà phông chữ không có. "
                "Bước tiếp theo: đổi tên đó rồi làm lại."
            )
        ) from error


def _drawing(first: str) -> Callable[[str], str]:
    """Return what draws the codes of addresses like the first one, which differ in a few signs.

    The mask that suits the first suits them all; to try all eight for each takes seven times
    as long, which is a minute for ten thousand.
    """
    mask = _code(first, None).best_mask_pattern()

    def draw(address: str) -> str:
        rows = _code(address, mask).get_matrix()
        size = len(rows)
        return (
            f'<svg viewBox="0 0 {size} {size}" xmlns="http://www.w3.org/2000/svg">'
            f'<path d="{"".join(_bars(rows))}"/></svg>'
        )

    return draw


def _code(address: str, mask: int | None) -> QRCode[Any]:
    # M, as on a poster: a slip is folded and carried home.
    code = QRCode(error_correction=ERROR_CORRECT_M, mask_pattern=mask)
    code.add_data(address, optimize=0)
    code.make()
    return code


def _bars(rows: Sequence[Sequence[bool | None]]) -> Iterator[str]:
    for y, row in enumerate(rows):
        x = 0
        for is_dark, run in groupby(row):
            width = len(list(run))
            if is_dark:
                yield f"M{x} {y}h{width}v1h-{width}z"
            x += width
