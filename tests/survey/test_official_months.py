"""A province whose months are the official ones of reports, from the answer to the file."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
import time_machine
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from survey import alerts, period, reports
from survey.db import session
from survey.exports.notes import notes
from survey.reports import comparison
from survey.reports.comparison.result import Weakness
from survey.storage import alerts as stored_alerts
from survey.storage import batches, denominators, exclusions, points, targets, units
from survey.storage.batches import Batch
from survey.storage.denominators import Denominator
from survey.storage.invitations import Invitation
from survey.storage.rollups import RollUp, of_day
from survey.storage.suppressions import Suppression
from survey.storage.targets import INDEX, TargetChange
from tests import dossiers, peers, province, results
from tests.province import Place

UNIT = "/results/units/31117"
LAST, NEXT = date(2026, 10, 14), date(2026, 10, 15)  # of October, of November
CLOSE = date(2026, 10, 21)  # whose close also closes October
GOOD, BAD = (5, 5, 5, 5, 5, 5), (2, 2, 2, 2, 2, 2)


@pytest.fixture(autouse=True)
def october() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 10, 22, 3, tzinfo=UTC)):
        yield


@pytest.fixture
def january() -> Iterator[None]:
    with time_machine.travel(datetime(2027, 1, 22, 3, tzinfo=UTC)):
        yield


@pytest.fixture
def app(official_app: Flask) -> Flask:
    """The application with official months, on each database."""
    return official_app


def _run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=[*arguments])


def _aim(app: Flask, year: int, value: int) -> None:
    change = TargetChange(unit_code="31117", year=year, key=INDEX, before=None, after=value)
    with app.app_context():
        targets.put(session(), [change], on=date(2025, 12, 1), by="command line")
        session().commit()


def _aim_of(app: Flask, name: str) -> float | None:
    with app.app_context():
        unit = units.get(session(), "31117", period.today())
        found = reports.unit_page(session(), unit, period.parse(name)).verdict
        assert found is not None
        return found.index.target.share if found.index.target else None


def test_an_answer_of_the_fifteenth_belongs_to_the_next_month_from_the_close_to_the_file(
    app: Flask, place: Place, manager: FlaskClient
) -> None:
    results.answered(app, place.point, LAST, 10, GOOD)
    results.answered(app, place.point, NEXT, 12, BAD)
    assert _run(app, "nightly", "--as-of", "2026-10-22").exit_code == 0
    with app.app_context():
        released = session().scalars(select(Batch).order_by(Batch.starts_on)).all()
        found = [(batch.starts_on, batch.ends_on, batch.n) for batch in released]
    assert found == [
        (date(2026, 9, 15), date(2026, 10, 15), 10),
        (date(2026, 10, 15), date(2026, 11, 15), 12),
    ]
    assert province.get(manager, UNIT).location == f"{UNIT}/2026-10"
    text = results.words(manager, f"{UNIT}/2026-10")
    assert "Tháng 10/2026 (15/9–14/10) · Đã chốt tháng" in text
    assert "10 người" in text
    text = results.words(manager, f"{UNIT}/2026-11")
    assert "Tháng 11/2026 (15/10–14/11) · Đang mở" in text
    assert "12 người" in text
    assert "Năm 2026 (1/1–14/12) · Đang mở" in results.words(manager, f"{UNIT}/2026")
    assert "T11</text>" in results.page(manager, f"{UNIT}/2026-11")
    file = province.get(manager, f"{UNIT}/2026-10/export.csv").get_data(as_text=True)
    row = next(csv.DictReader(io.StringIO(file.removeprefix("\ufeff")), delimiter=";"))
    assert (row["period_from"], row["period_to"]) == ("2026-09-15", "2026-10-14")
    assert (row["period_status"], row["n_respondents"]) == ("closed", "10")
    with app.app_context():
        unit = units.get(session(), "31117", period.today())
        shown = reports.export_reports(session(), unit, period.parse("2026-10"))
    said = dict(notes(shown, period.now()))
    assert said["Phạm vi"] == "Phường Ninh Kiều, Tháng 10/2026 (15/9–14/10)"
    assert _run(app, "nightly", "--as-of", "2026-10-22").exit_code == 0


def test_an_answer_of_late_december_is_aimed_at_and_protected_in_the_next_year(
    app: Flask, place: Place
) -> None:
    _aim(app, 2026, 9000)
    _aim(app, 2027, 9500)
    results.answered(app, place.point, date(2026, 12, 14), 10, GOOD)
    results.answered(app, place.point, date(2026, 12, 20), 10, GOOD)
    with time_machine.travel(datetime(2026, 12, 21, 3, tzinfo=UTC)):
        results.close(app, date(2026, 12, 20))
        assert (_aim_of(app, "2026-12"), _aim_of(app, "2027-01")) == (0.9, 0.95)
        manager = province.sign_in(app, place.manager)
        assert province.get(manager, "/targets").location == "/targets/31117/2027"
        page = results.page(manager, f"{UNIT}/2027-01")
        assert "/targets/31117/2027" in page
        assert "/targets/31117/2026" not in page
        assert ">T1</text>" in page
        assert ">2027</text>" in page
        text = results.words(manager, "/targets/31117/2027")
        assert "Kết quả năm 2027 gồm các ngày 15/12/2026–14/12/2027." in text
        listed = _run(app, "targets", "list", "--unit", "31117").output
        assert listed.startswith("index 95")
        app.config["SMALLEST_GROUP"] = 15
        results.close(app, date(2026, 12, 21))
    with app.app_context():
        assert batches.years(session()) == {2026, 2027}
        hidden = set(session().scalars(select(Suppression.starts_on)))
    assert hidden >= {date(2026, 11, 15), date(2026, 12, 15)}


@pytest.mark.usefixtures("january")
def test_places_are_compared_over_official_months_with_the_target_of_their_year(
    app: Flask, place: Place
) -> None:
    _aim(app, 2027, 9500)
    _aim(app, 2026, 9000)
    months = [period.parse(name) for name in ("2027-01", "2026-12", "2026-11")]
    with app.app_context():
        for public_id, code in ((place.point, "31117"), (place.other_point, "31120")):
            number = points.any_of(session(), public_id).id
            for month in months:
                peers.release(session(), code, number, month, 100, satisfied=0.5)
        peers.closed(session(), date(2027, 1, 21))
        session().commit()
        root = units.get(session(), "92", period.today())
        found = comparison.compare(session(), root, months[0], "phuong")
    weak = {peer.unit.code: peer.weakness for peer in found.peers}
    assert weak == {"31117": Weakness(target=0.95, periods=3), "31120": None}


@pytest.mark.usefixtures("january")
def test_the_look_at_a_month_comes_with_its_own_close(app: Flask, place: Place) -> None:
    _aim(app, 2027, 9000)
    close = date(2027, 1, 21)
    with app.app_context():
        own = points.any_of(session(), place.point)
        peers.release(session(), "31117", own.id, period.parse("2027-01"), 100, satisfied=0.5)
        for day in (close - timedelta(days=1), close):
            peers.closed(session(), day)
            session().commit()
            alerts.examine(day)
            session().commit()
            found = stored_alerts.listing(session(), ["31117"], period.today())
            own_ones = [alert for alert in found if alert.kind == stored_alerts.BELOW]
            assert [alert.period for alert in own_ones] == (["2027-01"] if day == close else [])
        assert alerts.sentence(own_ones[0]).startswith("Tháng 1/2027: chỉ số")


def test_a_dossier_counts_in_the_month_of_its_day_and_a_count_in_the_month_it_names(
    app: Flask, place: Place, manager: FlaskClient
) -> None:
    days = "Số hồ sơ;Ngày trả kết quả\n" + "".join(
        f"H15.50.05.13-26{on:%m%d}-{n:04d};{on:%d/%m/%Y}\n"
        for n, on in enumerate([date(2026, 9, 14), date(2026, 9, 15), LAST, NEXT])
    )
    counts = "Tháng;Số lượng;Hình thức trả kết quả\n10/2026;320;Trực tuyến\n"
    for content in (days, counts):
        token = province.csrf_token(manager, "/dossiers")
        data = {"csrf_token": token, "point": place.point, "submit": "1"}
        data["file"] = (BytesIO(content.encode()), "ho-so.csv")  # type: ignore[assignment]
        sent = manager.post(
            "/dossiers",
            data=data,
            headers=province.referer("/dossiers"),
            base_url="https://localhost",
        )
        assert "Đã nhập" in sent.get_data(as_text=True)
    with app.app_context():
        rows = session().scalars(select(Denominator).order_by(Denominator.month)).all()
        found = [(row.month, row.channel, row.n) for row in rows]
        names = [total.period.name for total in denominators.by_month(session(), ["31117"])]
    assert sorted(found) == [
        (date(2026, 8, 15), "counter", 1),
        (date(2026, 9, 15), "counter", 2),
        (date(2026, 9, 15), "online", 320),
    ]
    assert names == ["2026-10", "2026-10", "2026-09"]
    text = results.words(manager, "/dossiers")
    assert "10/2026 Tại quầy 2 1" in text
    assert "từ ngày 15 tháng trước đến hết ngày 14" in text
    listed = _run(app, "dossiers", "list", "--unit", "31117", "--period", "2026-10").output
    assert [line[:7] for line in listed.splitlines()] == ["2026-10", "2026-10"]


def test_coverage_needs_the_dossiers_of_the_official_months(
    app: Flask, place: Place, manager: FlaskClient
) -> None:
    results.answered(app, place.point, LAST, 10, GOOD)
    results.close(app, CLOSE)
    assert "Quầy 1: Hộ tịch (tháng 10/2026)" in results.words(manager, f"{UNIT}/2026-10")


def test_a_code_counts_in_the_month_of_the_handing_over(app: Flask, place: Place) -> None:
    dossiers.invite(app, place.point, handed_over_on=LAST)
    dossiers.invite(app, place.point, handed_over_on=NEXT)
    with app.app_context():
        months = set(session().scalars(select(Invitation.month)))
    assert months == {date(2026, 9, 15), date(2026, 10, 15)}


def test_a_rule_and_a_rollup_named_by_month_begin_with_its_first_day(
    app: Flask, place: Place, manager: FlaskClient
) -> None:
    refused = _run(app, "dossiers", "rollup", "weighted", "--from", "2026-11")
    assert "2026-11 has begun" in refused.output
    done = _run(app, "dossiers", "rollup", "weighted", "--from", "2026-12")
    assert done.output == "Periods that begin in 2026-12 or later are weighted.\n"
    done = _run(app, "signs", "exclude", "staff", "--from", "2026-12", "--reason", "QĐ 12")
    assert done.output == "From 2026-12 on left out: staff\n"
    with app.app_context():
        begins = date(2026, 11, 15)
        assert session().scalars(select(RollUp.starts_on)).all() == [begins]
        (rule,) = exclusions.all_(session())
        assert rule.starts_on == begins
        assert exclusions.of_day([rule], begins) == {"staff"}
        assert exclusions.of_day([rule], begins - timedelta(days=1)) == set()
    text = results.words(manager, "/exclusion-rules")
    assert "Từ 12/2026 · Chưa bắt đầu" in text
    assert "từ ngày 15 tháng trước đến hết ngày 14" in text


def test_a_choice_made_before_the_official_months_holds_for_its_whole_month() -> None:
    period.use(2027)
    early = {"starts_on": date(2027, 2, 1), "written_on": date(2026, 11, 1), "written_by": "x"}
    assert of_day([RollUp(name="weighted", **early)], date(2027, 1, 15)) == "weighted"
    assert of_day([RollUp(name="weighted", **early)], date(2027, 1, 14)) == "pooled"
    rule = exclusions.Exclusion(signs="staff", reason="x", **early)
    assert exclusions.of_day([rule], date(2027, 1, 15)) == {"staff"}
    assert exclusions.of_day([rule], date(2027, 1, 14)) == set()


def test_where_months_are_the_calendars_no_page_speaks_of_their_days(both_app: Flask) -> None:
    place = province.build(both_app)
    results.answered(both_app, place.point, LAST, 10, GOOD)
    results.close(both_app, CLOSE)
    client = province.sign_in(both_app, place.manager)
    assert "Tháng 10/2026 · Đang mở" in results.words(client, f"{UNIT}/2026-10")
    for path in ("/dossiers", "/alerts", "/targets/31117/2027"):
        text = results.words(client, path)
        assert "tháng báo cáo" not in text
        assert "gồm các ngày" not in text
