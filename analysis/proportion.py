"""A proportion of people, and Wilson's interval for it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.interval import Array, ConfidenceInterval, normal_quantile, wilson_limits

__all__ = ["ConfidenceInterval", "Proportion", "proportion"]


@dataclass(frozen=True)
class Proportion:
    """A share of people; the fields are arrays of one shape, fractions from 0 to 1."""

    successes: Array
    n: Array

    @property
    def estimate(self) -> Array:
        """The observed share; nan where nobody was asked."""
        with np.errstate(invalid="ignore"):
            return np.divide(self.successes, self.n)

    def confidence_interval(
        self, level: float = 0.95, method: str = "wilson"
    ) -> ConfidenceInterval[Array]:
        """Return Wilson's score interval.

        It inverts the score test, so it never leaves [0, 1] and has width at 0 and n, where
        Wald's interval shrinks to a point. Nobody asked (n = 0) gives nan limits. The formula
        and its source are `wilson_limits`. Raises ValueError for another method or a level
        outside (0, 1).
        """
        if method != "wilson":
            raise ValueError(f"unknown method {method!r}; use 'wilson'")
        low, high = wilson_limits(self.estimate, self.n, normal_quantile(level))
        return ConfidenceInterval(low, high, level, method)


def proportion(successes: npt.ArrayLike, n: npt.ArrayLike) -> Proportion:
    """Return the proportion of `successes` among `n` people, element by element.

    Raises ValueError unless 0 ≤ successes ≤ n everywhere.
    """
    counts, sizes = np.broadcast_arrays(
        np.asarray(successes, dtype=np.float64), np.asarray(n, dtype=np.float64)
    )
    if np.any(counts < 0) or np.any(counts > sizes):
        raise ValueError("successes must lie between 0 and n")
    return Proportion(counts, sizes)
