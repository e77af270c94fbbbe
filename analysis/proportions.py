"""Proportions of people, and the intervals for them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import numpy as np
import numpy.typing as npt
from scipy.special import betainccinv, betaincinv, gammaln

from analysis.interval import Array, ConfidenceInterval, normal_quantile, wilson_limits
from analysis.read_only import ReadOnly

Mask = npt.NDArray[np.bool_]
Counts = npt.NDArray[np.int64]
Limits = Callable[[Array, Array, Array, float], tuple[Array, Array]]

# A sample below 1 in 20 of the population is as good as one from an unlimited population.
NEGLIGIBLE = 20
# In a population up to this size the exact limits are taken.
SMALL_POPULATION = 200
# A tail as improbable as the level allows stays inside the interval, whatever its rounding.
ROUNDING = 1e-9


@dataclass(frozen=True)
class Proportion(ReadOnly):
    """A share of people; the fields are arrays of one shape, `population` inf if unlimited."""

    successes: Array
    n: Array
    population: Array
    # What `analysis.differences.Figure` asks of a figure.
    interval_method = "wilson"
    lowest = 0.0

    @property
    def estimate(self) -> Array:
        """The observed share, from 0 to 1; nan where nobody was asked."""
        return _divide(self.successes, self.n)

    @property
    def standard_error(self) -> Array:
        """√((1 − n/N) p(1 − p)/(n − 1)); nan for fewer than two people, 0 for a census.

        Cochran, W. G. (1977). Sampling techniques, 3rd ed., eq. 3.8.
        """
        p, sampled = self.estimate, _divide(self.n, self.population)
        variance = _divide((1 - sampled) * p * (1 - p), self.n - 1)
        return np.sqrt(np.where(self.n > 1, variance, np.nan)[()])

    @property
    def degrees_of_freedom(self) -> Array:
        """People − 1, and 0 where nobody was asked."""
        return np.maximum(self.n - 1, 0)

    @property
    def n_effective(self) -> Array:
        """n(N − 1)/(N − n): n itself from an unlimited population, inf for a census."""
        size = np.maximum(self.population, 1)
        corrected = _divide(self.n * (1 - 1 / size), 1 - self.n / size)
        return np.where(self.is_census, np.inf, corrected)[()]

    @property
    def is_census(self) -> Mask:
        """Whether everybody in the population answered: then the share is a count."""
        return np.asarray((self.n == self.population) & (self.n > 0))

    def confidence_interval(
        self, level: float = 0.95, method: str = "wilson"
    ) -> ConfidenceInterval[Array]:
        """Return limits of the shape of the fields; the interval's method says which.

        * "wilson" (default): Wilson's score interval. It inverts the score test, so it never
          leaves [0, 1] and has width at 0 and n, where Wald's shrinks to a point. Of a
          population N of which n/N ≥ 5 % answered: "hypergeometric" up to N = 200, above
          "wilson-fpc", which takes n(N − 1)/(N − n) for n.
        * "clopper-pearson": inverts two binomial tests; never covers less than the level, and
          is 6–21 % wider. For statements that must be guaranteed.
        * "jeffreys": the middle of Beta(x + ½, n − x + ½), with 0 at x = 0 and 1 at x = n.
        * "agresti-coull": Wald's after adding z²/2 successes and z²/2 failures, cut at 0 and 1.
        * "hypergeometric": all totals M of the population for which neither P(X ≥ x) nor
          P(X ≤ x) is below half of 1 − level, divided by N. Needs the population.

        The three that know no population ignore it, which errs on the wide side. A census
        (n = N) is a count: limits nan, method "census". Nobody asked: limits nan. Where
        elements differ in their method, `method` is an array of strings of their shape.

        Wilson: see `wilson_limits`. Clopper, C. J. & Pearson, E. S. (1934). Biometrika 26,
        404–413. Brown, L. D., Cai, T. T. & DasGupta, A. (2001). Interval estimation for a
        binomial proportion. Statistical Science 16, 101–133. Agresti, A. & Coull, B. A.
        (1998). American Statistician 52, 119–126. Hypergeometric: Wright, T. (1991). Exact
        confidence bounds when sampling from small finite universes.

        Raises ValueError for an unknown method, a level outside (0, 1), and "hypergeometric"
        without population.
        """
        if method not in METHODS:
            raise ValueError(f"unknown method {method!r}; use one of {', '.join(METHODS)}")
        normal_quantile(level)
        used = {name: here for name, here in _parts(self, method).items() if here.any()}
        low, high = np.full_like(self.n, np.nan), np.full_like(self.n, np.nan)
        for name, here in used.items():
            fields = self.successes[here], self.n[here], self.population[here]
            low[here], high[here] = LIMITS[name](*fields, level)
        return ConfidenceInterval(low[()], high[()], level, _name(used, method))


def proportion(
    successes: npt.ArrayLike, n: npt.ArrayLike, *, population: npt.ArrayLike | None = None
) -> Proportion:
    """Return the proportion of `successes` among `n` people, element by element.

    The arguments broadcast. `population`: how many people the n were drawn from, inf where
    unlimited; only for a target like "these dossiers", which self-selected answers seldom
    have. nan counts give nan. Raises ValueError unless 0 ≤ successes ≤ n ≤ population, and for
    counts that are not whole when there is a population.
    """
    counts, sizes, total = np.broadcast_arrays(
        np.asarray(successes, dtype=np.float64),
        np.asarray(n, dtype=np.float64),
        np.asarray(np.inf if population is None else population, dtype=np.float64),
    )
    if np.any(counts < 0) or np.any(counts > sizes):
        raise ValueError("successes must lie between 0 and n")
    if np.any(~(total >= sizes) & ~np.isnan(sizes)):
        raise ValueError("the population must be known and no smaller than n; inf if unlimited")
    limited = np.isfinite(total) & ~np.isnan(counts + sizes)
    if any(np.any(each[limited] % 1) for each in (counts, sizes, total)):
        raise ValueError("people out of a population are whole numbers; leave it out for weights")
    return Proportion(counts, sizes, total)


def _divide(numerator: npt.ArrayLike, denominator: npt.ArrayLike) -> Array:
    """Divide without a warning: 0/0 is nan."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.divide(numerator, denominator)


