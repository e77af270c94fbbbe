"""A page cut once: what all share is compressed when it is cut, the gaps are filled each time.

Each compressed part ends with a full flush and refers to nothing outside itself, so that the
parts together, with one checksum over their text, are a single gzip member.
"""

import re
import secrets
import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from markupsafe import escape

# Of this process: no text can hold it by chance.
_MARK = secrets.token_hex(8)
_GAP = re.compile(f"{_MARK}-([a-z]+)-")
# Shorter text between two gaps is compressed with them: a part of its own would cost more.
_SHORTEST = 1024
_GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_LAST_BLOCK = b"\x03\x00"
_FIXED_LEVEL, _FILLED_LEVEL = 9, 6


def gap(name: str) -> str:
    """Return what to write into a page where each request fills in its own value."""
    return f"{_MARK}-{name}-"


@dataclass(frozen=True)
class _Part:
    """Text with gaps, or text without and its compressed form."""

    text: str
    gaps: tuple[str, ...]
    raw: bytes
    deflated: bytes

    def filled(self, values: Mapping[str, str]) -> bytes:
        if not self.gaps:
            return self.raw
        return _GAP.sub(lambda found: str(escape(values[found[1]])), self.text).encode()


class Stencil:
    """A page of HTML whose gaps take plain text, which is escaped."""

    def __init__(self, page: str) -> None:
        self._parts = tuple(_cut(page))

    def plain(self, values: Mapping[str, str]) -> bytes:
        """Return the page with its gaps filled; every gap needs a value."""
        return b"".join(part.filled(values) for part in self._parts)

    def gzipped(self, values: Mapping[str, str]) -> bytes:
        """Return the same page as one gzip member."""
        checksum = size = 0
        out = [_GZIP_HEADER]
        for part in self._parts:
            text = part.filled(values)
            checksum, size = zlib.crc32(text, checksum), size + len(text)
            out.append(part.deflated or _deflated(text, _FILLED_LEVEL))
        return b"".join([*out, _LAST_BLOCK, struct.pack("<II", checksum, size)])


def _cut(page: str) -> Iterator[_Part]:
    """Yield the parts of a page: long text without gaps, and what stands between."""
    between = ""
    for number, piece in enumerate(_GAP.split(page)):
        if number % 2:
            between += gap(piece)
        elif len(piece) < _SHORTEST:
            between += piece
        else:
            yield _part(between)
            yield _part(piece)
            between = ""
    yield _part(between)


def _part(text: str) -> _Part:
    gaps = tuple(_GAP.findall(text))
    raw = text.encode()
    return _Part(text, gaps, raw, b"" if gaps else _deflated(raw, _FIXED_LEVEL))


def _deflated(text: bytes, level: int) -> bytes:
    packer = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(text) + packer.flush(zlib.Z_FULL_FLUSH)
