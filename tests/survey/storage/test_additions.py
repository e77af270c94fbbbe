"""What is added after the thank-you, while the answer waits, and never after its close."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import closing
from survey.db import make_engine
from survey.storage import additions, questionnaires, receipts, responses, units
from survey.storage.additions import Ticket
from survey.storage.points import ServicePoint
from survey.storage.responses import Response
from survey.storage.seen_nonces import AlreadyReceived, SeenNonce
from tests import rows
from tests.province import ROWS, SINCE

DAY = date(2026, 10, 20)
AT = datetime(2026, 10, 21, tzinfo=UTC)
TICKET = Ticket(
    receipt_digest=b"receipt", nonce=b"more", nonce_expires_at=datetime(2026, 10, 25, tzinfo=UTC)
)


@pytest.fixture
def point(session: Session) -> ServicePoint:
    units.put(session, ROWS, SINCE)
    made = rows.point_named(session, "31117", "Quầy 1", SINCE)
    rows.answers(session, made, DAY, 11)
    rows.answer(session, made, DAY, (5, 2, 0, 0, 0, 0), receipt_digest=b"receipt", drawn=("B1",))
    session.commit()
    return made


def _levels(session: Session) -> dict[str, int]:
    """Return what the answer of the receipt says, wherever it is by now."""
    session.expire_all()
    codes = questionnaires.current(session, "mot-cua").item_codes
    stored = session.scalars(select(Response.answers).where(Response.drawn == "B1")).one()
    return {code: level for code, level in zip(codes, stored, strict=True) if level}


def _close(session: Session) -> None:
    closing.close_day(session, DAY, at=AT, threshold=10)
    session.commit()


def test_details_are_added_and_the_first_answers_stand(
    session: Session, point: ServicePoint
) -> None:
    assert additions.put(session, TICKET, {"A": 5, "A1": 1, "A2": 6, "B1": 9})
    session.commit()
    assert _levels(session) == {"overall": 5, "A": 2, "A1": 1, "A2": 6, "B1": 9}


def test_what_is_told_goes_into_its_columns(session: Session, point: ServicePoint) -> None:
    assert additions.tell(session, TICKET, {"helped_by": "family", "trips": "3+"})
    session.commit()
    stored = session.scalars(select(Response).where(Response.drawn == "B1")).one()
    assert (stored.helped_by, stored.trips, stored.paid_extra) == ("family", "3+", None)


@pytest.mark.parametrize(("again", "same"), [({"A1": 1}, True), ({"A1": 5}, False)])
def test_a_second_form_counts_once_however_often_it_is_sent(
    session: Session, point: ServicePoint, again: dict[str, int], same: bool
) -> None:
    additions.put(session, TICKET, {"A1": 1})
    session.commit()
    with pytest.raises(AlreadyReceived) as received:
        additions.put(session, TICKET, again)
    session.commit()
    assert received.value.same is same
    assert _levels(session)["A1"] == 1


def test_after_the_close_nothing_is_added_and_nothing_is_kept_of_the_attempt(
    session: Session, point: ServicePoint
) -> None:
    _close(session)
    before = _levels(session)
    nonces = set(session.scalars(select(SeenNonce.digest)))
    assert additions.waiting(session, b"receipt") is None
    assert not additions.put(session, TICKET, {"A1": 1})
    assert not additions.tell(session, TICKET, {"helped_by": "family"})
    session.commit()
    assert _levels(session) == before
    assert set(session.scalars(select(SeenNonce.digest))) == nonces


def test_a_copy_that_comes_after_the_close_is_known_to_have_been_received(
    session: Session, point: ServicePoint
) -> None:
    additions.put(session, TICKET, {"A1": 1})
    session.commit()
    _close(session)
    with pytest.raises(AlreadyReceived):
        additions.put(session, TICKET, {"A1": 1})
    session.commit()
    assert _levels(session)["A1"] == 1
    assert closing.check(session) == []


def test_an_answer_that_still_waits_after_its_close_takes_nothing_more(
    session: Session, point: ServicePoint
) -> None:
    closing.close_day(session, DAY, at=AT, threshold=13)
    session.commit()
    assert set(session.scalars(select(Response.batch_id))) == {None}
    assert not additions.put(session, TICKET, {"A1": 1})


def test_a_copy_on_its_way_when_the_answer_was_withdrawn_brings_nothing_back(
    session: Session, point: ServicePoint
) -> None:
    assert responses.withdraw(session, b"receipt")
    assert not additions.put(session, TICKET, {"A1": 1})
    session.commit()
    assert responses.count(session, point) == 11


def test_a_form_that_is_being_stored_makes_the_close_wait_and_is_counted(
    session: Session, point: ServicePoint, database_url: str
) -> None:
    assert additions.put(session, TICKET, {"A1": 1})
    with _meanwhile(database_url, _close) as waits:
        assert waits()
        session.commit()
    assert _levels(session)["A1"] == 1
    assert _batches(session) == {1: 12}
    assert closing.check(session) == []


def test_a_close_that_is_running_makes_the_form_wait_and_comes_first(
    session: Session, point: ServicePoint, database_url: str
) -> None:
    outcomes: list[bool] = []

    def send(own: Session) -> None:
        outcomes.append(additions.put(own, TICKET, {"A1": 1}))
        own.commit()

    closing.close_day(session, DAY, at=AT, threshold=10)
    with _meanwhile(database_url, send) as waits:
        assert waits()
        session.commit()
    assert outcomes == [False]
    assert "A1" not in _levels(session)
    assert closing.check(session) == []


def test_a_withdrawal_and_a_close_never_wait_for_each_other(
    session: Session, point: ServicePoint, database_url: str
) -> None:
    def take_back(own: Session) -> None:
        responses.withdraw(own, b"receipt")
        own.commit()

    held = responses.waiting(session, DAY)
    with _meanwhile(database_url, take_back) as waits:
        assert waits()
        receipts.forget(session, [row.key for row in held])
        session.commit()


@contextmanager
def _meanwhile(database_url: str, act: Callable[[Session], None]) -> Iterator[Callable[[], bool]]:
    """Do something in a session of its own; yield what says whether it is still waiting."""

    def run() -> None:
        engine = make_engine(database_url)
        with Session(engine) as own:
            act(own)
        engine.dispose()

    thread = threading.Thread(target=run)
    thread.start()

    def waits() -> bool:
        thread.join(0.3)
        return thread.is_alive()

    yield waits
    thread.join(20)
    assert not thread.is_alive()


def _batches(session: Session) -> dict[int, int]:
    session.expire_all()
    found: dict[int, int] = {}
    for batch_id in session.scalars(select(Response.batch_id)):
        found[batch_id or 0] = found.get(batch_id or 0, 0) + 1
    return found
