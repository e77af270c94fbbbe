from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
import time_machine
from cryptography.fernet import Fernet
from flask import Flask
from sqlalchemy import select

from survey.db import session
from survey.storage import audit_entries, comments, contacts, points
from survey.storage.audit_entries import COMMAND_LINE
from survey.storage.contacts import Contact
from tests import province

OLD, NEW = contacts.new_key(), contacts.new_key()


@pytest.fixture
def make(make_app: Callable[..., Flask]) -> Callable[[str], Flask]:
    """Return a maker of the same installation with other keys."""
    place = province.build(make_app())

    def make(keys: str) -> Flask:
        app = make_app(CONTACT_KEYS=keys)
        with app.app_context():
            if keys == OLD:
                _leave(place.point)
        return app

    return make


def _leave(point: str) -> None:
    written = comments.add(
        session(),
        points.any_of(session(), point),
        "Ghế chờ ít quá.",
        receipt_digest=b"r",
        language="vi",
        business_day=date(2026, 10, 20),
        nonce=b"n",
        nonce_expires_at=datetime(2026, 10, 25, tzinfo=UTC),
    )
    session().flush()
    consent = {"consent_version": "1", "consent_text": "Tôi đồng ý.", "on": date(2026, 10, 20)}
    contacts.add(session(), written.key, "0912345678", [OLD], **consent)
    session().commit()


def _number(app: Flask, key: str) -> str | None:
    with app.app_context():
        return contacts.number(session().scalars(select(Contact)).one(), [key])


def test_a_key_is_printed_and_is_one(make: Callable[[str], Flask]) -> None:
    done = make("").test_cli_runner().invoke(args=["contacts", "key"])
    assert Fernet(done.output.strip()).decrypt(Fernet(done.output.strip()).encrypt(b"x")) == b"x"


def test_numbers_are_encrypted_with_the_first_key(make: Callable[[str], Flask]) -> None:
    make(OLD)
    app = make(f"{NEW} {OLD}")
    done = app.test_cli_runner().invoke(args=["contacts", "rotate"])
    assert done.exit_code == 0
    assert "1 numbers are encrypted with the first key" in done.output
    assert (_number(app, NEW), _number(app, OLD)) == ("0912345678", None)
    with app.app_context():
        entry = audit_entries.page(session()).rows[0]
    assert (entry.actor, entry.act) == (COMMAND_LINE, "rotate contact keys")


def test_a_number_that_no_key_opens_is_said_and_kept(make: Callable[[str], Flask]) -> None:
    make(OLD)
    app = make(NEW)
    done = app.test_cli_runner().invoke(args=["contacts", "rotate"])
    assert done.exit_code == 1
    assert "1 numbers open with none of the keys" in done.output
    assert _number(app, OLD) == "0912345678"


def test_without_a_key_nothing_is_rotated(make: Callable[[str], Flask]) -> None:
    done = make("").test_cli_runner().invoke(args=["contacts", "rotate"])
    assert done.exit_code == 1
    assert "flask contacts key" in done.output


def test_the_nightly_command_deletes_numbers_whose_time_has_come(
    make: Callable[[str], Flask],
) -> None:
    app = make(OLD)
    for day, left in ((date(2026, 10, 21), 1), (date(2027, 4, 17), 1), (date(2027, 4, 18), 0)):
        with time_machine.travel(datetime(day.year, day.month, day.day, 12, tzinfo=UTC)):
            done = app.test_cli_runner().invoke(args=["nightly"])
        assert done.exit_code == 0, done.output
        with app.app_context():
            assert len(session().scalars(select(Contact)).all()) == left
