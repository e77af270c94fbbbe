import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import func, inspect, select
from sqlalchemy.orm import Session

from survey.db import make_engine
from survey.period import parse
from survey.storage import points, questionnaires, responses, seen_nonces, units
from survey.storage.points import ServicePoint
from survey.storage.receipts import Receipt
from survey.storage.responses import Answer, Response
from survey.storage.seen_nonces import AlreadyReceived
from tests import rows
from tests.province import ROWS

NOW = datetime(2026, 11, 2, 3, tzinfo=UTC)
DAY = date(2026, 11, 2)


@pytest.fixture
def point(session: Session) -> ServicePoint:
    units.put(session, ROWS, date(2025, 7, 1))
    made = points.add(session, "31117", "Quầy 1", NOW, DAY)
    session.commit()
    return made


def _answer(session: Session, point: ServicePoint, **levels: int) -> Answer:
    return Answer(
        questionnaire=questionnaires.current(session, "mot-cua"),
        code_id=point.code.id,
        levels=levels or {"overall": 5, "A": 4},
        visit="submit",
        channel="qr",
        language="vi",
        scale_order="official",
        drawn=("A1", "C2", "E3"),
        business_day=DAY,
        seconds=42,
        receipt_digest=b"receipt",
        nonce_expires_at=NOW + timedelta(hours=96),
    )


def test_an_answer_is_one_byte_per_item_in_the_order_of_its_version(
    session: Session, point: ServicePoint
) -> None:
    stored = responses.add(session, point, _answer(session, point, overall=2, E=9), nonce=b"n")
    codes = questionnaires.get(session, stored.questionnaire_id).item_codes
    assert len(stored.answers) == len(codes) == 22
    assert {c: b for c, b in zip(codes, stored.answers, strict=True) if b} == {"overall": 2, "E": 9}
    assert stored.duration_class == 2


def test_a_row_holds_no_time_and_nothing_about_the_sender(session: Session) -> None:
    columns = {
        c["name"]: str(c["type"]) for c in inspect(session.get_bind()).get_columns("response")
    }
    assert not any("TIME" in kind for kind in columns.values())
    assert not set(columns) & {"ip", "address", "user_agent", "device", "received_at", "created_at"}


@pytest.mark.parametrize(("first_day", "waiting"), [(DAY, 2), (DAY + timedelta(days=1), 0)])
def test_what_came_before_a_code_was_its_units_is_not_received(
    session: Session, point: ServicePoint, first_day: date, waiting: int
) -> None:
    rows.answers(session, point, DAY, 2)
    found = responses.received(
        session, ["31117"], parse("2026-11"), waiting=True, first_days={"31117": first_day}
    )
    assert sum(row.waiting for row in found) == waiting


def test_the_same_nonce_and_content_is_received_once(session: Session, point: ServicePoint) -> None:
    answer = _answer(session, point)
    responses.add(session, point, answer, nonce=b"n")
    session.commit()
    with pytest.raises(AlreadyReceived) as received:
        responses.add(session, point, answer, nonce=b"n")
    session.rollback()
    assert received.value.same
    assert responses.count(session, point) == 1


def test_the_same_nonce_with_other_content_keeps_the_first(
    session: Session, point: ServicePoint
) -> None:
    first = responses.add(session, point, _answer(session, point, overall=1), nonce=b"n")
    session.commit()
    with pytest.raises(AlreadyReceived) as received:
        responses.add(session, point, _answer(session, point, overall=5), nonce=b"n")
    session.rollback()
    assert not received.value.same
    assert session.scalars(select(Response.key)).all() == [first.key]


def test_another_visit_is_other_content(session: Session, point: ServicePoint) -> None:
    answer = _answer(session, point)
    responses.add(session, point, answer, nonce=b"n")
    with pytest.raises(AlreadyReceived) as received:
        responses.add(session, point, replace(answer, visit="ask"), nonce=b"n")
    assert not received.value.same


def test_a_sheet_of_a_test_point_is_stored_and_never_counted(
    session: Session, point: ServicePoint
) -> None:
    point.is_test = True
    assert responses.add(session, point, _answer(session, point), nonce=b"n").channel == "test"
    assert responses.count(session, point) == 0


def test_a_nonce_survives_the_answer_it_came_with(session: Session, point: ServicePoint) -> None:
    session.delete(responses.add(session, point, _answer(session, point), nonce=b"n"))
    session.commit()
    assert seen_nonces.is_seen(session, b"n")
    assert not seen_nonces.is_seen(session, b"m")
    assert session.scalar(select(func.count()).select_from(Receipt)) == 0


def test_keys_do_not_keep_the_order_of_the_queue(session: Session, point: ServicePoint) -> None:
    answer = _answer(session, point)
    keys = [
        responses.add(
            session, point, replace(answer, receipt_digest=str(n).encode()), nonce=str(n).encode()
        ).key
        for n in range(200)
    ]
    rising = sum(a < b for a, b in pairwise(keys))
    assert 60 < rising < 140
    assert all(0 <= key < 2**63 for key in keys)


def test_ten_copies_at_once_are_one_answer(
    session: Session, point: ServicePoint, database_url: str
) -> None:
    answer, point_id = _answer(session, point), point.id
    session.commit()
    outcomes: list[str] = []
    gate = threading.Barrier(10)

    def send() -> None:
        engine = make_engine(database_url)
        with Session(engine) as own:
            gate.wait()
            try:
                responses.add(own, own.get_one(ServicePoint, point_id), answer, nonce=b"n")
                own.commit()
                outcomes.append("stored")
            except AlreadyReceived as received:
                outcomes.append(f"same={received.same}")
        engine.dispose()

    threads = [threading.Thread(target=send) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["same=True"] * 9 + ["stored"]
    assert responses.count(session, point) == 1
