"""The look after the close, and the letter of the morning."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from survey import alerts, period
from survey.db import session
from survey.storage import alerts as stored
from survey.storage import points, scans, targets, users
from survey.storage.alerts import Alert, Finding
from survey.storage.targets import INDEX, TargetChange
from tests import peers, province, rows, smtp
from tests.province import Place

OCTOBER = period.parse("2026-10")
CLOSE = date(2026, 11, 7)
BEFORE = CLOSE - timedelta(days=1)
ALL = ["92", "31117", "31120"]


@pytest.fixture(autouse=True)
def november() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 11, 8, 1, tzinfo=UTC)):
        yield


@pytest.fixture
def weak(both_app: Flask) -> Place:
    """A province on each database where one commune is below its target in October."""
    place = province.build(both_app)
    with both_app.app_context():
        own, other = (points.any_of(session(), p) for p in (place.point, place.other_point))
        peers.release(session(), "31117", own.id, OCTOBER, 100, satisfied=0.5)
        peers.release(session(), "31120", other.id, OCTOBER, 100, satisfied=0.99)
        rows.answers(session(), own, date(2026, 10, 5), 1)
        rows.answers(session(), other, date(2026, 10, 5), 1)
        aims = [
            TargetChange(unit_code=code, year=2026, key=INDEX, before=None, after=value)
            for code, value in (("31117", 9000), ("31120", 8000))
        ]
        targets.put(session(), aims, on=date(2026, 1, 2), by="command line")
        session().commit()
    return place


def _examine(day: date) -> int:
    peers.closed(session(), day)
    session().commit()
    new = alerts.examine(day)
    session().commit()
    return new


def _kinds() -> list[tuple[str, str]]:
    rows = stored.listing(session(), ALL, period.today())
    return [(alert.kind, alert.unit_code) for alert in rows]


def test_a_month_is_looked_at_when_it_closes_and_only_then(both_app: Flask, weak: Place) -> None:
    with both_app.app_context():
        assert _examine(BEFORE) == 0
        assert _examine(CLOSE) == 1
        assert _kinds() == [(stored.BELOW, "31117")]
        assert _examine(CLOSE + timedelta(days=1)) == 0
        assert alerts.examine(CLOSE) == 0


def test_a_close_that_was_missed_is_made_up_for(both_app: Flask, weak: Place) -> None:
    with both_app.app_context():
        assert _examine(CLOSE + timedelta(days=9)) == 1


def test_a_code_gone_quiet_is_told_once_and_ends_when_it_is_scanned(
    app: Flask, place: Place
) -> None:
    with app.app_context():
        codes = [points.any_of(session(), p).code for p in (place.point, place.other_point)]
        for code in codes:  # long in use before the days that are counted here
            code.issued_at = datetime(2026, 8, 1, tzinfo=UTC)
        days = [CLOSE - timedelta(days=n) for n in range(60)]
        scans.add(session(), {(codes[1].id, day): 9 for day in days})
        scans.add(session(), {(codes[0].id, day): 9 for day in days[20:]})
        session().commit()
        assert _examine(CLOSE) == 1
        assert _kinds() == [(stored.QUIET, "31117")]
        assert _examine(CLOSE + timedelta(days=1)) == 0
        scans.add(session(), {(codes[0].id, CLOSE + timedelta(days=1)): 3})
        assert _examine(CLOSE + timedelta(days=2)) == 0
        (alert,) = stored.listing(session(), ALL, period.today())
        assert alert.ended_on == CLOSE + timedelta(days=2)
        assert "không có lượt nào sau 18/10/2026" in alerts.sentence(alert).lower()


def _told(app: Flask, box: smtp.Box, **changes: object) -> int:
    app.config.update(smtp.settings(box, **changes))
    with app.app_context():
        sent = alerts.tell(period.today())
        session().commit()
    return sent


def test_each_manager_gets_one_letter_about_his_own_units_once(
    both_app: Flask, weak: Place
) -> None:
    with both_app.app_context():
        _examine(CLOSE)
        users.add(session(), "moi@hailong.example", "31117", "manager", period.now())
        session().commit()
    province.person(both_app, "doc@hailong.example", ("reader", "31117"))
    province.person(both_app, "khac@hailong.example", ("manager", "31120"))
    with smtp.server() as box:
        assert _told(both_app, box) == 2
        assert _told(both_app, box) == 0
    assert {letter["To"] for letter in box.letters} == {weak.manager, weak.provincial}
    text = box.letters[0].get_content()
    assert "Phường Ninh Kiều. Dưới chỉ tiêu." in text
    assert "cả khoảng nằm dưới chỉ tiêu 90%" in text
    assert "https://hailong.example.vn/alerts" in text


def test_a_letter_about_what_was_taken_back_goes_to_the_province_alone(
    both_app: Flask, weak: Place
) -> None:
    with both_app.app_context():
        about = {"unit_code": "31117", "period": "2026-11", "n": 50, "count": 20}
        figure = {"estimate": 0.4, "low": 0.3, "high": 0.5, "reference": 0.05}
        taken = Finding(kind=stored.WITHDRAWN, **about, **figure)  # type: ignore[arg-type]
        stored.put(session(), stored.OF_NIGHTS, [taken], CLOSE)
        session().commit()
    province.person(both_app, "doc-tinh@hailong.example", ("reader", "92"))
    province.person(both_app, "doc@hailong.example", ("reader", "31117"))
    with smtp.server() as box:
        assert _told(both_app, box) == 2
    readers = {letter["To"] for letter in box.letters}
    assert readers == {weak.provincial, "doc-tinh@hailong.example"}


def test_a_server_that_is_away_is_tried_again(both_app: Flask, weak: Place) -> None:
    with both_app.app_context():
        _examine(CLOSE)
    with smtp.server() as box:
        pass
    assert _told(both_app, box) == 0
    with smtp.server() as box:
        assert _told(both_app, box) == 2


def test_without_a_mail_server_nothing_is_sent_or_forgotten(both_app: Flask, weak: Place) -> None:
    with both_app.app_context():
        _examine(CLOSE)
        assert alerts.tell(period.today()) == 0
        assert len(stored.unmailed(session(), period.today())) == 1


def _alert(kind: str, **changes: object) -> Alert:
    values: dict[str, object] = {
        "kind": kind,
        "period": "2026-10",
        "estimate": 0.864,
        "low": 0.83,
        "high": 0.89,
        "reference": 0.9,
        "n": 412,
        "count": 3,
        "n_compared": 12,
        "rule": "",
    }
    return Alert(**values | changes)


@pytest.mark.parametrize(
    ("alert", "words"),
    [
        (
            _alert(stored.BELOW),
            "October 2026: index 86%, interval 83–89%, 412 people answered: the whole",
        ),
        (
            _alert(stored.CHANGED, rule="trend"),
            "six months in a row rising or falling (centre line 90%",
        ),
        (
            _alert(stored.QUIET, since=date(2026, 10, 2), rule="unscanned"),
            "No scans since 2 Oct 2026 (412 working days).",
        ),
    ],
)
def test_an_alert_is_said_in_english_on_an_english_page(
    app: Flask, alert: Alert, words: str
) -> None:
    with app.test_request_context("/alerts?lang=en"):
        assert words in alerts.sentence(alert)


@pytest.mark.parametrize(
    ("alert", "words"),
    [
        (
            _alert(stored.BELOW),
            "412 người trả lời: cả khoảng nằm dưới chỉ tiêu 90%, xét cùng lúc 12 đơn vị.",
        ),
        (_alert(stored.UNSURE, estimate=None), "Tháng 10/2026: chỉ số khoảng 83–89%, 412 người"),
        (_alert(stored.UNSURE, reference=0.999), "thấp hơn chỉ tiêu 99,9%."),
        (_alert(stored.BELOW, reference=0.8725), "nằm dưới chỉ tiêu 87,25%, xét"),
        (_alert(stored.BELOW, low=0.98, high=0.9991), "chỉ số 86,4%, khoảng 98,0–99,9%"),
        (_alert(stored.CHANGED, rule="trend"), "sáu tháng liền tăng hoặc giảm (đường giữa 90%"),
        (_alert(stored.VERY_HIGH), "trong khi chung của 12 điểm tương tự là 90%."),
        (
            _alert(stored.QUIET, since=date(2026, 10, 2), rule="unscanned"),
            "Chưa có lượt nào từ 02/10/2026 (412 ngày làm việc).",
        ),
        (_alert(stored.SILENT), "Tháng 10/2026 không có phiếu nào; tháng trước đó có 3 phiếu."),
        (
            _alert(stored.WITHDRAWN),
            "3 trong 412 phiếu được người gửi rút lại (86%, khoảng 83–89%); chung của 12 điểm là",
        ),
    ],
)
def test_an_alert_says_its_figure_with_its_interval(app: Flask, alert: Alert, words: str) -> None:
    with app.app_context():
        assert words in alerts.sentence(alert)
        assert alerts.advice(alert)
        assert alert.kind in alerts.KINDS