def _parts(p: Proportion, method: str) -> dict[str, Mask]:
    """Return which elements each method serves when `method` is asked for; they are disjoint."""
    census = p.is_census
    if method != "wilson":
        return {"census": census, method: ~census}
    # Nobody and nan are left to Wilson.
    many = (p.n * NEGLIGIBLE >= p.population) & (p.n > 0) & ~census
    small = p.population <= SMALL_POPULATION
    return {
        "wilson": ~many & ~census,
        "hypergeometric": many & small,
        "wilson-fpc": many & ~small,
        "census": census,
    }


def _name(used: dict[str, Mask], asked: str) -> str:
    """Return the method that all elements have, or an array with that of each."""
    if len(used) <= 1:
        return next(iter(used), asked)
    return cast(str, np.select(list(used.values()), [np.array(name) for name in used], ""))


def _wilson(x: Array, n: Array, _size: Array, level: float) -> tuple[Array, Array]:
    return wilson_limits(_divide(x, n), n, normal_quantile(level))


def _wilson_fpc(x: Array, n: Array, size: Array, level: float) -> tuple[Array, Array]:
    share = Proportion(x, n, size)
    return wilson_limits(share.estimate, share.n_effective, normal_quantile(level))


def _census(x: Array, _n: Array, _size: Array, _level: float) -> tuple[Array, Array]:
    return np.full_like(x, np.nan), np.full_like(x, np.nan)


def _clopper_pearson(x: Array, n: Array, _size: Array, level: float) -> tuple[Array, Array]:
    tail = (1 - level) / 2
    low, high = betaincinv(x, n - x + 1, tail), betainccinv(x + 1, n - x, tail)
    return _from_0(x, n, low), 1 - _from_0(n - x, n, 1 - high)


def _jeffreys(x: Array, n: Array, _size: Array, level: float) -> tuple[Array, Array]:
    a, b, tail = x + 0.5, n - x + 0.5, (1 - level) / 2
    low, high = betaincinv(a, b, tail), betainccinv(a, b, tail)
    return _from_0(x, n, low), 1 - _from_0(n - x, n, 1 - high)


def _from_0(x: Array, n: Array, limit: npt.ArrayLike) -> Array:
    """Return the limit, 0 where nobody has the property and nan where nobody was asked."""
    return np.select([n == 0, x == 0], [np.nan, 0.0], limit)


def _agresti_coull(x: Array, n: Array, _size: Array, level: float) -> tuple[Array, Array]:
    z = normal_quantile(level)
    size = np.where(n > 0, n, np.nan) + z**2
    centre = (x + z**2 / 2) / size
    half = z * np.sqrt(centre * (1 - centre) / size)
    return np.maximum(centre - half, 0), np.minimum(centre + half, 1)


def _hypergeometric(x: Array, n: Array, size: Array, level: float) -> tuple[Array, Array]:
    if not np.isfinite(size).all():
        raise ValueError("the hypergeometric interval needs the population")
    low, high = np.full_like(x, np.nan), np.full_like(x, np.nan)
    here = (n > 0) & ~np.isnan(x)
    hits, drawn, total = (each[here].astype(np.int64) for each in (x, n, size))
    tail = (1 - level) / 2 * (1 - ROUNDING)
    low[here] = _least(hits, drawn, total, tail) / total
    # The most with the property are all but the least without it.
    high[here] = (total - _least(drawn - hits, drawn, total, tail)) / total
    return low, high


def _least(x: Counts, n: Counts, total: Counts, tail: float) -> Counts:
    """Return the least M with P(X ≥ x) ≥ tail, by bisection: the probability grows with M."""
    least, most = x, total - n + x
    while np.any(least < most):
        middle = (least + most) // 2
        enough = _at_least(x, n, total, middle) >= tail
        least, most = np.where(enough, least, middle + 1), np.where(enough, middle, most)
    return most


def _at_least(x: Counts, n: Counts, total: Counts, m: Counts) -> Array:
    """Return P(X ≥ x) for n drawn from `total` of which m have the property."""
    logs: Array = gammaln(np.arange(total.max(initial=0) + 1) + 1)

    def choose(of: Counts, k: Counts) -> Array:
        return np.asarray(logs[of] - logs[k] - logs[of - k])

    wanted = x + np.arange((n - x).max(initial=0) + 1)[:, None]
    k = np.clip(wanted, np.maximum(n - total + m, 0), np.minimum(n, m))
    terms = np.exp(choose(m, k) + choose(total - m, n - k) - choose(total, n))
    return np.asarray(np.sum(terms, axis=0, where=k == wanted))


METHODS: dict[str, Limits] = {
    "wilson": _wilson,
    "clopper-pearson": _clopper_pearson,
    "jeffreys": _jeffreys,
    "agresti-coull": _agresti_coull,
    "hypergeometric": _hypergeometric,
}
# Those that the data ask for.
LIMITS: dict[str, Limits] = {**METHODS, "wilson-fpc": _wilson_fpc, "census": _census}
