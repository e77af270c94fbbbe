"""Johnson's relative weights and their bootstrap: how much of an outcome goes with each driver."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from analysis.interval import Array, normal_quantile
from analysis.layout import SCALE, Integers

FEWEST_PEOPLE = 10
# Eigenvalues of a correlation matrix sum to the number of drivers; a smaller one is rounding.
NO_VARIANCE = 1e-10
# How many counts of patterns are held in memory at once.
BLOCK = 4_000_000


@dataclass(frozen=True)
class RelativeWeights:
    """Johnson's weights (drivers,), their bootstrap errors and BCa limits (2, drivers)."""

    weights: Array
    standard_errors: Array
    limits: Array


def relative_weights(rows: Integers, resamples: int, level: float, seed: int) -> RelativeWeights:
    """Return the weights of the columns but the last, the outcome, from complete rows.

    People with the same answers are one pattern with a count, in the sample, in each resample,
    and where one of them is left out.
    """
    nothing = np.full((3, rows.shape[1] - 1), np.nan)
    patterns, counts = np.unique(rows, axis=0, return_counts=True)
    if len(np.unique(rows[:, -1])) < 2:  # noqa: PLR2004 -- a value that varies takes two
        return RelativeWeights(nothing[0], nothing[0], nothing[1:])
    products = sums_of_products(patterns)
    weights = weights_of((counts @ products)[None])[0]
    if len(rows) < FEWEST_PEOPLE:
        return RelativeWeights(weights, nothing[0], nothing[1:])
    random = np.random.default_rng(seed)
    draws = np.concatenate(
        [weights_of(each @ products) for each in _resamples(random, counts, resamples)]
    )
    limits = bca(weights, draws, acceleration(products, counts), level)
    return RelativeWeights(weights, draws.std(axis=0, ddof=1), limits)


def sums_of_products(patterns: Integers) -> Array:
    """Return 1, the levels about the middle, and their products, (patterns, 1 + p + p²)."""
    z = patterns - (SCALE + 1) / 2
    pairs = (z[:, :, None] * z[:, None, :]).reshape(len(z), -1)
    return np.column_stack([np.ones(len(z)), z, pairs])


def _resamples(random: np.random.Generator, counts: Integers, resamples: int) -> Iterator[Array]:
    """Yield how often each pattern is drawn, some resamples (resamples, patterns) at a time."""
    n, size = int(counts.sum()), max(1, BLOCK // len(counts))
    for start in range(0, resamples, size):
        block = min(size, resamples - start)
        yield random.multinomial(n, counts / n, size=block).astype(np.float64)


def weights_of(sums: Array) -> Array:
    """Return Johnson's weights (samples, drivers) of samples given by their sums of products."""
    p = int(np.sqrt(sums.shape[1]))
    n, total, pairs = sums[:, :1, None], sums[:, 1 : p + 1], sums[:, p + 1 :].reshape(-1, p, p)
    covariance = n * pairs - total[:, :, None] * total[:, None, :]
    variance = np.diagonal(covariance, axis1=1, axis2=2)
    # Whole numbers, so a variance that is none is exactly 0.
    scale = np.where(variance > 0, 1 / np.sqrt(np.where(variance > 0, variance, 1)), 0)
    correlation = covariance * scale[:, :, None] * scale[:, None, :]
    values, vectors = np.linalg.eigh(correlation[:, :-1, :-1])
    root = np.sqrt(np.where(values > NO_VARIANCE, values, 0))
    inverse = np.where(root > 0, 1 / np.where(root > 0, root, 1), 0)
    turned = vectors.swapaxes(1, 2)
    beta = vectors @ (inverse[:, :, None] * (turned @ correlation[:, :-1, -1:]))
    half = vectors * root[:, None, :] @ turned
    weights = (half**2 @ beta**2)[:, :, 0]
    return np.asarray(np.where(variance[:, :-1] > 0, weights, 0.0))


def acceleration(products: Array, counts: Integers) -> Array:
    """Return Efron's a (drivers,): the skewness of the weights with one person left out.

    Centred on their mean: Efron, B. & Tibshirani, R. (1993). An introduction to the bootstrap,
    14.15.
    """
    left_out = weights_of(counts @ products - products)
    from_mean = counts @ left_out / counts.sum() - left_out
    with np.errstate(invalid="ignore"):
        return np.asarray(counts @ from_mean**3 / (6 * (counts @ from_mean**2) ** 1.5))


def bca(weights: Array, draws: Array, skewness: Array, level: float) -> Array:
    """Return bias-corrected and accelerated limits (2, drivers).

    Bias z₀ from the share of resamples below the weight (ties count half); limits are the
    resamples' quantiles at Φ(z₀ + (z₀ + z)/(1 − a(z₀ + z))). nan where z₀ is infinite or
    1 − a(z₀ + z) is not above 0.
    """
    below = ((draws < weights).mean(axis=0) + (draws <= weights).mean(axis=0)) / 2
    with np.errstate(invalid="ignore"):
        bias = ndtri(below)
        shifted = bias + normal_quantile(level) * np.array([[-1.0], [1.0]])
        remains = 1 - skewness * shifted
        at = ndtr(bias + shifted / np.where(remains > 0, remains, np.nan))
    return np.column_stack([_quantiles(draws[:, j], at[:, j]) for j in range(len(weights))])


def _quantiles(draws: Array, at: Array) -> Array:
    """Return the quantiles, the (resamples + 1)·share-th draws; nan for a share nan."""
    if np.isnan(at).any():
        return np.full(len(at), np.nan)
    return np.asarray(np.quantile(draws, at, method="weibull"))
