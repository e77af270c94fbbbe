"""An address as a QR code."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode


def qr_svg(address: str) -> str:
    """Return the QR code of an address as an SVG element, with its quiet zone of 4 modules."""
    # M: a code on a counter gets scratched; Q and H make its modules too small to shrink.
    code = QRCode(error_correction=ERROR_CORRECT_M)
    code.add_data(address)
    rows = code.get_matrix()
    size = len(rows)
    return (
        f'<svg viewBox="0 0 {size} {size}" xmlns="http://www.w3.org/2000/svg" '
        f'shape-rendering="crispEdges"><rect width="{size}" height="{size}" fill="white"/>'
        f'<path d="{"".join(_bars(rows))}"/></svg>'
    )


def _bars(rows: Sequence[Sequence[bool | None]]) -> Iterator[str]:
    """Yield each run of dark modules as one bar.

    The library draws every module by itself, which is twice as long and slow in a pack.
    """
    for y, row in enumerate(rows):
        x = 0
        for is_dark, run in groupby(row):
            width = len(list(run))
            if is_dark:
                yield f"M{x} {y}h{width}v1h-{width}z"
            x += width
