from dataclasses import asdict, fields
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.interval import LEAST_DEGREES_OF_FREEDOM
from analysis.publication import Gates, Reason, Shown, Thresholds, gates

EVERYTHING = {field.name for field in fields(Shown)}
TEN = {"count", "comments", "share", "interval"}
THIRTY = TEN | {"items", "colour", "change"}
maybe = st.none() | st.just(np.nan)
inputs = st.fixed_dictionaries(
    {
        "n": st.integers(0, 150),
        "reliability": maybe | st.floats(-1, 1),
        "coverage": maybe | st.floats(0, 1.5),
        "df": maybe | st.integers(0, 150),
        "width": maybe | st.floats(0, 1),
        "invited": st.booleans(),
        "stakes": st.booleans(),
    }
)


def shown(page: Shown) -> set[str]:
    return {name for name, allowed in asdict(page).items() if allowed}


def both(found: Gates) -> tuple[set[str], set[str]]:
    return shown(found.public), shown(found.manager)


def good(n: int, **changed: Any) -> Gates:
    """Answered by n people, with everything else as good as it can be."""
    best = {"reliability": 1.0, "coverage": 1.0, "df": 200, "width": 0.05}
    return gates(n, **{**best, **changed})


@pytest.mark.parametrize(
    ("n", "public", "manager"),
    [
        (0, {"count"}, {"count"}),
        (1, set(), {"count"}),
        (9, set(), {"count"}),
        (10, TEN, TEN | {"items"}),
        (29, TEN, TEN | {"items"}),
        (30, THIRTY, EVERYTHING),
        (99, THIRTY, EVERYTHING),
        (100, THIRTY, EVERYTHING),
    ],
)
def test_people_open_the_rows_of_the_table(n: int, public: set[str], manager: set[str]) -> None:
    assert both(good(n, reliability=0.69)) == (public, manager)


def test_reliable_units_are_ranked_from_30_people_and_tiered_from_100() -> None:
    assert both(good(29, reliability=0.70))[0] == TEN
    assert both(good(30, reliability=0.70))[0] == THIRTY | {"rank"}
    assert both(good(99, reliability=0.70))[0] == THIRTY | {"rank"}
    assert both(good(100, reliability=0.70))[0] == EVERYTHING
    assert both(good(100, reliability=0.69))[0] == THIRTY


def test_stakes_ask_for_more_reliability() -> None:
    assert both(good(100, reliability=0.79, stakes=True))[0] == THIRTY
    assert both(good(50, reliability=0.79, stakes=True))[0] == THIRTY
    assert both(good(100, reliability=0.80, stakes=True))[0] == EVERYTHING


@pytest.mark.parametrize("coverage", [None, np.nan, 0.0, 0.0999])
def test_tiers_ask_for_coverage_or_an_invitation(coverage: float | None) -> None:
    assert both(good(100, coverage=coverage))[0] == THIRTY | {"rank"}
    assert both(good(100, coverage=coverage, invited=True))[0] == EVERYTHING
    assert both(good(100, coverage=0.10))[0] == EVERYTHING


@pytest.mark.parametrize("n", [10, 50, 500])
@pytest.mark.parametrize("df", [7, 0, np.nan])
def test_without_degrees_of_freedom_there_is_only_the_count(n: int, df: float) -> None:
    assert both(good(n, df=df)) == ({"count", "comments"}, {"count", "comments"})
    assert good(n, df=df).reasons[-1] == Reason.DEGREES_OF_FREEDOM
    assert good(n, df=LEAST_DEGREES_OF_FREEDOM).public.share
    assert good(n, df=None).public.share


@pytest.mark.parametrize("n", [10, 50, 500])
@pytest.mark.parametrize("width", [0.30, 0.9, np.nan])
def test_a_wide_interval_stands_alone_on_the_manager_s_page(n: int, width: float) -> None:
    found = good(n, width=width)
    alone = {"count", "comments", "interval", "items"}
    assert both(found) == ({"count", "comments"}, alone)
    assert found.wide
    assert not good(n, width=0.2999).wide
    assert good(n, width=None).public.share


def test_few_answers_are_called_few() -> None:
    assert [good(n).few for n in (0, 9, 10, 29, 30, 100)] == [
        False,
        False,
        True,
        True,
        False,
        False,
    ]


