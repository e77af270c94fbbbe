"""A folder or ZIP of recordings → checked → stored, all or nothing; and what a form plays."""

import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath

from sqlalchemy.orm import Session

from forms.passages import Passage, asked_first, passages
from forms.questionnaire import Questionnaire
from survey import sounds
from survey.sounds import NoSound, Sound
from survey.storage import recordings
from survey.storage.base import Refused

INSTRUMENT = "mot-cua"
ENDINGS = (".mp3", ".m4a", ".ogg", ".opus")
# What a citizen's mobile data pays for one question, and how long somebody listens.
MOST_BYTES, MOST_SECONDS, LEAST_SECONDS = 1024 * 1024, 60, 1
SMALLER = "save it as mono MP3 at 48 kbit/s"
# What computers leave in folders by themselves.
LITTER = frozenset({"thumbs.db", "desktop.ini", "__macosx"})


@dataclass(frozen=True)
class Reading:
    """A recording that was checked, and what it reads."""

    passage: Passage
    content: bytes
    sound: Sound


@dataclass(frozen=True)
class Progress:
    """How far a language is from being heard on the first page of the form."""

    has_words: bool
    is_reviewed: bool
    missing: tuple[str, ...]

    @property
    def is_complete(self) -> bool:
        """Whether every question of the first page can be heard."""
        return self.is_reviewed and not self.missing


def addresses(
    session: Session, questionnaire: Questionnaire, language: str, scale_order: str
) -> dict[str, str]:
    """Return the digest of the recording of each passage that has one, by the passage's code."""
    read_aloud = passages(questionnaire, language, scale_order)
    played = recordings.latest(session, language, [each.hash for each in read_aloud])
    return {each.code: played[each.hash] for each in read_aloud if each.hash in played}


def progress(session: Session, questionnaire: Questionnaire, language: str) -> Progress:
    """Return what a language still lacks before the first page can be heard in it."""
    wording = questionnaire.wordings.get(language)
    if wording is None:
        return Progress(has_words=False, is_reviewed=False, missing=())
    heard = addresses(session, questionnaire, language, "official")
    first = asked_first(questionnaire)
    wanted = [each for each in passages(questionnaire, language) if each.code in first]
    missing = tuple(each.name for each in wanted if each.code not in heard)
    return Progress(has_words=True, is_reviewed=wording.is_offered, missing=missing)


def script(questionnaire: Questionnaire, language: str, scale_order: str) -> Iterator[str]:
    """Yield one line for each recording: the name of its file, a tab, the words to read."""
    for passage in passages(questionnaire, language, scale_order):
        words = (word if word.endswith(("?", ":", ".")) else f"{word}." for word in passage.words)
        yield f"{passage.name}{ENDINGS[0]}\t{' '.join(words)}"


def read(place: Path, questionnaire: Questionnaire, language: str) -> list[Reading]:
    """Return the recordings of a folder or ZIP; raise Refused with what is wrong in any of them."""
    known = _by_name(questionnaire, language)
    readings: dict[str, Reading] = {}
    reasons = []
    with _files(place) as files:
        for name, content in files.items():
            try:
                reading = _reading(name, content, known)
                if reading.passage.name in readings:
                    raise NoSound("there is another file of this name; keep one of them")
                readings[reading.passage.name] = reading
            except NoSound as problem:
                reasons.append(f"{name}: {problem}")
    if not files:
        reasons.append(f"{place}: there is no file in it; flask audio script names those wanted")
    if reasons:
        raise Refused(reasons)
    return list(readings.values())


def store(session: Session, language: str, readings: list[Reading], on: date) -> int:
    """Store checked recordings; return how many are new."""
    return sum(
        recordings.put(
            session,
            each.content,
            language=language,
            words_hash=each.passage.hash,
            media_type=each.sound.media_type,
            seconds=each.sound.seconds,
            on=on,
        )
        for each in readings
    )


def _by_name(questionnaire: Questionnaire, language: str) -> dict[str, Passage]:
    orders = ("official", "reversed")
    both = (each for order in orders for each in passages(questionnaire, language, order))
    return {each.name.casefold(): each for each in both}


def _reading(name: str, content: Callable[[], bytes], known: Mapping[str, Passage]) -> Reading:
    path = PurePosixPath(name)
    passage = known.get(path.stem.casefold())
    if passage is None or path.suffix.lower() not in ENDINGS:
        raise NoSound(
            "no question has this name; rename it as flask audio script says "
            f"(with {', '.join(ENDINGS)}), or take it away"
        )
    taken = content()
    if len(taken) > MOST_BYTES:
        raise NoSound(f"it is larger than {MOST_BYTES // 1024} KB; {SMALLER}")
    try:
        sound = sounds.read(taken)
    except NoSound as problem:
        raise NoSound(f"{problem}; {SMALLER}") from problem
    if not LEAST_SECONDS <= sound.seconds <= MOST_SECONDS:
        raise NoSound(
            f"it lasts {sound.seconds:.0f} s; read it again in {LEAST_SECONDS} to {MOST_SECONDS} s"
        )
    return Reading(passage, taken, sound)


@contextmanager
def _files(place: Path) -> Iterator[dict[str, Callable[[], bytes]]]:
    """Yield how to read the beginning of each file of a folder or ZIP, by its name there."""
    if place.is_dir():
        found = sorted(path for path in place.rglob("*") if path.is_file())
        names = [(path.relative_to(place).as_posix(), path) for path in found]
        yield {name: _opened(path) for name, path in names if not _is_litter(name)}
        return
    try:
        with zipfile.ZipFile(place) as packed:
            inside = [each.filename for each in packed.infolist() if not each.is_dir()]
            yield {name: _unpacked(packed, name) for name in inside if not _is_litter(name)}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise Refused([f"{place}: no folder, and no ZIP file that opens; pack it anew"]) from error


def _opened(path: Path) -> Callable[[], bytes]:
    def content() -> bytes:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)

    return content


def _unpacked(packed: zipfile.ZipFile, name: str) -> Callable[[], bytes]:
    def content() -> bytes:
        with packed.open(name) as file:
            return file.read(MOST_BYTES + 1)

    return content


def _is_litter(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return any(part.startswith(".") or part.casefold() in LITTER for part in parts)
