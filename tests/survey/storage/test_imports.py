"""The rows behind an import, on both databases."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError, NoResultFound
from sqlalchemy.orm import Session

from survey import period
from survey.storage import imports, points, questionnaires, responses, units
from survey.storage.imports import ImportedRow
from survey.storage.points import ServicePoint
from survey.storage.responses import Response
from tests import province

TODAY = date(2026, 11, 22)


@pytest.fixture
def point(session: Session) -> ServicePoint:
    units.put(session, province.ROWS, province.SINCE)
    return points.add(session, "31117", "Quầy 1", period.now(), province.SINCE)


def _begin(session: Session) -> int:
    return imports.begin(session, b"file", TODAY).id


def _add(session: Session, point: ServicePoint, number: int, n: int) -> None:
    version = questionnaires.current(session, "mot-cua")
    days = [TODAY - timedelta(days=k) for k in range(n)]
    rows = [(point, day, None, bytes([5, *[0] * 21])) for day in days]
    responses.add_imported(session, number, version, rows)


def test_an_import_is_begun_once_and_found_again(session: Session) -> None:
    number = _begin(session)
    assert _begin(session) == number
    assert imports.begin(session, b"other file", TODAY).id != number
    assert set(imports.unfinished(session)) >= {number}


def test_rows_are_remembered_once(session: Session) -> None:
    number = _begin(session)
    imports.remember(session, number, b"file", [b"b", b"a"])
    assert imports.known(session, [b"a", b"b", b"c"]) == {b"a": number, b"b": number}
    with pytest.raises(IntegrityError), session.begin_nested():
        imports.remember(session, number, b"file", [b"c", b"a"])
    assert imports.known(session, [b"c"]) == {}


def test_answers_count_when_their_import_does(session: Session, point: ServicePoint) -> None:
    number = _begin(session)
    _add(session, point, number, 3)
    assert responses.count(session, point) == 0
    imports.count(session, number, b"file", TODAY)
    assert responses.count(session, point) == 3
    assert imports.unfinished(session) == {}


def test_nothing_is_added_to_an_import_that_counts(session: Session) -> None:
    number = _begin(session)
    imports.count(session, number, b"file", TODAY)
    with pytest.raises(NoResultFound):
        imports.remember(session, number, b"file", [b"a"])
    with pytest.raises(NoResultFound):
        imports.count(session, number, b"file", TODAY)
    assert _begin(session) != number


def test_an_import_that_counts_is_never_dropped(session: Session, point: ServicePoint) -> None:
    number = _begin(session)
    _add(session, point, number, 1)
    imports.count(session, number, b"file", TODAY)
    with pytest.raises(NoResultFound):
        imports.spend(session, number)


def test_what_an_unfinished_import_wrote_is_dropped_little_by_little(
    session: Session, point: ServicePoint
) -> None:
    number = _begin(session)
    _add(session, point, number, 700)
    imports.remember(session, number, b"file", [b"%03d" % k for k in range(700)])
    imports.spend(session, number)
    assert [responses.drop_imported(session, number) for _ in range(3)] == [True, True, False]
    assert [imports.forget(session, number) for _ in range(3)] == [True, True, False]
    for table in (Response, ImportedRow):
        assert session.scalar(select(func.count()).select_from(table)) == 0
    assert imports.unfinished(session) == {}


def test_points_open_to_an_import_are_those_of_its_units_closed_ones_too(
    session: Session, point: ServicePoint
) -> None:
    other = points.add(session, "31120", "Quầy 2", period.now(), province.SINCE)
    points.close(other, datetime.now(period.VIETNAM))
    session.flush()
    assert imports.open_to(session, None, TODAY) == [point, other]
    assert imports.open_to(session, ["31120"], TODAY) == [other]
    points.move(session, point, "31120", TODAY)
    session.flush()
    assert imports.open_to(session, ["31117"], TODAY) == []
    assert imports.open_to(session, ["31120"], TODAY) == [point, other]


def test_an_imported_answer_says_only_what_is_known(session: Session, point: ServicePoint) -> None:
    number = _begin(session)
    _add(session, point, number, 1)
    row = session.scalars(select(Response)).one()
    version = questionnaires.current(session, "mot-cua")
    assert row.wording_hash == version.wording_hashes["vi"]
    assert (row.import_id, row.code_id, row.channel) == (number, None, "imported")
    assert (row.flagged, row.flagged_next, row.batch_id) == (False, None, None)
