import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from survey.db import make_engine
from survey.storage import point_codes, scans, units
from survey.storage.points import ServicePoint
from survey.storage.scans import Funnel
from tests import rows
from tests.province import ROWS

MONDAY, TUESDAY, WEDNESDAY = date(2026, 11, 2), date(2026, 11, 3), date(2026, 11, 4)


@pytest.fixture
def point(session: Session) -> ServicePoint:
    units.put(session, ROWS, date(2025, 7, 1))
    return rows.point_named(session, "31117", "Quầy 1", MONDAY)


def test_counts_of_a_code_and_day_add_up(session: Session, point: ServicePoint) -> None:
    code = point.code.id
    scans.add(session, {(code, MONDAY): 2, (code, TUESDAY): 1})
    scans.add(session, {(code, MONDAY): 3})
    assert scans.by_day(session, MONDAY, WEDNESDAY) == {MONDAY: 5, TUESDAY: 1}
    assert scans.by_day(session, TUESDAY, WEDNESDAY) == {TUESDAY: 1}


def test_several_servers_at_once_lose_nothing(database_url: str) -> None:
    engine = make_engine(database_url)
    with Session(engine) as first:
        units.put(first, ROWS, date(2025, 7, 1))
        code = rows.point_named(first, "31117", "Quầy 2", MONDAY).code.id
        first.commit()

    def count() -> None:
        for _ in range(5):
            with Session(engine) as own:
                scans.add(own, {(code, MONDAY): 1})
                own.commit()

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with Session(engine) as after:
        assert scans.by_day(after, MONDAY, TUESDAY) == {MONDAY: 20}
    engine.dispose()


def test_the_last_day_of_a_code_leaves_out_the_running_one(
    session: Session, point: ServicePoint
) -> None:
    code = point.code.id
    scans.add(session, {(code, MONDAY): 2, (code, WEDNESDAY): 1})
    assert scans.last_days(session, [code], WEDNESDAY) == {code: MONDAY}
    assert scans.last_days(session, [code], MONDAY) == {}


def test_a_point_has_the_scans_of_all_its_codes(session: Session, point: ServicePoint) -> None:
    old = point.code.id
    new = point_codes.issue(session, point, datetime(2026, 11, 3, tzinfo=UTC)).id
    scans.add(session, {(old, MONDAY): 2, (new, TUESDAY): 1, (old, TUESDAY): 4})
    found = scans.of_points(session, [point.id], MONDAY, WEDNESDAY)
    assert found == {point.id: {MONDAY: 2, TUESDAY: 5}}


def test_what_came_of_a_code_is_counted_without_other_channels(
    session: Session, point: ServicePoint
) -> None:
    code = point.code.id
    scans.add(session, {(code, MONDAY): 7})
    rows.answers(session, point, MONDAY, 3)
    rows.answer(session, point, MONDAY, channel="test")
    rows.answer(session, point, WEDNESDAY)
    found = scans.funnels(session, [code, code + 1], MONDAY, WEDNESDAY)
    assert found == {code: Funnel(7, 3), code + 1: Funnel(0, 0)}


def test_counts_are_kept_for_a_year_and_a_month(session: Session, point: ServicePoint) -> None:
    scans.add(session, {(point.code.id, MONDAY): 1, (point.code.id, TUESDAY): 1})
    scans.expire(session, TUESDAY + timedelta(days=400))
    assert scans.by_day(session, MONDAY, WEDNESDAY) == {TUESDAY: 1}
