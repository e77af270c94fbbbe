"""What two figures that are compared must tell: their errors and degrees of freedom."""

from typing import Protocol

import numpy as np

from analysis.interval import Array, ConfidenceInterval, normal_quantile, t_quantile

# The level at which a Wilson interval stands in for a standard error of 0.
USUAL_LEVEL = 0.95


class Compared(Protocol):
    """Whatever has an interval."""

    def confidence_interval(
        self, level: float = ..., /
    ) -> ConfidenceInterval[float] | ConfidenceInterval[Array]:
        """Return the interval."""


class Figure(Compared, Protocol):
    """A share or a mean that can be compared: an index, an item's share, one proportion.

    `interval_method`: "t" for a mean of levels, which lies between `lowest` and 1; any other is
    a share, and "wilson" one whose interval has the normal quantile.
    """

    @property
    def estimate(self) -> float | Array:
        """The share or mean, as a fraction."""

    @property
    def standard_error(self) -> float | Array:
        """The linearised standard error."""

    @property
    def degrees_of_freedom(self) -> float | Array:
        """Of the standard error."""

    @property
    def n_effective(self) -> float | Array:
        """How many independent people a share is worth."""

    @property
    def interval_method(self) -> str:
        """What kind of figure it is."""

    @property
    def lowest(self) -> float:
        """The least value it can take."""


def df_of(figure: Figure) -> float:
    """Return the degrees of freedom of a figure."""
    return float(figure.degrees_of_freedom)


def stabilised(figure: Figure) -> float:
    """Return the standard error that the test takes, never 0."""
    error, plain = float(figure.standard_error), figure.interval_method == "wilson"
    if figure.interval_method != "t":
        with np.errstate(invalid="ignore", divide="ignore"):
            p = np.float64(figure.estimate)
            error = float(np.sqrt(p * (1 - p) / figure.n_effective))
    z, t = normal_quantile(USUAL_LEVEL), t_quantile(USUAL_LEVEL, df_of(figure))
    return error or error_of(figure, z if plain else t)


def error_of(of: Compared, quantile: float) -> float:
    """Return half of the interval over the quantile that it was made with."""
    found = of.confidence_interval(USUAL_LEVEL)
    return float(found.high - found.low) / 2 / quantile


def welch(errors: Array, df: Array) -> float:
    """Return (Σs²)² / Σ(s⁴/df); 0 where a figure has none."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return float(np.sum(errors**2) ** 2 / np.sum(errors**4 / df))
