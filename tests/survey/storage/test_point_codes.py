from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from survey.storage import point_codes, points, units
from survey.storage.points import ServicePoint
from tests.province import ROWS

NOW = datetime(2026, 11, 2, 3, tzinfo=UTC)
MONDAY = date(2026, 11, 2)


@pytest.fixture
def point(session: Session) -> ServicePoint:
    units.put(session, ROWS, date(2025, 7, 1))
    return points.add(session, "31117", "Quầy 1", NOW, MONDAY)


def _serials(session: Session) -> list[str]:
    return [code.serial for code, _ in point_codes.in_force(session, {"31117", "31120"}, MONDAY)]


def test_replacing_a_code_revokes_the_old_one_and_keeps_the_point(
    session: Session, point: ServicePoint
) -> None:
    old = point.code
    new = point_codes.issue(session, point, NOW)
    assert (old.revoked_at, new.revoked_at) == (NOW, None)
    assert (new.version, point.code) == (2, new)
    assert points.by_token(session, old.token).point is point


def test_a_code_may_be_replaced_with_time_to_put_up_the_new_one(
    session: Session, point: ServicePoint
) -> None:
    old, later = point.code, NOW + timedelta(days=7)
    point_codes.issue(session, point, NOW, until=later)
    assert old.revoked_at == later
    assert not old.is_in_force


def test_a_revoked_code_stays_revoked_from_the_first_moment(
    session: Session, point: ServicePoint
) -> None:
    point_codes.issue(session, point, NOW, until=NOW + timedelta(days=7))
    first, second = point.codes
    point_codes.revoke(session, point, NOW + timedelta(days=1))
    point_codes.revoke(session, point, NOW + timedelta(days=2))
    assert first.revoked_at == second.revoked_at == NOW + timedelta(days=1)


def test_the_codes_to_print_are_those_in_force_of_open_points_unit_by_unit(
    session: Session, point: ServicePoint
) -> None:
    other = points.add(session, "31120", "Quầy 1", NOW, MONDAY)
    second = points.add(session, "31117", "Quầy 2", NOW, MONDAY)
    points.add(session, "31117", "Quầy thử", NOW, MONDAY, is_test=True)
    points.close(points.add(session, "31117", "Quầy 3", NOW, MONDAY), NOW)
    point_codes.revoke(session, points.add(session, "31117", "Quầy 4", NOW, MONDAY), NOW)
    point_codes.issue(session, second, NOW)
    session.flush()
    expected = [other.code.serial, point.code.serial, second.code.serial]
    assert _serials(session) == expected
    assert expected[2].endswith("-02")
