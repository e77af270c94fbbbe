"""Answers that came more often on one day than their own point's days explain; no order needed."""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import betaln, gammaln

from analysis.flags import Flags, checked_codes

# Fewer days' people tell too little of what is usual at a point.
LEAST_EARLIER = 50
# Smaller groups are a family; and a sign of fewer than a batch would matter little to a sum.
LEAST_ALIKE = 5
# How much two answers of one day are alike beyond those of two days: an official on leave, a
# ceremony. A share of 0.4 then differs between days by ±7 points.
DAY_CORRELATION = 0.02


class Usual(NamedTuple):
    """A share expected of a day: its mean, and the weight of what it is known from, in people."""

    mean: float
    weight: float


def surplus_vectors(
    levels: npt.ArrayLike,
    earlier: npt.ArrayLike,
    *,
    alpha: float = 1e-3,
    correlation: float = DAY_CORRELATION,
) -> Flags:
    """Flag, of answers that came too often on one day, as many as are too many.

    `levels` (people, items) of one point and day, `earlier` (people, items) of the same point's
    days before, codes 0–6 and 9, both in any order. A vector that K of n people gave is too
    frequent when a beta-binomial X has P(X ≥ K) < `alpha`/V, V the vectors that `LEAST_ALIKE` or
    more gave. Its mean is (k + ½)/(m + 1), k of m earlier people having given it; its weight M is
    1/(ρ + 1/(m + 1)) − 1, with ρ = `correlation` between two people of a day, so that both what
    differs between days and what is not known of them count. Flagged are K − ⌈n · mean⌉ copies,
    the last ones in the order given: equal answers add the same to every sum, so which of them
    are flagged changes none, and the rest stays what the point usually gets.

    So a counter where nearly everybody answers 5-5-5-5-5 every day is not flagged for it.

    Limits: a day that is unlike the others for an honest reason is flagged; what is copied a
    little every day becomes usual (give `earlier` without flagged answers); answers made up to
    differ are not seen.

    Fewer than 50 earlier people: nobody is flagged. Raises ValueError for levels that are not
    (people, items), unknown codes, other items earlier, alpha outside (0, 1) and a correlation
    outside [0, 1).

    Beta-binomial with a correlation inside clusters: Williams, D. A. (1975). The analysis of
    binary responses from toxicological experiments involving reproduction and teratogenicity.
    Biometrics 31, 949–952.
    """
    if not (0 < alpha < 1 and 0 <= correlation < 1):
        raise ValueError("alpha must be between 0 and 1, the correlation from 0 to below 1")
    today, before = checked_codes(levels), checked_codes(earlier)
    flags = np.zeros(len(today), dtype=np.bool_)
    if len(before) < LEAST_EARLIER or not len(today):
        return flags
    if today.shape[1] != before.shape[1]:
        raise ValueError("both days must have the same items")
    vectors, which, people = np.unique(today, axis=0, return_inverse=True, return_counts=True)
    often = np.flatnonzero(people >= LEAST_ALIKE)
    for vector in often:
        usual = _usual(int((before == vectors[vector]).all(axis=1).sum()), len(before), correlation)
        if _at_least(int(people[vector]), len(today), usual) < alpha / len(often):
            copies = np.flatnonzero(which == vector)
            flags[copies[math.ceil(len(today) * usual.mean) :]] = True
    return flags


def _usual(given: int, people: int, correlation: float) -> Usual:
    return Usual((given + 0.5) / (people + 1), 1 / (correlation + 1 / (people + 1)) - 1)


def _at_least(k: int, n: int, usual: Usual) -> float:
    """Return P(X ≥ k) of a beta-binomial X."""
    a, b = usual.mean * usual.weight, (1 - usual.mean) * usual.weight
    x = np.arange(k, n + 1)
    choose = gammaln(n + 1) - gammaln(x + 1) - gammaln(n - x + 1)
    return float(np.exp(choose + betaln(x + a, n - x + b) - betaln(a, b)).sum())
