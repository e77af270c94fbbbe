from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from survey.storage import batches, marks, units
from survey.storage.batches import Batch
from survey.storage.points import ServicePoint
from survey.storage.responses import Response
from tests import rows
from tests.province import ROWS, SINCE

DAY = date(2026, 10, 20)


@pytest.fixture
def point(session: Session) -> ServicePoint:
    units.put(session, ROWS, SINCE)
    return rows.point_named(session, "31117", "Quầy 1", SINCE)


@pytest.fixture
def stored(session: Session, point: ServicePoint) -> Response:
    return rows.answer(session, point, DAY)


def test_signs_add_up_and_what_is_left_out_stays_so(stored: Response) -> None:
    marks.sign(stored, set())
    assert (stored.signs, stored.flagged, stored.left_out) == ("", False, False)
    marks.sign(stored, {"quick", "honeypot"})
    marks.sign(stored, {"burst", "quick"})
    assert (stored.signs, stored.flagged, stored.left_out) == ("burst honeypot quick", True, True)


def test_what_was_released_gets_no_sign_and_is_not_left_out(
    session: Session, point: ServicePoint
) -> None:
    released, waiting = rows.answers(session, point, DAY, 2)
    batch = Batch(
        unit_code="31117",
        point_id=point.id,
        starts_on=date(2026, 10, 1),
        ends_on=date(2026, 11, 1),
        questionnaire_id=released.questionnaire_id,
        measure_hash="m",
        is_imported=False,
        n=1,
        closed_on=DAY,
    )
    released.batch_id = batches.add(session, batch).id
    keys = [released.key, waiting.key]
    marks.sign_all(session, keys, "burst")
    marks.leave_out(session, keys)
    session.expire_all()
    assert (released.signs, released.left_out) == ("", False)
    assert (waiting.signs, waiting.left_out) == ("burst", True)


def test_the_busiest_day_is_of_four_weeks_and_of_what_came_unmarked_by_itself(
    session: Session, point: ServicePoint
) -> None:
    def days_ago(back: int, n: int) -> list[Response]:
        return rows.answers(session, point, DAY - timedelta(days=back), n)

    assert marks.busiest_day(session, point.id, DAY) == (0, 0)
    for back, n in ((0, 9), (1, 2), (28, 3), (29, 8)):
        days_ago(back, n)
    for response in days_ago(2, 7):
        marks.sign(response, {"burst"})
    for response in days_ago(3, 7):
        response.channel = "test"
    session.flush()
    assert marks.busiest_day(session, point.id, DAY) == (3, 28)
    usual = marks.usual_answers(session, {point.id}, DAY)
    assert sum(row.n for row in usual) == 5
