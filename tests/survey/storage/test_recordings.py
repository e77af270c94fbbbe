from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from survey.storage import recordings, speakers
from survey.storage.recordings import Recording
from survey.storage.speakers import Speakers

DAY, LATER = date(2026, 11, 1), date(2026, 11, 20)


def _put(session: Session, content: bytes, words: str = "w", language: str = "vi") -> bool:
    kind = {"media_type": "audio/mpeg", "seconds": 2.0, "on": DAY}
    return recordings.put(session, content, language=language, words_hash=words, **kind)


def test_the_latest_recording_of_the_words_is_played_and_the_first_one_kept(
    session: Session,
) -> None:
    assert _put(session, b"one")
    first = recordings.latest(session, "vi", ["w"])["w"]
    assert _put(session, b"two")
    assert not _put(session, b"two")
    second = recordings.latest(session, "vi", ["w"])["w"]
    assert recordings.by_digest(session, first).content == b"one"
    assert recordings.by_digest(session, second).content == b"two"


def test_other_words_and_other_languages_are_not_mixed_up(session: Session) -> None:
    _put(session, b"one")
    _put(session, b"two", language="km")
    assert recordings.latest(session, "vi", ["other"]) == {}
    digest = recordings.latest(session, "km", ["w", "other"])["w"]
    assert recordings.by_digest(session, digest).content == b"two"
    with pytest.raises(NoResultFound):
        recordings.by_digest(session, "0" * 16)


def test_one_sound_may_belong_to_two_wordings(session: Session) -> None:
    assert _put(session, b"one")
    assert _put(session, b"one", words="respelled")
    (digest,) = set(recordings.latest(session, "vi", ["w", "respelled"]).values())
    assert recordings.by_digest(session, digest).content == b"one"


def test_a_recording_is_never_changed(session: Session) -> None:
    _put(session, b"one")
    session.scalars(select(Recording)).one().content = b"two"
    with pytest.raises(ValueError, match="immutable"):
        session.flush()


def test_a_unit_is_marked_with_exactly_the_languages_given(session: Session) -> None:
    speakers.mark(session, "31117", ["km", "bru"], DAY)
    speakers.mark(session, "31120", ["cja"], DAY)
    speakers.mark(session, "31117", ["km", "pac"], LATER)
    assert speakers.languages(session, "31117") == ["km", "pac"]
    assert speakers.languages(session, "31120") == ["cja"]
    days = {each.language: each.marked_on for each in session.scalars(select(Speakers))}
    assert days == {"km": DAY, "pac": LATER, "cja": DAY}
