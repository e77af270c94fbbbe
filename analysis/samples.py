"""How many answers, out of how many, and what those who did not answer could change."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
import numpy.typing as npt

from analysis.interval import Array, normal_quantile

Counts = npt.NDArray[np.int64]
# A quotient that is whole by hand is not rounded up for its last bits.
ROUNDING = 1e-12


@overload
def required_sample(N: int, e: float = ..., design_effect: float = ...) -> int: ...  # noqa: N803
@overload
def required_sample(N: npt.ArrayLike, e: float = ..., design_effect: float = ...) -> Counts: ...  # noqa: N803
def required_sample(
    N: npt.ArrayLike,  # noqa: N803 - the name in every textbook
    e: float = 0.05,
    design_effect: float = 1.0,
) -> int | Counts:
    """Return Yamane's (Slovin's) sample size for a population of N, element by element.

    n = ⌈deff · N / (1 + N·e²)⌉, never more than N. `e` half width of the interval as a fraction,
    at a share of one half and z = 2. A number gives an int, an array an array of its shape.

    It assumes that people are selected at random and all answer. It is a reference value, and
    the words beside it are "mức tham khảo nếu chọn ngẫu nhiên", never "đủ mẫu": among people
    who chose to answer, more answers do not make a representative sample (`sensitivity_band`).

    N = 0 gives 0. Exact for e in whole per cent and N to a hundred million: what is whole by
    hand is not rounded up. Raises ValueError for an N that is unknown, below 0 or not whole,
    for e outside (0, 1) and for a design effect that is not above 0.

    Yamane, T. (1967). Statistics: an introductory analysis, 2nd ed., p. 886.
    """
    size = _population(N)
    _check(e, design_effect)
    return _whole(design_effect * size / (1 + size * e**2), size)


@overload
def cochran_sample(
    N: int,  # noqa: N803
    e: float = ...,
    p: float = ...,
    level: float = ...,
    design_effect: float = ...,
) -> int: ...
@overload
def cochran_sample(
    N: npt.ArrayLike,  # noqa: N803
    e: float = ...,
    p: float = ...,
    level: float = ...,
    design_effect: float = ...,
) -> Counts: ...
def cochran_sample(
    N: npt.ArrayLike,  # noqa: N803 - the name in every textbook
    e: float = 0.05,
    p: float = 0.5,
    level: float = 0.95,
    design_effect: float = 1.0,
) -> int | Counts:
    """Return Cochran's sample size for a share, with finite population correction.

    n = ⌈n₀ / (1 + (n₀ − 1)/N)⌉ with n₀ = deff · z²·p(1 − p)/e²: the least n whose half width
    z·√(deff · p(1 − p)/n · (N − n)/(N − 1)) is at most `e`. `p` the share expected, `level` of
    the interval. The design effect is inside the correction, so n never exceeds N.

    Selection at random is assumed as in `required_sample`, with the same words beside it, the
    same shapes, and 0 for N = 0. Raises ValueError as there, and for p or level outside (0, 1).

    Cochran, W. G. (1977). Sampling techniques, 3rd ed., §4.4.
    """
    size, z = _population(N), normal_quantile(level)
    _check(e, design_effect)
    if not 0 < p < 1:
        raise ValueError("the expected share p must lie between 0 and 1; use 0.5 if unknown")
    first = design_effect * z**2 * p * (1 - p) / e**2
    # n₀·N / (N + n₀ − 1), which is 0 where N is.
    return _whole(first * size / np.where(size > 0, size + first - 1, 1), size)


def _population(size: npt.ArrayLike) -> Array:
    """Return N as floats."""
    known = np.asarray(size, dtype=np.float64)
    if not np.all((known >= 0) & np.isfinite(known) & (known == np.floor(known))):
        raise ValueError("N must be a whole number of people; leave out what is not known")
    return known


def _check(e: float, design_effect: float) -> None:
    if not 0 < e < 1:
        raise ValueError("the margin e must lie between 0 and 1; 5 points are 0.05")
    if not 0 < design_effect < np.inf:
        raise ValueError("the design effect must be above 0; it is 1 for a simple sample")


def _whole(n: Array, size: Array) -> int | Counts:
    """Return n rounded up, at most the population; an int for a number."""
    whole = np.minimum(np.ceil(n * (1 - ROUNDING)), size).astype(np.int64)
    return int(whole) if whole.ndim == 0 else whole


def coverage(n: npt.ArrayLike, N: npt.ArrayLike | None) -> Array:  # noqa: N803 - as above
    """Return n/N, the share of the N people served who answered, element by element.

    `n` answers and `N` people or completed dossiers, of one shape; a fraction. nan where N is 0
    or not known (nan, or None for all). Above 1 where more answered than were counted: then N
    misses some, and the quotient is returned as it is, because cutting it off at 1 would hide
    that. Raises ValueError for a count below 0.

    AAPOR (2016). Standard definitions, 9th ed.: a participation rate, not a response rate,
    since nobody knows who was invited.
    """
    answered = np.asarray(n, dtype=np.float64)
    served = np.asarray(np.nan if N is None else N, dtype=np.float64)
    if np.any(answered < 0) or np.any(served < 0):
        raise ValueError("counts of people cannot be below 0")
    return answered / np.where(served > 0, served, np.nan)


@dataclass(frozen=True, kw_only=True)
class SensitivityBand:
    """Where a share would lie if answering went with being satisfied as strongly as `rho`.

    `rho` the assumed correlation between answering and being satisfied; `shift` how far the
    share may be off, `low` and `high` the share less and plus the shift within [0, 1], all
    fractions; `coverage` n/N; `n_effective` how many people chosen at random would err as much.
    """

    rho: float
    coverage: float
    shift: float
    low: float
    high: float
    n_effective: float
    method: str = "data-defect-correlation"


def sensitivity_band(
    estimate: float,
    n: int,
    N: float | None,  # noqa: N803 - the name in every textbook
    rho: Sequence[float] = (0.02, 0.05),
) -> tuple[SensitivityBand, ...]:
    """Return how far self-selection may have moved a share, one band for each `rho`.

    The share of those who answered differs from that of all N by exactly ρ·√((1 − f)/f)·σ, with
    f = n/N, σ = √(p(1 − p)) among all N and ρ the correlation there of having answered with
    being satisfied. ρ is never seen: .02 is mild, .05 plausible. Here σ is taken from the
    `estimate`. The error does not shrink when n grows with N: f is what counts, and
    n_effective = f/(1 − f)/ρ². This is no confidence interval and has no level.

    n_effective may exceed n: where N is small, ρ is then less than chance alone gives
    (1/√(N − 1)), and the confidence interval is the wider of the two. N not known (None, nan)
    or 0: all nan. n = 0: coverage and n_effective 0, the rest nan. n = N: no band, shift 0 and
    n_effective inf. n > N: N misses some, nobody knows how many, so all but `coverage` is nan.
    estimate 0 or 1: the answers
    show no σ, so shift and limits are nan, for nobody dissatisfied among those who answered
    does not mean nobody among the others.

    Raises ValueError for an estimate outside [0, 1], a count below 0, or ρ outside (0, 1].

    Meng, X.-L. (2018). Statistical paradises and paradoxes in big data (I). Annals of Applied
    Statistics 12, 685–726.
    """
    if estimate < 0 or estimate > 1:
        raise ValueError("the estimate must be a share from 0 to 1")
    if not all(0 < each <= 1 for each in rho):
        raise ValueError("rho must lie above 0 and not above 1")
    f = float(coverage(n, N))
    return tuple(_band(float(estimate), f, each) for each in rho)


def _band(p: float, f: float, rho: float) -> SensitivityBand:
    odds = f / (1 - f) if f < 1 else np.inf if f == 1 else np.nan
    spread = p * (1 - p) or np.nan
    shift = 0.0 if f == 1 else rho * float(np.sqrt(spread / (odds or np.nan)))
    low, high = np.clip([p - shift, p + shift], 0, 1).tolist()
    return SensitivityBand(
        rho=rho, coverage=f, shift=shift, low=low, high=high, n_effective=odds / rho**2
    )


def r_indicator(propensities: npt.ArrayLike, weights: npt.ArrayLike | None = None) -> float:
    """Return R = 1 − 2·S(ρ): how alike the chances to answer are in all groups.

    `propensities` (people,) estimated chances of those invited to answer, fractions; `weights`
    (people,) how many of the population each stands for. S² = Σw·(ρ − ρ̄)² / (Σw − 1). 1 when
    all are as likely to answer, about 0 when half of them certainly do and half never; a little
    below 0 in a handful of people. It sees only what the propensities were estimated from.

    nan when the weights add up to 1 or less (nobody, one person) and when a propensity is nan.
    Raises ValueError for propensities outside [0, 1], weights below 0, and unequal lengths.

    Schouten, B., Cobben, F. & Bethlehem, J. (2009). Indicators for the representativeness of
    survey response. Survey Methodology 35, 101–113.
    """
    chance = np.asarray(propensities, dtype=np.float64)
    w = np.ones_like(chance) if weights is None else np.asarray(weights, dtype=np.float64)
    if w.shape != chance.shape or np.any(w < 0):
        raise ValueError("give one weight, not below 0, for each propensity")
    if np.any(chance < 0) or np.any(chance > 1):
        raise ValueError("propensities must lie between 0 and 1")
    total = float(w.sum())
    if total <= 1:
        return float("nan")
    centre = (w * chance).sum() / total
    return float(1 - 2 * np.sqrt((w * (chance - centre) ** 2).sum() / (total - 1)))
