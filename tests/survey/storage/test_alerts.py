"""Each cause once: it goes on, ends, comes back, and is silent while it is muted."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from survey.storage import alerts
from survey.storage.alerts import BELOW, CHANGED, OF_MONTHS, QUIET, UNSURE, Alert, Finding

DAY = date(2026, 11, 7)
NEXT = DAY + timedelta(days=30)
UNIT = "31117"


def _found(kind: str = BELOW, **changes: Any) -> Finding:
    values: dict[str, Any] = {"unit_code": UNIT, "period": "2026-10", "estimate": 0.8, "n": 40}
    return Finding(kind=kind, **values | changes)


def _put(session: Session, *found: Finding, day: date = DAY) -> int:
    return alerts.put(session, OF_MONTHS, found, day)


def _shown(session: Session, day: date = DAY) -> list[Alert]:
    return list(alerts.listing(session, [UNIT], day))


def test_a_cause_that_goes_on_keeps_its_row_with_the_newest_figure(session: Session) -> None:
    assert _put(session, _found()) == 1
    (first,) = _shown(session)
    alerts.acknowledge(first, "a@hailong.example", DAY)
    assert _put(session, _found(period="2026-11", estimate=0.7), day=NEXT) == 0
    (alert,) = _shown(session, NEXT)
    assert (alert.raised_on, alert.period, alert.estimate) == (DAY, "2026-11", 0.7)
    assert alert.state(NEXT) == "acknowledged"


def test_a_cause_found_no_longer_ends_and_one_that_comes_back_is_new(session: Session) -> None:
    _put(session, _found())
    _put(session, day=NEXT)
    assert [alert.state(NEXT) for alert in _shown(session, NEXT)] == ["ended"]
    assert _put(session, _found(), day=NEXT + timedelta(days=30)) == 1
    assert not _shown(session, NEXT + alerts.SHOWN_AFTER)[1:]


def test_other_kinds_stay_as_they_are(session: Session) -> None:
    alerts.put(session, [QUIET], [_found(QUIET)], DAY)
    _put(session, _found(CHANGED), day=NEXT)
    assert {alert.ended_on for alert in _shown(session, NEXT)} == {None}


def test_what_comes_back_while_it_is_muted_stays_muted(session: Session) -> None:
    _put(session, _found())
    alerts.mute(_shown(session)[0], "a@hailong.example", NEXT + timedelta(days=1))
    _put(session, day=DAY + timedelta(days=1))
    _put(session, _found(), _found(CHANGED), day=NEXT)
    states = {a.kind: a.state(NEXT) for a in _shown(session, NEXT) if not a.ended_on}
    assert states == {BELOW: "muted", CHANGED: "new"}
    again = next(a for a in _shown(session, NEXT) if a.kind == BELOW and not a.ended_on)
    assert again.state(NEXT + timedelta(days=1)) == "new"
    alerts.mute(again, "a@hailong.example", None)
    assert again.state(NEXT) == "new"


def test_the_first_who_has_seen_it_stands(session: Session) -> None:
    _put(session, _found())
    (alert,) = _shown(session)
    for who in ("first@hailong.example", "second@hailong.example"):
        alerts.acknowledge(alert, who, DAY)
    assert alert.acknowledged_by == "first@hailong.example"


def test_only_what_is_new_and_calls_for_an_act_is_written_about(session: Session) -> None:
    codes = {"new": "1", "seen": "2", "muted": "3", "mailed": "4"}
    _put(session, *(_found(unit_code=code) for code in codes.values()), _found(UNSURE))
    rows = {a.unit_code: a for a in alerts.listing(session, codes.values(), DAY)}
    alerts.acknowledge(rows["2"], "a@hailong.example", DAY)
    alerts.mute(rows["3"], "a@hailong.example", NEXT)
    rows["4"].mailed = True
    session.flush()
    assert [alert.unit_code for alert in alerts.unmailed(session, DAY)] == ["1"]
    assert {alert.unit_code for alert in alerts.unmailed(session, NEXT)} == {"1", "3"}


def test_an_alert_of_another_unit_is_not_found(session: Session) -> None:
    _put(session, _found())
    (alert,) = _shown(session)
    assert alerts.get(session, alert.id, [UNIT], DAY) is alert
    with pytest.raises(NoResultFound):
        alerts.get(session, alert.id, ["31120"], DAY)


def test_a_month_is_looked_at_once(session: Session) -> None:
    month = date(2026, 10, 1)
    assert not alerts.is_examined(session, month)
    assert alerts.claim(session, month)
    assert not alerts.claim(session, month)
    assert alerts.is_examined(session, month)
