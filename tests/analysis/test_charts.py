"""Control limits against R (tests/reference/charts.R), and the rules point by point."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import bdtr, bdtrc

from analysis.charts import ControlChart, Funnel, funnel, p_chart, xmr_chart

R = json.loads((Path(__file__).parents[1] / "reference" / "charts.json").read_text())
FUNNELS = R["funnels"]
RULES = ("beyond_limits", "one_side", "trend", "near_limits")

people = st.lists(st.integers(1, 300), min_size=1, max_size=12).flatmap(
    lambda sizes: st.tuples(
        st.tuples(*(st.integers(0, size) for size in sizes)).map(list), st.just(sizes)
    )
)
gaps = st.lists(st.integers(0, 40) | st.just(np.nan), min_size=1, max_size=25)


def of_r(name: str) -> Funnel:
    case = FUNNELS[name]
    target = case["target"] if name == "target" else None
    return funnel(case["successes"], case["n"], target, winsorised=case["winsorised"])


def outer(own: Any, with_spread: Any, pick: Any, case: dict[str, Any]) -> Any:
    return pick(own, with_spread) if case["tau_squared"] > 0 else own


@pytest.mark.parametrize("name", FUNNELS)
def test_a_funnel_equals_that_of_r(name: str) -> None:
    found, case = of_r(name), FUNNELS[name]
    for field in ("target", "z", "dispersion", "dispersion_winsorised", "tau_squared"):
        assert getattr(found, field) == pytest.approx(case[field], rel=1e-10, abs=1e-15), field
    for limits in ("warning", "action"):
        own, wide = getattr(found, limits), getattr(found, f"adjusted_{limits}")
        low, high = np.array(case[f"{limits}_low"]), np.array(case[f"{limits}_high"])
        assert own.low == pytest.approx(low, rel=1e-8, abs=1e-12)
        assert own.high == pytest.approx(high, rel=1e-8)
        assert own.flags.tolist() == [bool(flag) for flag in case[f"{limits}_flags"]]
        spread = case[f"adjusted_{limits}_low"], case[f"adjusted_{limits}_high"]
        assert wide.low == pytest.approx(outer(low, spread[0], np.minimum, case), abs=1e-10)
        assert wide.high == pytest.approx(outer(high, spread[1], np.maximum, case), rel=1e-10)
    assert (found.warning.level, found.action.level) == (0.95, 0.998)
    assert {found.warning.method, found.action.method} == {"binomial"}


def test_the_cases_from_r_have_flags_and_over_dispersion() -> None:
    assert sum(FUNNELS["spread"]["action_flags"]) >= 2
    assert FUNNELS["spread"]["tau_squared"] > 0 == FUNNELS["chance"]["tau_squared"]
    assert of_r("spread").adjusted_warning.method == "over-dispersion"
    assert of_r("chance").adjusted_warning.method == "binomial"


@pytest.mark.parametrize("name", R["laird"])
def test_without_winsorising_tau_squared_is_dersimonian_and_lairds_of_metafor(name: str) -> None:
    found = funnel(FUNNELS[name]["successes"], FUNNELS[name]["n"], winsorised=0)
    assert found.tau_squared == pytest.approx(R["laird"][name]["tau_squared"], rel=1e-10)
    assert found.dispersion == pytest.approx(R["laird"][name]["dispersion"], rel=1e-10)
    assert found.dispersion_winsorised == found.dispersion


@given(people, st.floats(0.02, 0.98))
def test_a_flag_is_an_exact_binomial_tail_below_its_probability(
    counted: tuple[list[int], list[int]], target: float
) -> None:
    x, n = (np.array(each) for each in counted)
    found = funnel(x, n, target)
    for limits, tail in ((found.warning, 0.025), (found.action, 0.001)):
        expected = (bdtr(x, n, target) < tail) | ((x > 0) & (bdtrc(x - 1, n, target) < tail))
        assert (limits.flags == expected).all()
        # Below the target the flag is the drawn limit; above it one person more is asked.
        below = found.estimate < target
        assert (limits.flags[below] == (found.estimate < limits.low)[below]).all()
        assert (~limits.flags | below | (found.estimate > limits.high)).all()


@given(people, st.floats(0.02, 0.98))
def test_limits_widen_with_the_level_and_over_dispersion_and_stay_shares(
    counted: tuple[list[int], list[int]], target: float
) -> None:
    found = funnel(*counted, target)
    for inner, wide in (
        (found.warning, found.action),
        (found.warning, found.adjusted_warning),
        (found.action, found.adjusted_action),
    ):
        assert ((wide.low >= 0) & (wide.low <= inner.low)).all()
        assert ((inner.high <= wide.high) & (wide.high <= 1)).all()
        assert (inner.flags | ~wide.flags).all()
    assert found.tau_squared >= 0


@given(people)
def test_counting_the_dissatisfied_flags_the_same_units(
    counted: tuple[list[int], list[int]],
) -> None:
    x, n = (np.array(each) for each in counted)
    found, turned = funnel(x, n, 0.8), funnel(n - x, n, 0.2)
    assert (found.warning.flags == turned.warning.flags).all()
    assert (found.action.flags == turned.action.flags).all()
    assert turned.z == pytest.approx(-found.z)
    assert turned.tau_squared == pytest.approx(found.tau_squared, rel=1e-9, abs=1e-12)


def test_ten_satisfied_of_ten_are_no_signal_at_a_target_of_90_percent() -> None:
    found = funnel([10], [10], 0.9)
    assert found.warning.high[0] < 1, "beyond the interpolated limit"
    assert not found.warning.flags[0], "yet it happens to 35 % of such units"


def test_the_target_is_the_pooled_share_by_default() -> None:
    # Trap 1: not the mean of the units' shares, which would be 0.5.
    assert funnel([90, 1], [90, 9]).target == pytest.approx(91 / 99)


def test_a_unit_without_people_has_nan_and_no_flag_and_changes_nothing() -> None:
    x, n = [3, 40, 80, 10], [10, 50, 81, 30]
    found, with_nobody = funnel(x, n), funnel([*x, 0], [*n, 0])
    assert np.isnan(
        [with_nobody.z[-1], with_nobody.estimate[-1], with_nobody.warning.low[-1]]
    ).all()
    assert np.isnan([with_nobody.adjusted_action.low[-1], with_nobody.action.high[-1]]).all()
    assert not with_nobody.warning.flags[-1]
    assert not with_nobody.adjusted_warning.flags[-1]
    assert with_nobody.tau_squared == found.tau_squared > 0
    assert (with_nobody.adjusted_warning.low[:-1] == found.adjusted_warning.low).all()


def test_one_unit_or_none_shows_no_over_dispersion() -> None:
    assert funnel([3], [10], 0.9).tau_squared == 0
    assert funnel([3], [10], 0.9).warning.flags.tolist() == [True]
    nobody = funnel([], [])
    assert (nobody.tau_squared, nobody.z.size) == (0, 0)
    assert np.isnan([nobody.target, nobody.dispersion, nobody.dispersion_winsorised]).all()


def test_trap_7_where_all_are_satisfied_nothing_is_certain_or_flagged() -> None:
    found = funnel([5, 80], [5, 80])
    assert np.isnan(found.z).all()
    assert np.isnan(found.warning.low).all()
    assert not found.action.flags.any()


def test_trap_3_answers_counted_as_people_flag_units_that_are_in_control() -> None:
    # 40 people with 22 answers each, alike within a person, so that n_eff is about 40·3.
    random = np.random.default_rng(766)
    share = random.beta(0.84 * 6, 0.16 * 6, size=(200, 40))
    answers = random.binomial(22, share).sum(axis=1)
    rho = np.full(200, 40 * (1 + 6) / (1 + 6 / 22)).round()
    as_people = funnel((answers / 880 * rho).round(), rho, 0.84).warning.flags.mean()
    as_answers = funnel(answers, np.full(200, 880), 0.84).warning.flags.mean()
    assert as_people < 0.08
    assert as_answers > 0.2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([3], [2]), "between 0 and n"),
        (([-1], [2]), "between 0 and n"),
        (([np.nan], [2]), "between 0 and n"),
        (([1.5], [2]), "whole"),
        (([1], [2.5]), "whole"),
        (([1, 2], [2]), "one count and one n"),
        (([[1]], [[2]]), "one count and one n"),
        (([1], [2], 1.0), "target"),
        (([1], [2], 0.0), "target"),
    ],
)
def test_counts_and_targets_that_cannot_be_are_refused(arguments: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        funnel(*arguments)


def test_winsorising_half_or_less_than_none_is_refused() -> None:
    for share in (0.5, -0.1):
        with pytest.raises(ValueError, match="winsorised"):
            funnel([1], [2], winsorised=share)


@pytest.mark.parametrize("name", R["p_chart"])
def test_a_p_chart_equals_that_of_r(name: str) -> None:
    case = R["p_chart"][name]
    found = p_chart(case["successes"], case["n"], baseline=case["baseline"])
    assert found.centre == pytest.approx(np.full(14, case["centre"]), rel=1e-10)
    assert found.lower == pytest.approx(case["lower"], rel=1e-8)
    assert found.upper == pytest.approx(case["upper"], rel=1e-8)
    assert (found.baseline, found.method, found.moving_range) == (case["baseline"], "p", None)


@pytest.mark.parametrize("name", R["xmr_chart"])
def test_an_xmr_chart_equals_that_of_r(name: str) -> None:
    case = R["xmr_chart"][name]
    found = xmr_chart(case["values"], baseline=case["baseline"])
    assert found.centre == pytest.approx(np.full(15, case["centre"]), rel=1e-10)
    assert found.lower == pytest.approx(np.full(15, case["lower"]), rel=1e-8)
    assert found.upper == pytest.approx(np.full(15, case["upper"]), rel=1e-8)
    assert found.moving_range is not None
    assert found.moving_range.centre == pytest.approx(case["mean_range"], rel=1e-10)
    assert found.moving_range.upper == pytest.approx(case["range_limit"], rel=1e-8)


# Centre 0 and σ = 1: the ranges of the baseline are 1.128 each.
BASE = [0.564, -0.564] * 4


def fired(*after: float) -> dict[str, list[int]]:
    """The points after the baseline at which each rule fires."""
    signals = xmr_chart([*BASE, np.nan, *after], baseline=8).signals
    found = {rule: (np.flatnonzero(getattr(signals, rule)) - 9).tolist() for rule in RULES}
    return {rule: points for rule, points in found.items() if points}


@pytest.mark.parametrize("up", [1, -1])
def test_rule_1_fires_beyond_three_sigma_and_not_on_it(up: int) -> None:
    assert fired(up * 3.01) == {"beyond_limits": [0]}
    assert fired(up * 2.99) == {}


@pytest.mark.parametrize("up", [1, -1])
def test_rule_2_fires_at_the_eighth_on_one_side_and_not_at_seven(up: int) -> None:
    seven = [up * each for each in (0.1, 0.4, 0.2, 0.5, 0.1, 0.3, 0.2)]
    assert fired(*seven) == {}
    assert fired(*seven, up * 0.4) == {"one_side": [7]}
    assert fired(*seven, up * 0.4, up * 0.1) == {"one_side": [7, 8]}
    assert fired(*seven, -up * 0.1, *seven) == {}
    assert fired(*seven[:4], 0, *seven[4:], up * 0.4) == {}, "a point on the line ends a run"


@pytest.mark.parametrize("up", [1, -1])
def test_rule_3_fires_at_the_sixth_that_rises_or_falls_and_not_at_five(up: int) -> None:
    five = [up * each for each in (-0.5, -0.3, -0.1, 0.1, 0.3)]
    assert fired(*five) == {}
    assert fired(*five, up * 0.5) == {"trend": [5]}
    assert fired(*five, up * 0.5, up * 0.7) == {"trend": [5, 6]}
    assert fired(*five, up * 0.3, up * 0.5) == {}, "an equal value is no step"


@pytest.mark.parametrize("up", [1, -1])
def test_rule_4_fires_at_the_second_of_three_beyond_two_sigma(up: int) -> None:
    near, inside = up * 2.01, up * 1.99
    assert fired(near) == fired(near, inside) == fired(near, inside, inside, near) == {}
    assert fired(near, near) == {"near_limits": [1]}
    assert fired(near, inside, near) == {"near_limits": [2]}
    assert fired(near, near, inside) == {"near_limits": [1]}
    assert fired(near, -near) == fired(near, -near, inside) == {}, "both on one side"
    assert fired(near, -near, near) == {"near_limits": [2]}


def test_trap_9_no_run_crosses_a_gap() -> None:
    assert fired(*[0.2, 0.1, 0.2, 0.1], np.nan, *[0.2, 0.1, 0.2, 0.1]) == {}
    assert fired(-0.5, -0.3, -0.1, np.nan, 0.1, 0.3, 0.5) == {}
    assert fired(2.01, np.nan, 2.01) == {}
    ranges = xmr_chart([1, 2, np.nan, 5, 4]).moving_range
    assert ranges is not None
    assert np.isnan(ranges.values).tolist() == [True, False, True, True, False]
    assert ranges.centre == 1


def test_trap_9_the_baseline_fixes_the_limits_whatever_comes_after() -> None:
    first = xmr_chart([*BASE, 5.0, 9.0], baseline=8)
    later = xmr_chart([*BASE, 5.0, 9.0, 40.0], baseline=8)
    assert (first.upper == later.upper[:-1]).all()
    assert (first.centre == later.centre[:-1]).all()
    moved = xmr_chart([*BASE, 5.0, 9.0, 40.0])
    assert moved.upper[0] > later.upper[0]
    shares = p_chart([8, 9, 7, 1], [10] * 4, baseline=3)
    assert shares.centre == pytest.approx([0.8] * 4)
    assert shares.signals.beyond_limits.tolist() == [False, False, False, True]
    assert p_chart([8, 9, 7, 1], [10] * 4).centre == pytest.approx([25 / 40] * 4)


@given(gaps, st.integers(-5, 5), st.sampled_from([1, -1]))
def test_signals_move_with_the_values_and_any_is_their_union(
    values: list[float], shift: int, turn: int
) -> None:
    found = xmr_chart(values).signals
    moved = xmr_chart([turn * 8 * (value + shift) for value in values]).signals
    assert np.array(found).tolist() == np.array(moved).tolist()
    assert (found.any == np.array(found).any(axis=0)).all()
    assert not found.any[np.isnan(np.array(values, dtype=float))].any()


def signals_one_by_one(values: npt.NDArray[np.float64], chart: ControlChart) -> list[list[bool]]:
    """The rules as a textbook states them, point by point over windows without gaps."""
    centre, sigma = chart.centre[0], (chart.upper - chart.centre) / 3

    def window(i: int, points: int) -> Any:
        part = values[max(0, i - points + 1) : i + 1]
        return part if len(part) == points and not np.isnan(part).any() else np.zeros(0)

    found = []
    for i, value in enumerate(values):
        eight, six, three = window(i, 8) - centre, np.diff(window(i, 6)), window(i, 3)
        pair = window(i, 2)
        recent = (three if three.size else pair) - centre
        two = [
            side * (value - centre) > 2 * sigma[i] and (side * recent > 2 * sigma[i]).sum() >= 2
            for side in (1, -1)
        ]
        found.append(
            [
                bool(abs(value - centre) > 3 * sigma[i]),
                bool(eight.size and ((eight > 1e-9).all() or (eight < -1e-9).all())),
                bool(six.size and ((six > 0).all() or (six < 0).all())),
                bool(any(two)),
            ]
        )
    return found


@given(gaps)
def test_the_rules_are_those_of_the_textbook_at_every_point(values: list[float]) -> None:
    chart = xmr_chart(values)
    expected = signals_one_by_one(np.array(values, dtype=float), chart)
    assert np.array(chart.signals).T.tolist() == expected


def test_in_control_a_point_gives_a_false_alarm_about_once_in_a_hundred() -> None:
    # Months of 200 people at 0.86, centre known. 4000 charts of 24 months gave 1.0 % of points
    # (rules 1 to 4: 0.32, 0.34, 0.11, 0.26 %), some signal in 18 % of the charts; these 400 give
    # 1.2 %. Bound 2 %.
    random = np.random.default_rng(766)
    x = np.concatenate((np.tile([172], 500), [0]))
    points, alarms = 0, 0
    for _ in range(400):
        months = random.binomial(200, 0.86, size=24)
        chart = p_chart([*x, *months], [*[200] * 500, 0, *[200] * 24], baseline=500)
        alarms += int(chart.signals.any[501:].sum())
        points += 24
    assert 0.003 < alarms / points < 0.02


def test_limits_of_a_p_chart_stay_shares_and_follow_n() -> None:
    found = p_chart([9, 95, 0, 48], [10, 100, 0, 50])
    assert found.upper.tolist()[0] == 1
    assert found.lower[1] > found.lower[3] > found.lower[0] > 0
    assert np.isnan([found.values[2], found.lower[2], found.upper[2]]).all()
    assert p_chart([1, 0], [3, 3]).lower.tolist() == [0, 0]


def test_without_variation_the_limits_are_not_known_and_only_runs_signal() -> None:
    for chart in (p_chart([*[9] * 8, *[8] * 8], [9] * 16, baseline=8), xmr_chart([0.1] * 3)):
        assert np.isnan(chart.lower).all()
        assert np.isnan(chart.upper).all()
        assert not (chart.signals.beyond_limits | chart.signals.near_limits).any()
    assert np.flatnonzero(p_chart([9] * 8 + [8] * 8, [9] * 16, baseline=8).signals.any) == [15]
    assert not xmr_chart([0.1] * 30).signals.any.any(), "a mean off by rounding is no side"


def test_no_people_and_no_periods_give_no_centre_and_no_signal() -> None:
    for chart in (p_chart([0, 5], [0, 9], baseline=1), xmr_chart([np.nan, 3], baseline=1)):
        assert np.isnan(chart.centre).all()
        assert not chart.signals.any.any()
    for chart in (p_chart([], []), xmr_chart([])):
        assert (chart.values.size, chart.signals.any.size, chart.baseline) == (0, 0, 0)


def test_a_chart_refuses_what_it_cannot_draw() -> None:
    for baseline in (0, 4):
        with pytest.raises(ValueError, match="baseline"):
            p_chart([1, 2, 3], [3, 3, 3], baseline=baseline)
        with pytest.raises(ValueError, match="baseline"):
            xmr_chart([1, 2, 3], baseline=baseline)
    for values in ([1, np.inf], [[1.0, 2.0]]):
        with pytest.raises(ValueError, match="finite value for each period"):
            xmr_chart(values)
    with pytest.raises(ValueError, match="whole"):
        p_chart([0.5], [1])
