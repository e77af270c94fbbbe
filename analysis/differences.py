"""Differences of two figures in points: interval, test, and whether they matter."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal, overload

import numpy as np
import numpy.typing as npt
from scipy.special import stdtr

from analysis.comparison import USUAL_LEVEL, Figure, df_of, error_of, stabilised, welch
from analysis.interval import Array, ConfidenceInterval, normal_quantile
from analysis.proportions import proportion

# A test is made of figures of at least 30 people; of fewer, only the interval is shown.
LEAST_FOR_A_TEST = 29
# What is rarer is not told apart.
LEAST_P = 1e-12


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What `a` has more than `b`, in points: a difference of fractions, never a percentage.

    `standard_error` is linearised; `stabilised_error` the one of the test, never 0 for want of
    variance; `degrees_of_freedom` are those of the test. `correlation` of the two estimates: 0
    when different people answered. `design`: "independent" or "paired". `n_missing`: people
    left out of a paired comparison because one of their answers is missing.
    """

    a: Figure
    b: Figure
    standard_error: float
    stabilised_error: float
    degrees_of_freedom: float
    correlation: float = 0.0
    design: str = "independent"
    n_missing: int = 0

    @property
    def estimate(self) -> float:
        """The points between them, a − b, from −1 to 1; nan where one of them is."""
        return float(self.a.estimate) - float(self.b.estimate)

    @property
    def statistic(self) -> float:
        """The t of the test, (a − b) / stabilised error; nan where a figure has less than 29 df."""
        if not df_of(self.a) >= LEAST_FOR_A_TEST or not df_of(self.b) >= LEAST_FOR_A_TEST:
            return np.nan
        return float(np.divide(self.estimate, self.stabilised_error))

    @property
    def t_p_value(self) -> float:
        """Two-sided p of "no difference" by the linearised t; nan where the statistic is.

        Shown beside `p_value` for comparison: between 30 and 300 people near 90 % satisfied it
        reports 9 false changes of 100.
        """
        return float(2 * stdtr(self.degrees_of_freedom, -abs(self.statistic)))

    @property
    def p_value(self) -> float:
        """Two-sided p of "no difference": 1 − the level at which the interval reaches 0.

        So p < 0.05 exactly where the 95 % interval leaves out 0. nan, no test, where a figure
        has less than 29 degrees of freedom or no limits; never below `LEAST_P`.
        """
        if np.isnan(self.statistic) or np.isnan(self.confidence_interval().low):
            return np.nan
        return 1.0 if self.estimate == 0 else _touching(self._distance)

    def _distance(self, p: float) -> float:
        """Return how far the interval of level 1 − p stays from 0; below 0 it holds 0."""
        found = self.confidence_interval(1 - p)
        return found.low if self.estimate > 0 else -found.high

    @property
    def method(self) -> str:
        """The name of the method of the interval."""
        return str(self.confidence_interval().method)

    @property
    def cohens_h(self) -> float:
        """2 asin√a − 2 asin√b, the standardised effect; nan for means of levels.

        Cohen's marks: 0.2 small, 0.5 medium, 0.8 large. Cohen, J. (1988). Statistical power
        analysis for the behavioral sciences, 2nd ed., ch. 6.
        """
        if self.a.interval_method == "t":
            return np.nan
        shares = np.array([self.a.estimate, self.b.estimate], dtype=np.float64)
        return float(np.subtract(*(2 * np.arcsin(np.sqrt(shares)))))

    def confidence_interval(self, level: float = USUAL_LEVEL) -> ConfidenceInterval[float]:
        """Return MOVER limits from the two figures' own intervals (l, u) at the same level.

        low = d − √((a − l_a)² − 2r (a − l_a)(u_b − b) + (u_b − b)²), high with the other two
        distances, r the correlation. From Wilson's limits this is Newcombe's hybrid score
        interval, his method 10: never outside [−1, 1], and with width where both shares are 0
        or 1. The method is named "mover-" and the figures' methods, and the design unless
        independent. Limits are nan where a figure has none (nobody, below 8 degrees of
        freedom, a census). Raises ValueError for a level outside (0, 1).

        Newcombe, R. G. (1998). Interval estimation for the difference between independent
        proportions: comparison of eleven methods. Statistics in Medicine 17, 873–890. Zou,
        G. Y. & Donner, A. (2008). Construction of confidence limits about effect measures.
        Statistics in Medicine 27, 1693–1702.
        """
        a, b = self.a.confidence_interval(level), self.b.confidence_interval(level)
        below_a, above_a = _reach(self.a, a)
        below_b, above_b = _reach(self.b, b)
        names = "+".join(dict.fromkeys((str(a.method), str(b.method))))
        return ConfidenceInterval(
            self.estimate - _joined(below_a, above_b, self.correlation),
            self.estimate + _joined(above_a, below_b, self.correlation),
            level,
            f"mover-{names}" + (f"-{self.design}" if self.design != "independent" else ""),
        )


@dataclass(frozen=True)
class Equivalence:
    """Whether a difference is too small to matter; `interval` is the one that decides."""

    difference: Difference
    margin: float
    level: float
    interval: ConfidenceInterval[float]

    @property
    def is_equivalent(self) -> bool:
        """Whether the whole interval lies within ± margin; False where there is none."""
        return -self.margin < self.interval.low and self.interval.high < self.margin


