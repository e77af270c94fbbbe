from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from survey.storage import questionnaires

DAY = date(2026, 11, 2)


def _put(session: Session, definition: str) -> Any:
    return questionnaires.put(
        session,
        code="thu",
        definition=definition,
        measure_hash="m",
        wording_hashes={"vi": "w"},
        item_codes=["a"],
        on=DAY,
    )


def test_an_unchanged_file_stays_the_same_version(session: Session) -> None:
    assert _put(session, "một").id == _put(session, "một").id


def test_a_changed_file_becomes_a_new_version_and_the_old_one_stays(session: Session) -> None:
    first, second = _put(session, "một"), _put(session, "hai")
    assert (first.version, second.version) == (1, 2)
    assert questionnaires.current(session, "thu") is second
    assert questionnaires.get(session, first.id).definition == "một"


def test_going_back_to_an_earlier_text_is_again_a_new_version(session: Session) -> None:
    _put(session, "một")
    _put(session, "hai")
    assert _put(session, "một").version == 3


def test_a_version_cannot_be_changed_or_deleted(session: Session) -> None:
    version = _put(session, "một")
    session.commit()
    version.definition = "khác"
    with pytest.raises(ValueError, match="immutable"):
        session.commit()
    session.rollback()
    session.delete(version)
    with pytest.raises(ValueError, match="immutable"):
        session.commit()
