"""What people told besides their answers: of closed periods, in steps, and of enough people."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from analysis import proportion
from survey import period, reports
from survey.db import session
from survey.reports import ToldPage
from survey.storage import points, told, units
from survey.storage.responses import Response
from tests import province, results
from tests.province import Place

DAY = date(2026, 10, 15)
CLOSE = date(2026, 11, 7)


@pytest.fixture(autouse=True)
def november() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 11, 22, 3, tzinfo=UTC)):
        yield


@pytest.fixture
def place(both_app: Flask) -> Place:
    """A small province on each database."""
    return province.build(both_app)


def _tell(app: Flask, public_id: str, n: int, **said: str) -> None:
    """Let so many people of a counter answer and say this besides."""
    results.answered(app, public_id, DAY, n)
    with app.app_context():
        point = points.any_of(session(), public_id).id
        silent = select(Response).where(
            Response.point_id == point, Response.batch_id.is_(None), Response.visit.is_(None)
        )
        for response in session().scalars(silent):
            response.visit = "submit"  # told once each
            for column, value in said.items():
                setattr(response, column, value)
        session().commit()


def _page(code: str = "31117", name: str = "2026-10", *, from_above: bool = False) -> ToldPage:
    unit = units.get(session(), code, period.today())
    return reports.told_page(session(), unit, period.parse(name), from_above=from_above)


def _said(page: ToldPage) -> dict[str, Mapping[str, int]]:
    return {q.name: {s.value: s.at_least for s in q.shares} for q in page.questions}


def test_counts_are_told_in_steps_downwards(both_app: Flask, place: Place) -> None:
    for value, n in (("nobody", 87), ("family", 29), ("official", 9)):
        _tell(both_app, place.point, n, helped_by=value)
    _tell(both_app, place.point, 15)
    results.close(both_app, CLOSE)
    with both_app.app_context():
        page = _page()
    assert page.step == 10
    assert _said(page) == {"helped_by": {"nobody": 80, "family": 20, "official": 0}}
    assert page.questions[0].at_least == 120


def test_an_interval_holds_the_one_of_the_exact_counts(both_app: Flask, place: Place) -> None:
    exact = {"nobody": 87, "family": 29, "official": 9}
    for value, n in exact.items():
        _tell(both_app, place.point, n, helped_by=value)
    results.close(both_app, CLOSE)
    with both_app.app_context():
        shares = _page().questions[0].shares
    for share in shares:
        true = proportion(exact[share.value], 125).confidence_interval()
        assert share.interval.low <= true.low < true.high <= share.interval.high
        assert share.interval.high - share.interval.low < 0.35
    assert shares[2].interval.low == 0
    assert {share.interval.method for share in shares} == {"wilson-rounded"}


def test_what_only_superiors_may_know_is_kept_from_the_unit(both_app: Flask, place: Place) -> None:
    _tell(both_app, place.point, 120, paid_extra="yes", trips="2", apology="not-late")
    results.close(both_app, CLOSE)
    with both_app.app_context():
        assert _said(_page()) == {}
        seen = _said(_page("92", from_above=True))
    assert seen["paid_extra"] == {"no": 0, "yes": 120, "unsaid": 0}
    assert (seen["trips"]["2"], seen["apology"]["not-late"]) == (120, 120)


@pytest.mark.parametrize(("n", "close"), [(99, CLOSE), (120, date(2026, 11, 6))])
def test_few_answers_and_an_open_period_tell_nothing(
    both_app: Flask, place: Place, n: int, close: date
) -> None:
    _tell(both_app, place.point, n, helped_by="family")
    results.close(both_app, close)
    with both_app.app_context():
        assert _page().questions == ()


def test_what_people_of_another_unit_told_that_had_the_code_is_not_counted(
    both_app: Flask, place: Place
) -> None:
    _tell(both_app, place.point, 120, helped_by="family")
    results.close(both_app, CLOSE)
    with time_machine.travel(datetime(2027, 1, 22, 3, tzinfo=UTC)), both_app.app_context():
        results.close(both_app, date(2027, 1, 7))
        assert _said(_page(name="2026-Q4"))["helped_by"]["family"] == 120
        province.reuse(session(), "31117", date(2026, 11, 1))
        session().commit()
        assert _said(_page(name="2026-Q4")) == _said(_page("92", "2026-Q4")) == {}


def test_what_is_left_out_or_elsewhere_is_not_counted(both_app: Flask, place: Place) -> None:
    _tell(both_app, place.point, 120, helped_by="family")
    _tell(both_app, place.other_point, 120, helped_by="official")
    with both_app.app_context():
        for response in session().scalars(select(Response).where(Response.unit_code == "31117")):
            response.left_out = True
            break
        session().commit()
    results.close(both_app, CLOSE)
    with both_app.app_context():
        month = period.parse("2026-10")
        assert told.counts(session(), ["31117"], month, {})["helped_by"] == {"family": 119}
        whole = told.counts(session(), ["31117", "31120"], month, {})["helped_by"]
        assert whole == {"family": 119, "official": 120}
        assert _said(_page("92")) == {"helped_by": {"nobody": 0, "family": 110, "official": 120}}
        assert not told.counts(session(), ["31117"], month.previous, {})["helped_by"]
