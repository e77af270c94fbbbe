"""Recordings for tests: real files of an encoder (FFmpeg 8), told apart by a tag at their end."""

from pathlib import Path
from unittest import mock

from flask import Flask
from sqlalchemy.orm import Session

from forms.passages import Passage, passages
from forms.questionnaire import Questionnaire, parse, shipped
from survey import listening, period, schema
from survey.db import session as current
from survey.storage import questionnaires

SOUNDS = Path(__file__).parent / "reference" / "sounds"
MP3 = (SOUNDS / "two-seconds.mp3").read_bytes()


def tagged(name: str) -> bytes:
    """Return a recording of its own for a name: the sound, and an old tag of 128 bytes."""
    return MP3 + b"TAG" + name.encode().ljust(125, b"\0")


def questionnaire(session: Session) -> Questionnaire:
    """Return the form's questionnaire."""
    return parse(questionnaires.current(session, listening.INSTRUMENT).definition)


def put(session: Session, language: str = "vi", scale_order: str = "official") -> int:
    """Store a recording of every question."""
    read_aloud = passages(questionnaire(session), language, scale_order)
    return listening.store(session, language, list(map(_reading, read_aloud)), period.today())


def put_in(app: Flask, language: str = "vi", scale_order: str = "official") -> None:
    """Store a recording of every question in the database of an application."""
    with app.app_context():
        put(current(), language, scale_order)
        current().commit()


def publish_wording(app: Flask, reviewer: str, language: str = "km") -> None:
    """Give the form a wording in a language (the English words stand in) and its reviewer."""
    (ours,) = (each for each in shipped() if each.code == listening.INSTRUMENT)
    english = ours.definition[ours.definition.index("[wording.en]") :]
    named = f'[wording.{language}]\nnative_reviewer = "{reviewer}"'
    further = english.replace("[wording.en]", named).replace(
        "[wording.en.", f"[wording.{language}."
    )
    published = [parse(f"{ours.definition}\n{further}")]
    with app.app_context(), mock.patch.object(schema, "shipped", return_value=published):
        schema.publish(current(), period.today())
        current().commit()


def _reading(passage: Passage) -> listening.Reading:
    content = tagged(passage.name)
    return listening.Reading(passage, content, listening.sounds.read(content))
