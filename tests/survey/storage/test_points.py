from datetime import UTC, date, datetime

import pytest
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from survey import period
from survey.storage import points, units
from survey.storage.code_tokens import is_token
from survey.storage.points import ServicePoint
from tests.province import ROWS

NOW = datetime(2026, 11, 2, 3, tzinfo=UTC)
MONDAY, TUESDAY = date(2026, 11, 2), date(2026, 11, 3)


@pytest.fixture
def point(session: Session) -> ServicePoint:
    units.put(session, ROWS, date(2025, 7, 1))
    return points.add(session, "31117", "Quầy 1", NOW, MONDAY)


def test_a_new_point_has_a_code_with_a_checked_token(session: Session, point: ServicePoint) -> None:
    assert is_token(point.code.token)
    assert points.by_token(session, point.code.token.upper()).point is point
    assert point.code.serial == f"{point.public_id.upper()}-01"


def test_an_unknown_token_is_not_found(session: Session, point: ServicePoint) -> None:
    with pytest.raises(NoResultFound):
        points.by_token(session, "22222222")


def test_a_point_is_seen_only_from_the_units_it_belongs_to(
    session: Session, point: ServicePoint
) -> None:
    assert points.get(session, point.public_id, {"31117"}, MONDAY) is point
    with pytest.raises(NoResultFound):
        points.get(session, point.public_id, {"31120"}, MONDAY)


def test_a_move_leaves_the_past_where_it_was(session: Session, point: ServicePoint) -> None:
    points.move(session, point, "31120", TUESDAY)
    session.flush()
    assert points.unit_code_on(point, MONDAY) == "31117"
    assert points.unit_code_on(point, TUESDAY) == "31120"
    assert points.listing(session, {"31117"}, TUESDAY).total == 0
    assert points.listing(session, {"31120"}, TUESDAY).total == 1


def test_a_second_move_on_the_same_day_replaces_the_first(
    session: Session, point: ServicePoint
) -> None:
    points.move(session, point, "31120", TUESDAY)
    points.move(session, point, "92", TUESDAY)
    points.move(session, point, "92", TUESDAY)
    session.flush()
    assert [link.unit_code for link in point.assignments] == ["31117", "92"]


def test_what_is_older_than_a_point_belongs_to_its_first_unit(
    session: Session, point: ServicePoint
) -> None:
    assert points.unit_code_on(point, date(2020, 11, 1)) == "31117"


def test_closing_twice_keeps_the_first_moment_and_reopening_forgets_it(
    session: Session, point: ServicePoint
) -> None:
    points.close(point, NOW)
    points.close(point, datetime(2027, 1, 1, tzinfo=UTC))
    assert (point.closed_at, point.is_open) == (NOW, False)
    points.reopen(point)
    assert point.is_open


def test_a_list_is_found_without_marks_in_the_names_of_points_and_units(
    session: Session, point: ServicePoint
) -> None:
    points.add(session, "31120", "Quầy Đất đai", NOW, MONDAY)
    codes = {"31117", "31120"}
    assert points.listing(session, codes, MONDAY, text="dat dai").total == 1
    assert points.listing(session, codes, MONDAY, text="NINH KIEU").total == 1
    assert points.listing(session, codes, MONDAY, text="100%").total == 0


def test_a_long_list_comes_in_pages_and_nothing_is_left_out(
    session: Session, point: ServicePoint
) -> None:
    for number in range(2, 121):
        points.add(session, "31117", f"Quầy {number}", NOW, MONDAY)
    pages = [points.listing(session, {"31117"}, MONDAY, page=n) for n in (1, 2, 3)]
    assert [page.last for page in pages] == [3, 3, 3]
    names = [found.name for page in pages for found, _unit in page.rows]
    assert names == [f"Quầy {number}" for number in range(1, 121)]


def test_a_name_is_taken_however_its_tones_are_written_until_its_point_closes(
    session: Session, point: ServicePoint
) -> None:
    points.describe(point, "Quầy Hoà giải", None)
    assert points.is_name_taken(session, "31117", "quầy  Hòa giải", MONDAY)
    assert not points.is_name_taken(session, "31117", "Quầy Hòa giải", MONDAY, but=point)
    assert not points.is_name_taken(session, "31120", "Quầy Hòa giải", MONDAY)
    points.close(point, NOW)
    assert not points.is_name_taken(session, "31117", "Quầy Hòa giải", MONDAY)


def test_the_points_of_a_period_are_those_not_moved_away_before_it(
    session: Session, point: ServicePoint
) -> None:
    points.move(session, point, "31120", date(2026, 12, 10))
    session.flush()
    units_ = ["31117", "31120"]

    def found(codes: list[str], name: str) -> list[str]:
        return [code for _, code in points.assigned(session, codes, period.parse(name))]

    assert sorted(found(units_, "2026-12")) == units_
    assert found(["31117"], "2026-12") == ["31117"]
    assert found(["31117"], "2027-01") == []
    assert found(["31120"], "2026-11") == []
    # Imported answers may be older than their point.
    assert found(["31117"], "2025-01") == ["31117"]
