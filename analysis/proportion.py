"""A proportion of people, and Wilson's interval for it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ConfidenceInterval:
    """Limits with their level and the name of the method that gave them."""

    low: Array
    high: Array
    level: float
    method: str


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
    ) -> ConfidenceInterval:
        """Return Wilson's score interval.

        It inverts the score test, so it never leaves [0, 1] and has width at 0 and n, where
        Wald's interval shrinks to a point. Nobody asked (n = 0) gives nan limits.

        Wilson, E. B. (1927). Probable inference, the law of succession, and statistical
        inference. JASA 22, 209–212. Raises ValueError for another method or a level outside
        (0, 1).
        """
        if method != "wilson":
            raise ValueError(f"unknown method {method!r}; use 'wilson'")
        if not 0 < level < 1:
            raise ValueError("level must lie between 0 and 1")
        z2 = ndtri((1 + level) / 2) ** 2
        p, n = self.estimate, self.n
        with np.errstate(invalid="ignore", divide="ignore"):
            centre = (p + z2 / (2 * n)) / (1 + z2 / n)
            half = np.sqrt(z2) / (1 + z2 / n) * np.sqrt(p * (1 - p) / n + z2 / (4 * n**2))
        # At 0 and n the limit is exact; rounding must not push it outside.
        low = np.where(self.successes == 0, np.where(n > 0, 0.0, np.nan), centre - half)
        high = np.where(self.successes == n, np.where(n > 0, 1.0, np.nan), centre + half)
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
