"""Many comparisons at once: adjusted p-values and levels of simultaneous intervals."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from analysis.interval import Array


def adjust_p(p: npt.ArrayLike, method: str = "holm") -> Array:
    """Return p-values adjusted for the number of comparisons, in the shape of `p`.

    Of m p-values, p_(i) the i-th smallest, each result cut at 1:

    * "holm" (default): the largest of (m − j + 1) p_(j), j ≤ i. Holds the probability of any
      false finding below the level, whatever the dependence.
    * "bonferroni": m p. The same promise, never better than Holm's.
    * "hochberg": the smallest of (m − j + 1) p_(j), j ≥ i. The same promise for independent
      or positively dependent tests.
    * "bh": the smallest of m p_(j)/j, j ≥ i. Holds the expected share of false findings
      among the findings, for independent or positively dependent tests.

    nan (no test was made) stays nan and is no comparison: `comparisons` counts the others and
    stands under every list shown. One p-value stays as it is; empty gives empty; ties stay
    ties. Equals R's p.adjust. Raises ValueError for an unknown method and a p outside [0, 1].

    Holm, S. (1979). Scand. J. Statistics 6, 65–70. Hochberg, Y. (1988). Biometrika 75,
    800–802. Benjamini, Y. & Hochberg, Y. (1995). JRSS B 57, 289–300.
    """
    if method not in METHODS:
        raise ValueError(f"unknown method {method!r}; use one of {', '.join(METHODS)}")
    values = np.array(p, dtype=np.float64)
    if np.any(values < 0) or np.any(values > 1):
        raise ValueError("p-values must lie between 0 and 1; nan where no test was made")
    tested = np.flatnonzero(~np.isnan(values))
    order = tested[np.argsort(values.flat[tested])]
    values.flat[order] = np.minimum(METHODS[method](values.flat[order]), 1)
    return values


def comparisons(p: npt.ArrayLike) -> int:
    """Return how many tests were made: the p-values that are not nan."""
    return int(np.sum(~np.isnan(np.asarray(p, dtype=np.float64))))


def simultaneous_level(level: float, comparisons: int, method: str = "bonferroni") -> float:
    """Return the level of each interval so that all hold together with at least `level`.

    "bonferroni": 1 − (1 − level)/m, whatever the dependence. "sidak": level^(1/m), a little
    lower, for independent intervals (and two-sided normal ones of any correlation: Šidák, Z.
    (1967). JASA 62, 626–633). One comparison gives the level itself. Raises ValueError for an
    unknown method, a level outside (0, 1), and fewer than one comparison.
    """
    if method not in LEVELS:
        raise ValueError(f"unknown method {method!r}; use one of {', '.join(LEVELS)}")
    if not 0 < level < 1:
        raise ValueError("level must lie between 0 and 1")
    if comparisons < 1:
        raise ValueError("there must be at least one comparison")
    return LEVELS[method](level, comparisons)


def _steps(p: Array) -> Array:
    """Return m, m − 1, … 1."""
    return np.arange(len(p), 0, -1, dtype=np.float64)


def _smallest_above(p: Array) -> Array:
    return np.minimum.accumulate(p[::-1])[::-1]


def _holm(p: Array) -> Array:
    return np.maximum.accumulate(_steps(p) * p)


def _hochberg(p: Array) -> Array:
    return _smallest_above(_steps(p) * p)


def _bh(p: Array) -> Array:
    return _smallest_above(len(p) / _steps(p)[::-1] * p)


def _bonferroni(p: Array) -> Array:
    return len(p) * p


def _bonferroni_level(level: float, comparisons: int) -> float:
    return 1 - (1 - level) / comparisons


def _sidak_level(level: float, comparisons: int) -> float:
    return float(level ** (1 / comparisons))


# Of p-values in ascending order.
METHODS: dict[str, Callable[[Array], Array]] = {
    "holm": _holm,
    "hochberg": _hochberg,
    "bh": _bh,
    "bonferroni": _bonferroni,
}
LEVELS: dict[str, Callable[[float, int], float]] = {
    "bonferroni": _bonferroni_level,
    "sidak": _sidak_level,
}
