"""Populations of simulated answers whose satisfied share is known exactly.

A population is a finite list of people in groups (days, or counters); samples are drawn from it
with replacement, so that its own pooled share is the truth, without error.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from analysis.layout import MISSING, NOT_APPLICABLE, SCALE

Array = npt.NDArray[np.float64]
Small = npt.NDArray[np.int8]

# Latent distance between the easiest item and the mean one, and between the levels.
ITEM_SPREAD = 0.15
CUTS = np.array([-1.1, -0.5, 0.0, 1.3])  # 1|2, 2|3, 3|4 (satisfied), 4|5
# Normal quantiles in equal steps: a mean over them is an expectation over a normal effect.
NODES = ndtri((np.arange(2000) + 0.5) / 2000)
# How often an answer is missing, not applicable, not applicable for each fourth item; and how
# often a form is left half-way by the more and by the less satisfied half of the people.
LEFT, NOT_MINE, SELDOM_MINE = 0.03, 0.02, 0.20
STOPS = (0.1, 0.2)


@dataclass(frozen=True)
class Population:
    """Answers of people, (groups, people): how many are satisfied, and how many there are.

    `levels` (groups, people, items) 1..5, 6 missing, 9 not applicable.
    """

    levels: Small
    satisfied: Small
    answered: Small

    def truth(self, shares: npt.ArrayLike = 1.0) -> float:
        """Return the pooled share of satisfied answers; `shares` (groups,) of people drawn."""
        weight = np.broadcast_to(np.asarray(shares, dtype=np.float64), len(self.levels))
        a, b = (weight @ each.mean(axis=1) for each in (self.satisfied, self.answered))
        return float(a / b)

    @property
    def pairwise(self) -> float:
        """Mean correlation (phi) of the satisfied indicators of two items, both answered."""
        flat = self.levels.reshape(-1, self.levels.shape[-1])
        answered = flat <= SCALE
        given, top = 1.0 * answered, 1.0 * (answered & (flat >= SCALE - 1))
        both, n = top.T @ top, given.T @ given
        p = (top.T @ given) / n  # share of item i among those who answered j
        covariance = both / n - p * p.T
        phi = covariance / np.sqrt(p * (1 - p) * (p * (1 - p)).T)
        return float(phi[~np.eye(len(phi), dtype=bool)].mean())


def population(
    rng: np.random.Generator,
    *,
    share: float,
    items: int,
    correlation: float,
    effects: Array,
    people: int,
) -> Population:
    """Return a population with about this pooled share and correlation between items.

    An answer is a level of latent = group effect + person effect + noise, of variance 1 in all,
    cut where the item's ease says. `effects` (groups,) stand in latent standard deviations;
    their variance is part of what the answers of a person share. `correlation`: mean covariance
    of two satisfied indicators of a person over p(1 − p). Raises ValueError where no normal
    effect gives that share and correlation.
    """
    ease = _ease(share, items)
    together = shared_variance(share, items, correlation)
    own = together - float(np.var(effects))
    if own < 0:
        raise ValueError("the group effects are larger than all that a person's answers share")
    groups = len(effects)
    person = _normal(rng, (groups, people), own)
    latent = _normal(rng, (groups, people, items), 1 - together)
    latent += (person + effects[:, None])[..., None] + ease
    levels = np.ones(latent.shape, dtype=np.int8)
    for cut in CUTS:
        levels += latent > cut
    _leave_out(rng, levels, person < 0)
    given = levels <= SCALE
    satisfied = given & (levels >= SCALE - 1)
    return Population(levels, *(each.sum(axis=-1, dtype=np.int8) for each in (satisfied, given)))


def _normal(rng: np.random.Generator, shape: tuple[int, ...], variance: float) -> Array:
    return np.asarray(np.sqrt(variance) * rng.standard_normal(shape))


def _leave_out(rng: np.random.Generator, levels: Small, low: npt.NDArray[np.bool_]) -> None:
    """Put missing and not applicable answers into the levels; `low`: the less satisfied."""
    items = np.arange(levels.shape[-1])
    draw = rng.random(levels.shape, dtype=np.float32)
    levels[draw < np.where(items % 4 == 3, SELDOM_MINE, NOT_MINE)] = NOT_APPLICABLE
    levels[draw > 1 - LEFT] = MISSING
    stops = rng.random(levels.shape[:-1]) < np.where(low, STOPS[1], STOPS[0])
    levels[stops[..., None] & (items >= len(items) / 2)] = MISSING


def _ease(share: float, items: int) -> Array:
    """Return the latent mean of each item, so that the mean of their shares is `share`."""
    spread = np.linspace(-ITEM_SPREAD, ITEM_SPREAD, items)
    middle = _root(lambda m: float(ndtr(m + spread).mean()) - share, -6.0, 6.0)
    return middle + spread


def shared_variance(share: float, items: int, correlation: float) -> float:
    """Return the latent variance that the answers of a person share, for this correlation."""
    ease = _ease(share, items)
    return _root(lambda v: _correlation(ease, share, v) - correlation, 0.0, 1.0 - 1e-6)


def _correlation(ease: Array, share: float, variance: float) -> float:
    """Return the mean covariance of two satisfied indicators over p(1 − p)."""
    given = _given(ease, variance)
    mean, items = given.mean(axis=1), len(ease)
    covariance = (given @ given.T) / len(NODES) - np.outer(mean, mean)
    off = covariance.sum() - np.trace(covariance)
    return float(off / (items * (items - 1)) / (share * (1 - share)))


def day_variance(share: float, items: int, correlation: float, alike: float) -> float:
    """Return the latent variance of days that gives two people of a day this correlation.

    `alike`: correlation of the shares of two people (not of their answers).
    """
    ease, rho = _ease(share, items), (1 + (items - 1) * correlation) / items

    def excess(variance: float) -> float:
        of_days = _given(ease, variance).mean(axis=0)
        return float(np.var(of_days) / (rho * share * (1 - share))) - alike

    return _root(excess, 0.0, shared_variance(share, items, correlation))


def _given(ease: Array, variance: float) -> Array:
    """Return each item's share (items, nodes) given a normal effect of some latent variance."""
    return np.asarray(ndtr((ease[:, None] + np.sqrt(variance) * NODES) / np.sqrt(1 - variance)))


def _root(function: Callable[[float], float], low: float, high: float) -> float:
    """Return where a rising function is 0; ValueError where it is not between the ends."""
    if function(high) < 0 or function(low) > 0:
        raise ValueError("no such population: the share or the correlation cannot be reached")
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if function(middle) < 0 else (low, middle)
    return (low + high) / 2
