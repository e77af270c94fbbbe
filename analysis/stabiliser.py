"""The effective size of a sample, with the variance of small samples stabilised."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.interval import Array
from analysis.ratio import Ratio

Bools = npt.NDArray[np.bool_]

# How many people the prior is worth, and the least p(1 − p) it assumes.
PRIOR_PEOPLE = 5
LEAST_VARIANCE = 0.02
# What days as clusters add to the variance before anything is known of them: 1.25² of the error.
DAYS_WIDEN = 1.25**2


@dataclass(frozen=True)
class Stabiliser:
    """What is known of the variance between people before the first answer.

    Either `rho` = n·v / (p(1 − p)) of the parent's index (v its variance, n its people), which
    serves the whole index (its factors use r), or `r`, the parent's mean correlation between
    two items of a person: with b̄ answers a person ρ = (1 + (b̄ − 1)·r) / b̄.
    Raises ValueError unless 0 ≤ r ≤ 1 and rho > 0.
    """

    r: float = 0.5
    rho: float | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.r <= 1 or (self.rho is not None and not self.rho > 0):
            raise ValueError("r must lie between 0 and 1 and rho above 0")


def effective_size(ratio: Ratio, prior: Stabiliser, of_people: Bools) -> Array:
    """Return n_eff of shares, the n of Wilson's formula; arrays (places, figures).

    S² = n·v is what one person adds to the variance. Of few people it is itself uncertain, so
    it is drawn to a prior worth five of them, and never below itself:
    S²_s = max(S², (k·S² + 5·ρ·max(p(1−p), .02)) / (k + 5)), n_eff = p(1−p)·n / S²_s. How much S²
    knows is k = 4p(1−p)·df: near 0 and 1 a variance is known from the few who differ, however
    many people answered (decision 9 has the evidence). `of_people` marks shares of people,
    whose ρ is 1. Unequal weights widen ρ by n/Kish's n, unless it was given: that of a weighted
    parent has it already. Days as clusters widen it by 1.25².

    An index of people with equal weights is worth at least n people and at most the number of
    their answers, and is clipped to that; with unequal weights or with days as clusters only
    the upper bound holds, a share of people has neither, and in one stratum it is worth n. At
    p = 0 and 1 there is no variance to go by: the number of people, Kish's n with weights. The
    finite population correction comes last, so that a census is worth infinitely many.
    """
    p, n, df = ratio.estimate, ratio.people, ratio.degrees_of_freedom
    with np.errstate(invalid="ignore", divide="ignore"):
        floor = _prior(ratio, prior, of_people) * np.maximum(p * (1 - p), LEAST_VARIANCE)
        known, seen = 4 * p * (1 - p) * df, n * ratio.plain_variance
        drawn = (known * seen + PRIOR_PEOPLE * floor) / (known + PRIOR_PEOPLE)
        size = p * (1 - p) * n / np.maximum(seen, drawn)
        least = np.where(ratio.equal_weights & ratio.of_persons, n, 0)
        clipped = np.clip(size, least, ratio.answers)
        size = np.where(of_people, np.where(ratio.simple, n, size), clipped)
        return np.where((p == 0) | (p == 1), ratio.kish, size) / ratio.correction


def _prior(ratio: Ratio, prior: Stabiliser, of_people: Bools) -> Array:
    """Return ρ of the figures; the index comes first, then its factors."""
    with np.errstate(invalid="ignore", divide="ignore"):
        b, widening = ratio.answers / ratio.people, ratio.people / ratio.kish
        widening = np.where(ratio.of_persons, widening, DAYS_WIDEN * widening)
        rho = (1 + (b - 1) * prior.r) / b * widening
    if prior.rho is not None:
        rho[:, 0] = prior.rho
    return np.where(of_people, widening, rho)


def size_of_mean(ratio: Ratio) -> Array:
    """Return how many independent answers a mean is worth; of answers all alike, the people."""
    with np.errstate(invalid="ignore", divide="ignore"):
        size = np.where(ratio.design_effect > 0, ratio.answers / ratio.design_effect, ratio.kish)
        return size / ratio.correction
