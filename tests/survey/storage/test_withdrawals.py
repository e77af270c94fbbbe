import threading
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from survey import period
from survey.db import make_engine
from survey.storage import points, units, withdrawals
from survey.storage.points import ServicePoint
from survey.storage.withdrawals import Withdrawn
from tests import rows
from tests.province import ROWS, SINCE

DAY = date(2026, 10, 20)
MONTH = period.containing(DAY)


@pytest.fixture
def point(session: Session) -> ServicePoint:
    units.put(session, ROWS, SINCE)
    return rows.point_named(session, "31117", "Quầy 1", SINCE)


def _answers(session: Session, point: ServicePoint, n: int, **changes: object) -> list[bytes]:
    digests = [f"{changes}{number}".encode() for number in range(n)]
    for digest in digests:
        rows.answer(session, point, DAY, receipt_digest=digest, **changes)
    session.commit()
    return digests


def test_withdrawals_are_counted_by_unit_point_and_kind_within_a_period(
    session: Session, point: ServicePoint
) -> None:
    for number, digest in enumerate(_answers(session, point, 3)):
        assert withdrawals.answer(session, digest, DAY + timedelta(days=number))
        assert not withdrawals.answer(session, digest, DAY)
    found = withdrawals.by_point(session, ["31117", "31120"], MONTH)
    assert found == [Withdrawn("31117", point.id, "answer", 3)]
    assert withdrawals.by_point(session, ["31120"], MONTH) == []
    assert withdrawals.by_point(session, ["31117"], MONTH.previous) == []


def test_what_was_withdrawn_stays_with_the_unit_of_its_answer(
    session: Session, point: ServicePoint
) -> None:
    (digest,) = _answers(session, point, 1)
    points.move(session, point, "31120", DAY + timedelta(days=1))
    withdrawals.answer(session, digest, DAY + timedelta(days=1))
    assert [row.unit_code for row in withdrawals.by_point(session, ["31117", "31120"], MONTH)] == [
        "31117"
    ]


def test_a_withdrawn_trial_is_gone_and_not_counted(session: Session, point: ServicePoint) -> None:
    (digest,) = _answers(session, point, 1, channel="test")
    assert withdrawals.answer(session, digest, DAY)
    assert withdrawals.by_point(session, ["31117"], MONTH) == []


def test_withdrawals_at_once_are_each_counted(
    session: Session, point: ServicePoint, database_url: str
) -> None:
    digests = _answers(session, point, 6)
    gate = threading.Barrier(len(digests))

    def take_back(digest: bytes) -> None:
        engine = make_engine(database_url)
        with Session(engine) as own:
            gate.wait(10)
            withdrawals.answer(own, digest, DAY)
            own.commit()
        engine.dispose()

    threads = [threading.Thread(target=take_back, args=(digest,)) for digest in digests]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert [row.n for row in withdrawals.by_point(session, ["31117"], MONTH)] == [6]
