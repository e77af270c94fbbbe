"""Coverage of a place and period, and the weights of its points."""

from collections import Counter
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey import period, reports
from survey.db import session
from survey.reports import IndexReport
from survey.storage import denominators, points, units
from survey.storage.denominators import Cell, Part
from survey.storage.rollups import RollUp
from tests import province, results
from tests.index_files import from_json
from tests.province import Place

OCTOBER, QUARTER = period.parse("2026-10"), period.parse("2026-Q4")
DAY, CLOSED = date(2026, 10, 12), date(2026, 11, 7)
GOOD, BAD = (5, 5, 5, 5, 5, 5), (1, 1, 1, 1, 1, 1)


def _dossiers(app: Flask, point: str, n: int, month: str = "2026-10", way: str = "counter") -> None:
    with app.app_context():
        found = points.any_of(session(), point)
        cell = Cell(points.unit_code_on(found, DAY), found.id, period.parse(month).start, way)
        known = denominators.in_force(session(), [cell])
        counts = {cell: Counter({Part(None, None, None): n})}
        denominators.put(session(), counts, known, date(2026, 11, 3 + len(known)))
        session().commit()


def _weighted(app: Flask) -> None:
    with app.app_context():
        written = {"written_on": date(2026, 9, 1), "written_by": "command line"}
        session().add(RollUp(starts_on=OCTOBER.start, name="weighted", **written))
        session().commit()


def _report(app: Flask, code: str = "92", when: period.Period = OCTOBER) -> IndexReport:
    with app.app_context():
        return reports.index_report(session(), units.get(session(), code, DAY), when)


@pytest.fixture
def answered(app: Flask, place: Place) -> Place:
    """30 satisfied people at one counter and 10 dissatisfied ones at the other."""
    results.answered(app, place.point, DAY, 30, GOOD)
    results.answered(app, place.other_point, DAY, 10, BAD)
    results.close(app, CLOSED)
    return place


def test_coverage_is_answers_over_results_handed_over_at_the_counter(
    app: Flask, answered: Place
) -> None:
    _dossiers(app, answered.point, 400)
    _dossiers(app, answered.other_point, 100)
    _dossiers(app, answered.other_point, 70, way="online")
    _dossiers(app, answered.point, 8, way="postal")
    found = _report(app).coverage
    assert found is not None
    assert (found.n, found.n_dossiers, found.share) == (40, 500, 0.08)
    assert (found.reference_sample, found.online, found.postal) == (223, 70, 8)
    assert (dict(found.missing), found.corrected_on) == ({}, None)
    assert [band.rho for band in found.band] == [0.02, 0.05]
    _dossiers(app, answered.point, 460)
    found = _report(app).coverage
    assert found is not None
    assert (found.n_dossiers, found.corrected_on) == (560, date(2026, 11, 4))


def test_a_missing_denominator_is_said_to_be_missing(app: Flask, answered: Place) -> None:
    _dossiers(app, answered.point, 400)
    found = _report(app).coverage
    assert found is not None
    assert (found.n_dossiers, found.share, found.reference_sample) == (None, None, None)
    assert dict(found.missing) == {"Quầy 2: Đất đai": (OCTOBER,)}
    own = _report(app, "31117").coverage
    assert own is not None
    assert own.share == 30 / 400
    quarter = _report(app, "31117", QUARTER).coverage
    assert quarter is not None
    assert [month.name for month in quarter.missing["Quầy 1: Hộ tịch"]] == ["2026-11", "2026-12"]


def test_a_counter_where_nobody_answered_lacks_its_dossiers_too(app: Flask, place: Place) -> None:
    results.answered(app, place.point, DAY, 30, GOOD)
    results.close(app, CLOSED)
    _dossiers(app, place.point, 400)
    found = _report(app).coverage
    assert found is not None
    assert (found.share, dict(found.missing)) == (None, {"Quầy 2: Đất đai": (OCTOBER,)})
    _dossiers(app, place.other_point, 200)
    found = _report(app).coverage
    assert found is not None
    assert (found.share, dict(found.missing)) == (30 / 600, {})


def test_a_counter_lacks_nothing_of_the_months_after_its_close(app: Flask, place: Place) -> None:
    with app.app_context():
        closed = points.any_of(session(), place.other_point)
        closed.closed_at = datetime(2026, 8, 20, tzinfo=UTC)
        session().commit()
    found = _report(app, when=period.parse("2026-Q3")).coverage
    assert found is not None
    lacking = {name: [month.name for month in months] for name, months in found.missing.items()}
    assert lacking == {
        "Quầy 1: Hộ tịch": ["2026-07", "2026-08", "2026-09"],
        "Quầy 2: Đất đai": ["2026-07", "2026-08"],
    }


def test_who_answered_online_is_no_answer_of_the_counter(app: Flask, place: Place) -> None:
    results.answered(app, place.point, DAY, 30, GOOD)
    results.answered(app, place.point, DAY, 12, GOOD, channel="online")
    results.close(app, CLOSED)
    _dossiers(app, place.point, 400)
    found = _report(app, "31117")
    assert found.coverage is not None
    assert (found.n_respondents, found.coverage.n) == (42, 30)


def test_where_nobody_answered_coverage_is_0_and_where_few_did_it_is_not_told(
    app: Flask, place: Place
) -> None:
    _dossiers(app, place.point, 400)
    found = _report(app, "31117").coverage
    assert found is not None
    assert (found.n, found.share) == (0, 0)
    results.answered(app, place.point, DAY, 4, GOOD)
    results.close(app, CLOSED)
    found = _report(app, "31117").coverage
    assert found is not None
    assert (found.n, found.n_dossiers, found.share) == (None, 400, None)


