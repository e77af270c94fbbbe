"""A recording as bytes: of what kind it is and how long, read from its content, not its name.

MP3, AAC in an MP4 file (.m4a), Opus or Vorbis in an Ogg file: what the browsers of telephones play.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

MP3, M4A, OGG = "audio/mpeg", "audio/mp4", "audio/ogg"
ID3_HEADER, PAGE_HEADER = 10, 27
# Kilobits a second by the index in the header of a frame, MPEG 1 and MPEG 2 of layer III.
BITRATES = (
    (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
)
RATES = (44_100, 48_000, 32_000)
# The two bits of the version: how often its rate divides those of MPEG 1.
DIVISORS = {3: 1, 2: 2, 0: 4}
OPUS_RATE = 48_000


class NoSound(ValueError):
    """These bytes are no recording that can be played; the message says why."""


@dataclass(frozen=True)
class Sound:
    """What a recording is."""

    media_type: str
    seconds: float


def read(content: bytes) -> Sound:
    """Return what a recording is; raise NoSound for anything else, and for a damaged one."""
    try:
        if content[4:8] == b"ftyp":
            return Sound(M4A, _m4a_seconds(content))
        if content.startswith(b"OggS"):
            return Sound(OGG, _ogg_seconds(content))
        if content.startswith(b"ID3") or _frame(content, 0):
            return Sound(MP3, _mp3_seconds(content))
    except (struct.error, IndexError) as error:
        raise NoSound("it is cut off") from error
    raise NoSound("it is neither MP3 nor M4A nor Ogg (Opus or Vorbis)")


def _mp3_seconds(content: bytes) -> float:
    at, seconds = _behind_id3(content), 0.0
    while frame := _frame(content, at):
        length, lasts = frame
        at, seconds = at + length, seconds + lasts
    rest = content[at:]
    # An old tag at the end; a last frame may be cut off, players drop it.
    if seconds == 0 or not (rest.startswith((b"TAG", b"APETAGEX")) or not rest.strip(b"\0")):
        raise NoSound(f"the sound breaks off at byte {at}")
    return seconds


def _behind_id3(content: bytes) -> int:
    if not content.startswith(b"ID3"):
        return 0
    a, b, c, d = struct.unpack_from("4B", content, 6)
    footer = ID3_HEADER if content[5] & 0x10 else 0
    return ID3_HEADER + int(a << 21 | b << 14 | c << 7 | d) + footer


def _frame(content: bytes, at: int) -> tuple[int, float] | None:
    """Return the bytes and the seconds of the frame of layer III that begins here."""
    head = content[at : at + 4]
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:  # noqa: PLR2004 sync and layer
        return None
    divisor = DIVISORS.get(head[1] >> 3 & 3)
    bitrate, rate = (head[2] >> 4) - 1, head[2] >> 2 & 3
    if divisor is None or bitrate not in range(len(BITRATES[0])) or rate == len(RATES):
        return None
    is_first = divisor == 1
    hertz, kilobits = RATES[rate] // divisor, BITRATES[not is_first][bitrate]
    samples = 1152 if is_first else 576
    return samples * kilobits * 125 // hertz + (head[2] >> 1 & 1), samples / hertz


def _ogg_seconds(content: bytes) -> float:
    pages = list(_ogg_pages(content))
    if len({serial for serial, _granule, _body in pages}) > 1:
        raise NoSound("it holds more than one stream")
    first, last = pages[0][2], max(granule for _serial, granule, _body in pages)
    if first.startswith(b"OpusHead"):
        (skipped,) = struct.unpack_from("<H", first, 10)
        return (last - int(skipped)) / OPUS_RATE
    if first.startswith(b"\x01vorbis"):
        (rate,) = struct.unpack_from("<I", first, 12)
        return last / int(rate or 1)
    raise NoSound("its stream is neither Opus nor Vorbis")


def _ogg_pages(content: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Yield the serial number, the position and the bytes of each page."""
    at = 0
    while at < len(content):
        if content[at : at + 4] != b"OggS":
            raise NoSound(f"the sound breaks off at byte {at}")
        granule, serial, segments = struct.unpack_from("<xxxxxxqIxxxxxxxxB", content, at)
        begin = at + PAGE_HEADER + segments
        size = sum(content[at + PAGE_HEADER : begin])
        if begin + size > len(content):
            raise NoSound("it is cut off")
        yield serial, granule, content[begin : begin + size]
        at = begin + size


def _m4a_seconds(content: bytes) -> float:
    film = next(_inside(content, b"moov"), None)
    if film is None or next(_inside(content, b"mdat"), None) is None:
        raise NoSound("it is cut off")
    kinds = [body[8:12] for body in _inside(film, b"trak", b"mdia", b"hdlr")]
    if b"vide" in kinds or b"soun" not in kinds:
        raise NoSound("it is a film, not a recording" if b"vide" in kinds else "it has no sound")
    formats = [body[12:16] for body in _inside(film, b"trak", b"mdia", b"minf", b"stbl", b"stsd")]
    if b"mp4a" not in formats:
        raise NoSound("its sound is not AAC")
    (body,) = _inside(film, b"mvhd")
    scale, length = struct.unpack_from(">IQ" if body[0] else ">II", body, 20 if body[0] else 12)
    return int(length) / int(scale or 1)


def _inside(content: bytes, name: bytes, *deeper: bytes) -> Iterator[bytes]:
    """Yield the content of every box with this name; with more names, of those inside it."""
    at = 0
    while at + 8 <= len(content):
        size, found = struct.unpack_from(">I4s", content, at)
        begin = at + 8
        if size == 1:
            (size,) = struct.unpack_from(">Q", content, begin)
            begin += 8
        end = at + int(size) if size else len(content)
        if end < begin or end > len(content):
            raise NoSound("it is cut off")
        if found == name:
            yield from _inside(content[begin:end], *deeper) if deeper else (content[begin:end],)
        at = end
