import re
import struct
from pathlib import Path

import pytest

from survey import sounds
from survey.sounds import NoSound
from tests.recordings import MP3, SOUNDS

KINDS = {".mp3": "audio/mpeg", ".m4a": "audio/mp4", ".ogg": "audio/ogg", ".opus": "audio/ogg"}
FILES = {file.suffix: file.read_bytes() for file in sorted(SOUNDS.iterdir())}
M4A, OPUS = FILES[".m4a"], FILES[".opus"]


@pytest.mark.parametrize("ending", KINDS)
def test_what_an_encoder_wrote_is_known_by_its_content_and_two_seconds_long(ending: str) -> None:
    sound = sounds.read(FILES[ending])
    assert sound.media_type == KINDS[ending]
    assert sound.seconds == pytest.approx(2, abs=0.1)


@pytest.mark.parametrize("ending", KINDS)
def test_half_a_file_is_refused_or_is_half_as_long(ending: str) -> None:
    whole = FILES[ending]
    try:
        seconds = sounds.read(whole[: len(whole) // 2]).seconds
    except NoSound:
        return
    assert ending == ".mp3"  # whose players drop the last frame
    assert seconds == pytest.approx(1, abs=0.2)


def test_no_beginning_of_a_file_breaks_the_reader() -> None:
    for content in FILES.values():
        for length in range(0, len(content), 97):
            try:
                sounds.read(content[:length])
            except NoSound as problem:
                assert str(problem)


@pytest.mark.parametrize(
    "content",
    [b"", b"RIFF\x24\x00\x00\x00WAVEfmt ", b"<html>", b"\xff\xf1\x50\x80" * 99, b"ID3\x04"],
    ids=["empty", "wav", "page", "aac", "tag without sound"],
)
def test_anything_else_is_no_sound(content: bytes) -> None:
    with pytest.raises(NoSound):
        sounds.read(content)


def test_a_film_is_no_recording() -> None:
    with pytest.raises(NoSound, match="it is a film"):
        sounds.read(M4A.replace(b"soun", b"vide"))
    with pytest.raises(NoSound, match="it has no sound"):
        sounds.read(M4A.replace(b"soun", b"text"))
    with pytest.raises(NoSound, match="not AAC"):
        sounds.read(M4A.replace(b"mp4a", b"alac"))


def test_an_ogg_file_of_another_codec_or_of_two_streams_is_refused() -> None:
    with pytest.raises(NoSound, match="neither Opus nor Vorbis"):
        sounds.read(OPUS.replace(b"OpusHead", b"SpeexXXX"))
    other = OPUS[:14] + b"\x00\x00\x00\x01" + OPUS[18:]
    with pytest.raises(NoSound, match="more than one stream"):
        sounds.read(OPUS + other)


def test_garbage_inside_an_mp3_is_told_with_its_place() -> None:
    with pytest.raises(NoSound, match=re.compile(r"breaks off at byte \d+")):
        sounds.read(MP3[:3000] + b"garbage" + MP3[3000:])
    assert sounds.read(MP3 + b"TAG".ljust(128, b"\0")).seconds > 1.9


def test_a_box_that_claims_more_than_there_is_is_cut_off(tmp_path: Path) -> None:
    at = M4A.index(b"moov") - 4
    with pytest.raises(NoSound, match="cut off"):
        sounds.read(M4A[:at] + struct.pack(">I", 1 << 30) + M4A[at + 4 :])