def test_where_all_are_satisfied_no_band_is_told(app: Flask, answered: Place) -> None:
    _dossiers(app, answered.point, 400)
    found = _report(app, "31117").coverage
    assert found is not None
    assert (found.n, found.band) == (30, ())


def test_weights_are_the_dossiers_where_that_was_chosen_before(app: Flask, answered: Place) -> None:
    _dossiers(app, answered.point, 100)
    _dossiers(app, answered.other_point, 300)
    pooled = _report(app)
    assert pooled.index is not None
    assert (pooled.rollup, pooled.index.estimate) == ("pooled", 0.75)
    _weighted(app)
    weighted = _report(app)
    assert weighted.index is not None
    assert (weighted.rollup, weighted.rollup_note) == ("weighted", None)
    assert weighted.index.estimate == pytest.approx(0.25)
    row = from_json(weighted)["rows"][0]
    assert (row["rollup"], row["n_points_covered"], row["n_dossiers"]) == ("weighted", 2, 400)
    assert row["coverage"] == 0.1
    with app.app_context():
        page = reports.unit_page(session(), units.get(session(), "92", DAY), OCTOBER)
        assert page.trend[-1].index == weighted.index
    assert _report(app, when=period.parse("2026-Q3")).rollup == "pooled"


def test_a_weighted_index_says_which_dossiers_it_speaks_of(app: Flask, answered: Place) -> None:
    _weighted(app)
    _dossiers(app, answered.point, 100)
    _dossiers(app, answered.other_point, 300)
    assert _report(app).n_dossiers_covered == 400
    provincial = province.sign_in(app, answered.provincial)
    path, partly = "/results/units/92/2026-10", "Chỉ số chỉ gồm những quầy đã có kết quả"
    assert partly not in results.words(provincial, path)
    with app.app_context():
        silent = points.add(session(), "31117", "Quầy 3", period.now(), date(2025, 7, 1))
        session().commit()
        third = silent.public_id
    _dossiers(app, third, 250)
    assert f"{partly}, nơi trả 400 trong 650 hồ sơ." in results.words(provincial, path)
    first, second = from_json(_report(app))["rows"][:2]
    assert (first["n_dossiers_covered"], first["n_dossiers"]) == (400, 650)
    assert second["n_dossiers_covered"] is None


def test_a_factor_whose_points_count_as_one_says_so(app: Flask, place: Place) -> None:
    """Nine people of two counters have 7 degrees of freedom, of one stratum 8."""
    for point, n in ((place.point, 5), (place.other_point, 4)):
        results.answered(app, point, DAY, n, GOOD)
        results.answered(app, point, DAY, 20, (5, 5, 5, 5, 5, 9))
    results.close(app, CLOSED)
    told = {(row["measure"], row["code"]): row for row in from_json(_report(app))["rows"]}
    assert told["factor", "E"]["strata_collapsed"] is True
    assert told["factor", "D"]["strata_collapsed"] is False
    provincial = province.sign_in(app, place.provincial)
    words = results.words(provincial, "/results/units/92/2026-10")
    assert "sai số tính như thể cả đơn vị là một quầy: " in words


@pytest.mark.parametrize(("n", "note"), [(None, "missing"), (9, "more")])
def test_weights_that_cannot_be_had_are_noted(
    app: Flask, answered: Place, n: int | None, note: str
) -> None:
    _weighted(app)
    _dossiers(app, answered.point, 100)
    if n is not None:
        _dossiers(app, answered.other_point, n)
    found = _report(app)
    assert (found.rollup, found.rollup_note) == ("pooled", note)
    assert found.index is not None
    assert found.index.estimate == 0.75


def test_a_unit_whose_points_left_answers_over_is_one_stratum(app: Flask, place: Place) -> None:
    with app.app_context():
        added = points.add(session(), "31117", "Quầy 3", period.now(), date(2025, 7, 1))
        session().commit()
        third = added.public_id
    results.answered(app, place.point, DAY, 5, GOOD)
    results.answered(app, third, DAY, 5, GOOD)
    results.answered(app, place.other_point, DAY, 10, BAD)
    results.close(app, CLOSED)
    _weighted(app)
    for point, n in ((place.point, 100), (place.other_point, 100)):
        _dossiers(app, point, n)
    assert _report(app).rollup_note == "missing"
    _dossiers(app, third, 200)
    found = _report(app)
    assert found.index is not None
    assert (found.rollup, found.index.estimate) == ("weighted", pytest.approx(0.75))


def test_the_page_says_what_is_known_and_what_is_missing(
    app: Flask, answered: Place, manager: FlaskClient
) -> None:
    path = "/results/units/31117/2026-10"
    said = results.words(manager, path)
    assert "Chưa có số hồ sơ đã trả: Quầy 1: Hộ tịch (tháng 10/2026)." in said
    _dossiers(app, answered.point, 2000)
    said = results.words(manager, path)
    assert "30 phiếu trên 2.000 hồ sơ trả tại quầy, tức 1,5%." in said
    assert "mức tham khảo nếu chọn ngẫu nhiên là 334. Nhiều phiếu hơn không tự làm mẫu" in said
    _dossiers(app, answered.point, 20)
    assert "Số phiếu nhiều hơn số hồ sơ" in results.words(manager, path)


def test_a_month_added_up_another_way_breaks_the_trend(app: Flask, place: Place) -> None:
    _weighted(app)
    for day in (date(2026, 9, 12), DAY):
        results.answered(app, place.point, day, 30, GOOD)
    results.close(app, CLOSED)
    _dossiers(app, place.point, 400)
    with app.app_context():
        page = reports.unit_page(session(), units.get(session(), "92", DAY), OCTOBER)
    assert [month.breaks for month in page.trend[-2:]] == [(), ("rollup",)]