@overload
def difference(a: Figure, b: Figure, *, paired: Literal[False] = False) -> Difference: ...
@overload
def difference(a: npt.ArrayLike, b: npt.ArrayLike, *, paired: Literal[True]) -> Difference: ...
def difference(a: Any, b: Any, *, paired: bool = False) -> Difference:
    """Return the difference a − b of two figures, or of the answers of the same people.

    Figures of different people (two periods, two units): see `Figure`. The standard error is
    √(se_a² + se_b²). p is the interval's own: 1 − the level at which it reaches 0. The t, for
    comparison, has Welch and Satterthwaite's degrees of freedom and the stabilised error of
    each share, √(p(1 − p)/n_effective), of a mean of levels its own; where that is 0, all
    alike, half of the 95 % interval over its quantile. A unit and its own parent
    are not different people. Overlapping intervals are no test: this is one.

    `paired`: arrays (people,) of 0 and 1, nan for missing; who misses one is left out and
    counted. The interval is Newcombe's for paired proportions (method 10), correlation φ with
    his continuity correction; the standard error and the test are those of the mean of the
    people's differences, df people − 1; all alike: half of the interval over z.

    p is nan, no test, where either figure has fewer than 29 degrees of freedom: the interval
    holds its level for few people, the test does not. Nobody: everything nan. One person or
    one figure without standard error: estimate and, where they exist, limits only.

    Welch, B. L. (1947). Biometrika 34, 28–35. Newcombe, R. G. (1998). Improved confidence
    intervals for the difference between binomial proportions based on paired data. Statistics
    in Medicine 17, 2635–2650. Raises ValueError for figures on different scales, for arrays of
    figures, and for paired answers of different length or other than 0, 1 and nan.
    """
    return _paired(a, b) if paired else _independent(a, b)


def equivalence(difference: Difference, margin: float, *, level: float = 0.95) -> Equivalence:
    """Return whether a difference is shown to be smaller than `margin`, in points.

    Two one-sided tests, each at 1 − level: passed when the interval of level 2·level − 1 (90 %
    for 95 %) lies within ± margin. A difference that is not significant is not thereby "no
    change"; this is the test for that. The margin, the least difference that matters, is set
    before looking. No interval: not equivalent.

    Schuirmann, D. J. (1987). J. Pharmacokinetics and Biopharmaceutics 15, 657–680. Raises
    ValueError for a margin not above 0 and a level outside (0.5, 1).
    """
    if not margin > 0:
        raise ValueError("the margin must be above 0, as a fraction: 0.05 is 5 points")
    both_sides = round(2 * level - 1, 12)
    if not 0 < both_sides < 1:
        raise ValueError("level must lie between 0.5 and 1")
    return Equivalence(difference, margin, level, difference.confidence_interval(both_sides))


def _touching(distance: Callable[[float], float]) -> float:
    """Return the p whose interval just reaches 0, by bisection on log p."""
    low, high = np.log(LEAST_P), 0.0
    if distance(LEAST_P) > 0:
        return LEAST_P
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (low, middle) if distance(float(np.exp(middle))) > 0 else (middle, high)
    return float(np.exp(high))


def _independent(a: Figure, b: Figure) -> Difference:
    if np.ndim(a.estimate) or np.ndim(b.estimate):
        raise ValueError("compare two figures at a time, not arrays of them")
    if (a.interval_method == "t", a.lowest) != (b.interval_method == "t", b.lowest):
        raise ValueError("the figures are on different scales; compare the same profile")
    errors = np.array([stabilised(a), stabilised(b)])
    return Difference(
        a=a,
        b=b,
        standard_error=float(np.hypot(a.standard_error, b.standard_error)),
        stabilised_error=float(np.hypot(*errors)),
        degrees_of_freedom=welch(errors, np.array([df_of(a), df_of(b)])),
    )


def _paired(a: npt.ArrayLike, b: npt.ArrayLike) -> Difference:
    answers = _people(a, b)
    first, second = answers[:, ~np.isnan(answers).any(axis=0)]
    n = len(first)
    error = float(np.std(first - second, ddof=1) / np.sqrt(n)) if n > 1 else np.nan
    found = Difference(
        a=proportion(first.sum(), n),
        b=proportion(second.sum(), n),
        standard_error=error,
        stabilised_error=error,
        degrees_of_freedom=float(max(n - 1, 0)),
        correlation=_phi(first, second),
        design="paired",
        n_missing=answers.shape[1] - n,
    )
    spare = error_of(found, normal_quantile(USUAL_LEVEL))
    return replace(found, stabilised_error=error or spare)


def _people(a: npt.ArrayLike, b: npt.ArrayLike) -> Array:
    """Return the answers (2, people)."""
    first, second = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if first.shape != second.shape or first.ndim != 1:
        raise ValueError("paired answers are two arrays of the same people")
    answers = np.stack([first, second])
    if not np.all(np.isin(answers, (0, 1)) | np.isnan(answers)):
        raise ValueError("paired answers are 0 or 1, nan where missing")
    return answers


def _phi(first: Array, second: Array) -> float:
    """Return Newcombe's φ: a positive numerator loses n/2, and 0 where a margin is 0."""
    n = len(first)
    margins = first.sum() * (n - first.sum()) * second.sum() * (n - second.sum())
    if margins == 0:
        return 0.0
    product = n * float(first @ second) - float(first.sum() * second.sum())
    return float((max(product - n / 2, 0) if product > 0 else product) / np.sqrt(margins))


def _reach(figure: Figure, found: ConfidenceInterval[Any]) -> tuple[float, float]:
    """Return how far the limits lie below and above the estimate."""
    return float(figure.estimate - found.low), float(found.high - figure.estimate)


def _joined(one: float, other: float, correlation: float) -> float:
    return float(np.sqrt(np.maximum(one**2 - 2 * correlation * one * other + other**2, 0)))
