"""One-time codes: used once, together with their answer, and leading from it to nobody."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import inspect, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from survey import period
from survey.db import make_engine
from survey.storage import invitations, units
from survey.storage.invitations import (
    AlreadyInvited,
    Invitation,
    InvitationIssue,
    InvitedDossier,
    NewInvitation,
)
from survey.storage.points import ServicePoint
from survey.storage.responses import Response
from tests import rows
from tests.province import ROWS, SINCE

AT = datetime(2026, 10, 20, 3, 0, tzinfo=UTC)
ENDS = AT + timedelta(hours=72)
MONTH = period.parse("2026-10")
DAY = date(2026, 10, 20)
OVER = date(2026, 10, 27)  # more than twice 72 hours later


@pytest.fixture
def point(session: Session) -> ServicePoint:
    units.put(session, ROWS, SINCE)
    return rows.point_named(session, "31117", "Quầy 1", SINCE)


def _new(point: ServicePoint, number: int, **changes: object) -> NewInvitation:
    values = {
        "digest": b"code %d" % number,
        "dossier": b"dossier %d" % number,
        "point_id": point.id,
        "unit_code": "31117",
        "month": MONTH.start,
        "ends_at": ENDS,
        "field": "Đất đai",
        "deciding_agency": "Sở Tài chính",
        "on_time": False,
    }
    return NewInvitation(**values | changes)  # type: ignore[arg-type]


def _issue(session: Session, point: ServicePoint, n: int, first: int = 0) -> InvitationIssue:
    new = [_new(point, number) for number in range(first, first + n)]
    issue = invitations.issue(session, AT, new)
    session.commit()
    return issue


def _use(session: Session, point: ServicePoint, number: int) -> Response | None:
    response = rows.answer(session, point, DAY, channel="invitation")
    used = invitations.use(session, b"code %d" % number, response)
    if used:
        session.commit()
    else:
        session.rollback()
    return response if used else None


def test_a_code_is_used_once_and_moves_what_it_knew_into_the_answer(
    session: Session, point: ServicePoint
) -> None:
    _issue(session, point, 2)
    response = _use(session, point, 0)
    assert response is not None
    assert (response.field, response.deciding_agency, response.on_time) == (
        "Đất đai",
        "Sở Tài chính",
        False,
    )
    assert _use(session, point, 0) is None
    assert _use(session, point, 7) is None
    assert len(session.scalars(select(Response)).all()) == 1


def test_of_a_used_code_nothing_is_left_but_that_it_was_used(
    session: Session, point: ServicePoint
) -> None:
    _issue(session, point, 2)
    _use(session, point, 0)
    session.expire_all()
    used, other = session.scalars(select(Invitation).order_by(Invitation.digest))
    assert (used.used, used.field, used.deciding_agency, used.on_time) == (True, None, None, None)
    assert (other.used, other.field) == (False, "Đất đai")


def test_no_column_leads_from_a_code_or_a_dossier_to_an_answer_or_to_each_other(
    session: Session,
) -> None:
    columns = {
        table: {column["name"] for column in inspect(session.connection()).get_columns(table)}
        for table in ("invitation", "invited_dossier", "response")
    }
    assert columns["invited_dossier"] == {"digest", "issue_id", "ends_at"}
    assert columns["invitation"] & columns["response"] == {
        "point_id",
        "unit_code",
        "field",  # these three are empty once the code is used
        "deciding_agency",
        "on_time",
    }


def test_of_two_who_use_a_code_at_once_one_is_refused(
    database_url: str, session: Session, point: ServicePoint
) -> None:
    _issue(session, point, 1)
    engine, start, taken = make_engine(database_url), threading.Barrier(4), []

    def use() -> None:
        with Session(engine) as own:
            start.wait()
            here = own.get_one(ServicePoint, point.id)
            taken.append(_use(own, here, 0) is not None)

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    engine.dispose()
    assert sorted(taken) == [False, False, False, True]
    assert len(session.scalars(select(Response)).all()) == 1


def test_a_dossier_is_invited_once_while_its_code_is_kept(
    session: Session, point: ServicePoint
) -> None:
    _issue(session, point, 2)
    assert invitations.invited(session, [b"dossier 1", b"dossier 9"]) == {b"dossier 1"}
    with pytest.raises(AlreadyInvited):
        invitations.issue(session, AT, [_new(point, 1, digest=b"another")])
    session.rollback()
    assert len(session.scalars(select(Invitation)).all()) == 2
    invitations.expire(session, OVER)
    assert invitations.invited(session, [b"dossier 1"]) == set()


def test_when_its_time_is_over_a_code_is_counted_and_forgotten(
    session: Session, point: ServicePoint
) -> None:
    _issue(session, point, 3)
    later = _new(point, 5, ends_at=ENDS + timedelta(days=30), month=date(2026, 11, 1))
    invitations.issue(session, AT, [later])
    _use(session, point, 1)
    # The day before, a form opened in the last minute may still be on its way.
    invitations.expire(session, period.business_day(ENDS + timedelta(hours=71)))
    assert invitations.used(session, ["31117"], MONTH) == []
    invitations.expire(session, OVER)
    session.commit()
    (found,) = invitations.used(session, ["31117"], MONTH)
    assert (found.issued, found.used) == (3, 1)
    assert invitations.used(session, ["31120"], MONTH) == []
    assert [code.digest for code in session.scalars(select(Invitation))] == [b"code 5"]
    assert len(session.scalars(select(InvitationIssue)).all()) == 1
    assert len(session.scalars(select(InvitedDossier)).all()) == 1
    invitations.expire(session, OVER + timedelta(days=31))
    (year,) = invitations.used(session, ["31117"], period.parse("2026"))
    assert (year.issued, year.used) == (4, 1)


def test_a_discarded_issue_is_out_of_use_and_out_of_the_count(
    session: Session, point: ServicePoint
) -> None:
    issue = _issue(session, point, 3)
    _issue(session, point, 1, first=8)
    _use(session, point, 0)
    assert invitations.discard(session, issue.id) == 3
    session.commit()
    assert _use(session, point, 1) is None
    assert invitations.invited(session, [b"dossier 0", b"dossier 8"]) == {b"dossier 8"}
    with pytest.raises(NoResultFound):
        invitations.discard(session, issue.id)
    invitations.expire(session, OVER)
    assert invitations.used(session, ["31117"], MONTH)[0].issued == 1


def test_an_issue_is_listed_to_those_who_see_all_of_its_units(
    session: Session, point: ServicePoint
) -> None:
    first = _issue(session, point, 2)
    both = [_new(point, 5), _new(point, 6, unit_code="31120", ends_at=ENDS + timedelta(hours=1))]
    second = invitations.issue(session, AT, both)
    found = invitations.issues(session, ["31117"])
    assert [(issue.id, issue.n, ends) for issue, ends in found] == [(first.id, 2, ENDS)]
    all_ = invitations.issues(session, ["31117", "31120"])
    assert [issue.id for issue, _ends in all_] == [second.id, first.id]
    assert all_[0][1] == ENDS + timedelta(hours=1)
