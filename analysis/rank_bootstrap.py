"""Confidence sets for ranks from all pairs of units, by a parametric bootstrap.

Rank 1 is the highest value. The estimates are taken as independent and normal about the truth,
with known standard errors. For the pairs (i, j) of a family, t_ij = (x_i − x_j)/√(s_i² + s_j²)
is compared with the quantile of the greatest of (e_i − e_j)/√(s_i² + s_j²) over the family, e
drawn from N(0, s²). Where t_ij is greater, i is above j. The pairs found leave the family and
the rest is compared with its own, lower quantile, until none is found (step-down): the
probability of any false finding stays at most 1 − level. A unit's rank lies from
1 + those found above it to K − those found below it.

Mogstad, M., Romano, J. P., Shaikh, A. M. and Wilhelm, D. (2024). Inference for ranks with
applications to mobility across neighbourhoods and academic achievement across countries.
Review of Economic Studies 91, 476–518. Romano, J. P. and Wolf, M. (2005). Exact and approximate
stepdown methods for multiple hypothesis testing. JASA 100, 94–108.
"""

import numpy as np
import numpy.typing as npt

from analysis.interval import Array

Ranks = npt.NDArray[np.int64]
Pairs = npt.NDArray[np.bool_]

DRAWS = 2000
# Pairs whose draws are held at once: 64 × 2000 numbers stay in the processor's cache.
CHUNK = 64


def normal_draws(estimates: Array, standard_errors: Array, seed: int, draws: int = DRAWS) -> Array:
    """Return standard normal draws (K, draws), dealt by estimate: the order of units is no matter.

    Reproducible for one seed and version of NumPy.
    """
    dealt = np.empty((estimates.size, draws))
    drawn = np.random.default_rng(seed).standard_normal(dealt.shape)
    dealt[np.lexsort((standard_errors, estimates))] = drawn
    return dealt


def simultaneous_sets(
    estimates: Array, standard_errors: Array, level: float, draws: Array
) -> tuple[Ranks, Ranks]:
    """Return the least and greatest rank (K,) of sets that all hold at once at the level.

    The family is every ordered pair. `draws` standard normal (K, draws), see `normal_draws`.
    One unit: {1}. All estimates equal: {1, ..., K} each. Identical units get identical sets.
    """
    above = _above(estimates, standard_errors, ~np.eye(estimates.size, dtype=bool), level, draws)
    return 1 + above.sum(axis=0), estimates.size - above.sum(axis=1)


def marginal_sets(
    estimates: Array, standard_errors: Array, level: float, draws: Array
) -> tuple[Ranks, Ranks]:
    """Return the least and greatest rank (K,) of sets that hold at the level one at a time.

    The family of a unit is its pairs with the others, in both orders. With the same draws a
    marginal set lies within the simultaneous one. Identical units have different draws; each
    gets the union of their sets, for ties are published as ties.
    """
    units = estimates.size
    best, worst = np.ones(units, dtype=np.int64), np.full(units, units)
    for unit in range(units):
        family = np.zeros((units, units), dtype=bool)
        family[unit] = family[:, unit] = True
        family[unit, unit] = False
        above = _above(estimates, standard_errors, family, level, draws)
        best[unit], worst[unit] = 1 + above[:, unit].sum(), units - above[unit].sum()
    _, kind = np.unique(np.column_stack((estimates, standard_errors)), axis=0, return_inverse=True)
    least, greatest = np.full(units, units), np.ones(units, dtype=np.int64)
    np.minimum.at(least, kind, best)
    np.maximum.at(greatest, kind, worst)
    return least[kind], greatest[kind]


def _above(
    estimates: Array, standard_errors: Array, family: Pairs, level: float, draws: Array
) -> Pairs:
    """Return the pairs (i, j) of the family in which i is found above j, by step-down."""
    scale = np.hypot(standard_errors[:, None], standard_errors)
    t = (estimates[:, None] - estimates) / scale
    errors = standard_errors[:, None] * draws
    found = np.zeros_like(family)
    remaining = family
    while remaining.any():
        new = remaining & (t > _critical_value(errors, scale, remaining, level))
        if not new.any():
            break
        found, remaining = found | new, remaining & ~new
    return found


def _critical_value(errors: Array, scale: Array, family: Pairs, level: float) -> float:
    """Return the quantile of the greatest studentised difference of errors over the family."""
    first, second = family.nonzero()
    greatest = np.full(errors.shape[1], -np.inf)
    for start in range(0, first.size, CHUNK):
        i, j = first[start : start + CHUNK], second[start : start + CHUNK]
        differences = (errors[i] - errors[j]) / scale[i, j, None]
        np.maximum(greatest, differences.max(axis=0), out=greatest)
    return float(np.quantile(greatest, level))
