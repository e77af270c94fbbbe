"""The example of docs/method.md is recomputed by hand and by the package."""

import re
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from scipy.special import stdtrit

from analysis import Item, index_from_sums, tally
from analysis.interval import normal_quantile, wilson_limits
from survey.reports import control, told, verdict, watch
from survey.reports.comparison import standing
from survey.reports.comparison.compare import WEAK_PERIODS

DOCUMENT = (Path(__file__).parents[1] / "docs" / "method.md").read_text("utf-8")
EXAMPLE = re.search(r"<!-- example:begin -->(.*)<!-- example:end -->", DOCUMENT, re.DOTALL)
CONSTANTS = re.search(r"<!-- constants:begin -->(.*)<!-- constants:end -->", DOCUMENT, re.DOTALL)
ITEMS = [Item("A1", "A"), Item("A2", "A"), Item("B1", "B")]


def rows() -> list[list[str]]:
    assert EXAMPLE
    lines = [line for line in EXAMPLE[1].splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def answers() -> dict[int, npt.NDArray[np.int64]]:
    points = [row for row in rows() if row[0].isdigit()]
    return {
        int(point): np.array([[int(level) for level in person] for person in given.split()])
        for point, given in points
    }


def printed() -> list[float]:
    """The values of the second table, in its order; a Vietnamese decimal comma."""
    steps = [row for row in rows() if re.fullmatch(r"[\d,]+", row[1])]
    return [float(row[1].replace(",", ".")) for row in steps]


def by_hand() -> list[float]:
    """Every step of the table from the answers, with nothing of the package."""
    people = {
        point: (
            ((levels >= 4) & (levels <= 5)).sum(axis=1),
            ((levels >= 1) & (levels <= 5)).sum(axis=1),
        )
        for point, levels in answers().items()
    }
    good, asked = (sum(int(each[k].sum()) for each in people.values()) for k in (0, 1))
    r, squares = good / asked, 0.0
    for a, b in people.values():
        u = a - r * b
        squares += len(u) / (len(u) - 1) * float(((u - u.mean()) ** 2).sum())
    v = squares / asked**2
    n = sum(len(a) for a, _ in people.values())
    df, b_mean = n - len(people), asked / n
    rho = (1 + (b_mean - 1) * 0.5) / b_mean
    s2 = n * v
    k = 4 * r * (1 - r) * df
    stabilised = max(s2, (k * s2 + 5 * rho * max(r * (1 - r), 0.02)) / (k + 5))
    n_eff = min(max(r * (1 - r) * n / stabilised, n), asked)
    t = float(stdtrit(df, 0.975))
    half = t / (2 * n_eff) * np.sqrt(4 * n_eff * r * (1 - r) + t**2)
    centre, scale = r + t**2 / (2 * n_eff), 1 + t**2 / n_eff
    limits = [(centre - half) / scale, (centre + half) / scale]
    stability = [n, df, b_mean, rho, s2, stabilised, n_eff, t]
    return [good, asked, r, squares, v, np.sqrt(v), *stability, *limits]


def test_every_step_of_the_example_is_what_its_formula_gives() -> None:
    assert printed() == pytest.approx(by_hand(), abs=5.1e-5)
    assert len(printed()) == 16


def test_the_example_needs_its_stabiliser_and_cuts_nothing() -> None:
    steps = by_hand()
    asked, n, seen, stabilised, n_eff = (steps[k] for k in (1, 6, 10, 11, 12))
    assert stabilised > seen * 1.01
    assert n < n_eff < asked


def test_the_package_gives_the_figures_of_the_example() -> None:
    sums = {point: tally(levels, ITEMS) for point, levels in answers().items()}
    index, steps = index_from_sums(sums), printed()
    interval = index.confidence_interval()
    found = [
        index.estimate, index.standard_error, index.degrees_of_freedom, index.n_effective,
        interval.low, interval.high,
    ]  # fmt: skip
    assert found == pytest.approx([steps[k] for k in (2, 5, 7, 12, 14, 15)], abs=5.1e-5)
    assert interval.method == "wilson-neff-t"


def test_every_method_that_an_interval_can_name_is_explained() -> None:
    for name in ("wilson", "wilson-neff-t", "t", "t-logit", "census", "logit", "beta"):
        assert f"`{name}`" in DOCUMENT
    assert f"`{told.ROUNDED}`" in DOCUMENT


def test_the_fixed_numbers_are_those_of_the_program() -> None:
    assert CONSTANTS
    assert [int(n) for n in re.findall(r"\| (\d+) \|$", CONSTANTS[1], re.MULTILINE)] == [
        100 * verdict.MARGIN,
        100 * verdict.SHIFT,
        WEAK_PERIODS,
        watch.MONTHS,
        control.FEWEST_MONTHS,
        watch.FEWEST_PEERS,
        watch.BUSY,
        watch.FEWEST_WITHDRAWN,
        standing.MOST_IN_PAIRS,
    ]
    assert pytest.approx(0.95) == standing.LEVEL_OF_EACH**2


def test_the_design_effect_is_what_its_formula_gives() -> None:
    sums = {point: tally(levels, ITEMS) for point, levels in answers().items()}
    _good, asked, r, _squares, v, *_rest = by_hand()
    found = index_from_sums(sums).design_effect
    assert found == pytest.approx(v * (asked - 1) / (r * (1 - r)), rel=1e-12)


def test_rounded_counts_have_the_limits_of_their_formula() -> None:
    m, n, k = 29, 125, 10
    down, all_ = m // k * k, n // k * k
    shares = told._question("helped_by", {"family": m, "nobody": n - m}, k).shares
    found = next(share.interval for share in shares if share.value == "family")
    most, z = min(down + k - 1, all_), normal_quantile(0.95)
    low, _ = wilson_limits(down / (all_ + k - 1), all_ + k - 1, z)
    _, high = wilson_limits(most / all_, all_, z)
    assert (found.low, found.high) == pytest.approx((float(low), float(high)), rel=1e-12)