def test_the_reasons_say_all_that_is_missing_in_one_order() -> None:
    assert good(100).reasons == ()
    assert gates(50).reasons == (
        Reason.NOT_RANKED,
        Reason.RELIABILITY_UNKNOWN,
        Reason.COVERAGE_UNKNOWN,
    )
    assert gates(20, 0.5, 0.01, 3, width=0.4).reasons == (
        Reason.FEW,
        Reason.DEGREES_OF_FREEDOM,
        Reason.WIDE,
        Reason.RELIABILITY,
        Reason.COVERAGE,
    )
    assert gates(0).reasons == (Reason.NO_ANSWERS,)
    assert gates(9, 0.5, 0.01, 3, width=0.4).reasons == (Reason.HIDDEN,)
    assert gates(100, 0.75, 0.5, stakes=True).reasons == (Reason.RELIABILITY,)


def test_what_nobody_knows_is_not_said_to_be_low() -> None:
    assert good(100, reliability=np.nan, coverage=None).reasons == (
        Reason.RELIABILITY_UNKNOWN,
        Reason.COVERAGE_UNKNOWN,
    )


@given(inputs)
def test_the_manager_never_sees_less_than_the_public(case: dict[str, Any]) -> None:
    public, manager = both(gates(**case))
    assert public <= manager


def better(name: str, value: Any, by: float) -> Any:
    """Return a value that is at least as good; what is unknown becomes known."""
    if name == "n":
        return value + int(100 * by)
    if name in ("invited", "stakes"):
        return name == "invited" if by > 0.5 else value
    if name == "df" and value is None:
        return None
    if name == "width":
        return value if value is None else (0.3 if np.isnan(value) else value) * (1 - by)
    unknown = value is None or np.isnan(value)
    return by if unknown else value + by


@given(inputs, st.data())
def test_nothing_that_improves_shows_less(case: dict[str, Any], data: st.DataObject) -> None:
    case["n"] = max(case["n"], 1)
    for name, value in case.items():
        by = data.draw(st.floats(0, 1))
        before, after = gates(**case), gates(**{**case, name: better(name, value, by)})
        for less, more in zip(both(before), both(after), strict=True):
            assert less <= more, name


@given(inputs)
def test_whoever_sees_a_rank_or_a_colour_sees_the_interval(case: dict[str, Any]) -> None:
    for page in both(gates(**case)):
        if page & {"share", "items", "colour", "change", "arrow", "rank", "tier"}:
            assert "interval" in page
        if page & {"colour", "change", "arrow", "rank", "tier"}:
            assert "share" in page
        assert "rank" in page or "tier" not in page


@given(inputs)
def test_fewer_than_ten_people_show_the_manager_their_number_and_the_public_nothing(
    case: dict[str, Any],
) -> None:
    case["n"] = case["n"] % 9 + 1
    assert both(gates(**case)) == (set(), {"count"})


def test_thresholds_are_settings_that_the_result_carries() -> None:
    strict = Thresholds(hidden=20, few=50, ranked=200, reliability=0.75, coverage=0.2, width=0.1)
    found = good(100, reliability=0.74, thresholds=strict)
    assert found.thresholds is strict
    assert both(found)[0] == THIRTY
    assert both(good(19, thresholds=strict))[0] == set()
    assert both(good(49, thresholds=strict))[0] == TEN
    assert both(good(200, coverage=0.19, thresholds=strict))[0] == THIRTY | {"rank"}
    assert not good(100, width=0.1, thresholds=strict).public.share
    assert not good(100, df=19, thresholds=Thresholds(degrees_of_freedom=20)).public.share
    stricter = Thresholds(reliability_stakes=0.9)
    assert not good(100, stakes=True, reliability=0.85, thresholds=stricter).public.rank


@pytest.mark.parametrize(
    "wrong",
    [
        {"hidden": 9},
        {"hidden": 31},
        {"few": 101},
        {"degrees_of_freedom": 7},
        {"reliability": 0.81},
        {"reliability": -0.1},
        {"reliability_stakes": 1.1},
        {"coverage": 10},
        {"coverage": -0.1},
        {"width": 0},
        {"width": 30},
    ],
)
def test_thresholds_that_protect_nobody_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"must"):
        Thresholds(**wrong)


def test_nonsense_is_refused() -> None:
    for n in (-1, 9.5, np.nan, np.inf):
        with pytest.raises(ValueError, match="whole number"):
            gates(n)
    for wrong in ({"coverage": -0.1}, {"width": -0.1}):
        with pytest.raises(ValueError, match="below 0"):
            gates(50, **wrong)
