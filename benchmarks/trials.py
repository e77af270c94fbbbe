"""Thousands of samples at once: the figures of each, and the limits that each method gives them."""

from collections.abc import Callable
from dataclasses import dataclass
from unittest.mock import patch

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri, stdtr, stdtrit

import analysis.interval
from analysis.figures import Figures, figures
from analysis.interval import wilson_limits
from analysis.profiles import PROFILES, Moments
from analysis.ratio import Design
from analysis.stabiliser import Stabiliser
from benchmarks.populations import Population

Array = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.floating]
Limits = tuple[Array, Array]

LEVEL = 0.95
TAIL = (1 + LEVEL) / 2
POOLED = PROFILES["t2b-pooled"]
# The former prior of the effective size: its people, its correlation, the least p(1 − p).
PRIOR_PEOPLE, PRIOR_R, LEAST_VARIANCE = 5, 0.5, 0.02


@dataclass(frozen=True)
class Samples:
    """People drawn, (runs, n): answers and satisfied answers, and the slot each belongs to."""

    satisfied: npt.NDArray[np.float32]
    answered: npt.NDArray[np.float32]
    slot: Integers

    def by_person(self) -> Figures:
        """Return the indices (runs, 1) with people as clusters, all in one stratum."""
        return self.by_counter(np.zeros(1, dtype=np.int64))

    def by_counter(self, starts: Integers) -> Figures:
        """Return the indices with people as clusters; `starts` where each stratum begins."""
        people = (self.answered > 0).astype(np.float32)
        rows = np.broadcast_to(np.float32(1), people.shape)
        return _figures(self.satisfied, self.answered, people, rows, starts)

    def by_day(self, days: int) -> Figures:
        """Return the indices with the slots as clusters, such as the days of one counter."""
        key = (np.arange(len(self.slot))[:, None] * days + self.slot).ravel()
        people = np.ones(self.slot.shape)
        a, b, drawn = (
            _by_key(key, each, len(self.slot), days)
            for each in (self.satisfied, self.answered, people)
        )
        return _figures(a, b, drawn, 1.0 * (drawn > 0), np.zeros(1, dtype=np.int64))


def _by_key(key: Integers, values: Numbers, runs: int, days: int) -> Numbers:
    found = np.bincount(key, values.ravel(), minlength=runs * days).reshape(runs, days)
    return found.astype(np.float64)


def drawn(
    rng: np.random.Generator, population: Population, group: Integers, slot: Integers
) -> Samples:
    """Return people drawn with replacement from the groups (runs, n) of a population."""
    person = rng.integers(0, population.satisfied.shape[1], group.shape)
    a, b = population.satisfied[group, person], population.answered[group, person]
    return Samples(a.astype(np.float32), b.astype(np.float32), np.broadcast_to(slot, group.shape))


def _figures(
    a: Numbers,
    b: Numbers,
    people: Numbers,
    rows: Numbers,
    starts: Integers,
) -> Figures:
    """Return the indices of each run from its clusters' totals (runs, clusters)."""

    def total(values: Numbers) -> Array:
        sums = np.add.reduceat(values, starts, axis=1, dtype=np.float64)
        return np.asarray(sums).reshape(-1, 1)

    n, answers, satisfied = total(people), total(b), total(a)
    moments = Moments(
        people=n,
        clusters=total(1.0 * (b > 0)),
        answers=answers,
        y=satisfied,
        x=answers,
        yy=total(a * a),
        xy=total(a * b),
        xx=total(b * b),
        weights=n,
        squared_weights=n,
        elements=answers,
        mass=answers,
        squares=satisfied,
    )
    clusters = total(rows)
    places = np.arange(0, len(clusters), len(starts))
    design = Design(clusters, places, np.full_like(clusters, np.nan))
    return figures(moments, design, POOLED, Stabiliser())


def ungated(found: Figures, method: str = "wilson") -> Limits:
    """Return the limits of `analysis`, also below 8 degrees of freedom, where none is published."""
    with patch.object(analysis.interval, "LEAST_DEGREES_OF_FREEDOM", 1):
        limits = found.values.confidence_interval(LEVEL, method)
    return limits.low, limits.high


def _with_size(found: Figures, size: Array) -> Limits:
    t = stdtrit(found.values.degrees_of_freedom, TAIL)
    return wilson_limits(found.values.estimate, size, t)


def unstabilised(found: Figures) -> Limits:
    """Return Wilson's limits with the effective size as estimated; people where all are alike."""
    p, variance = found.values.estimate, found.values.standard_error**2
    alike = variance == 0
    size = p * (1 - p) / np.where(alike, 1, variance)
    return _with_size(found, np.where(alike, found.ratio.people, size))


def by_df(found: Figures) -> Limits:
    """Return the limits of the former rule: S² weighs df against a prior of five people."""
    ratio, p, df = found.ratio, found.ratio.estimate, found.ratio.degrees_of_freedom
    b = ratio.answers / ratio.people
    prior = (1 + (b - 1) * PRIOR_R) / b * np.maximum(p * (1 - p), LEAST_VARIANCE)
    seen = ratio.people * ratio.plain_variance
    squared = (df * seen + PRIOR_PEOPLE * prior) / (df + PRIOR_PEOPLE)
    least = np.where(ratio.of_persons, ratio.people, 0)
    size = np.clip(p * (1 - p) * ratio.people / squared, least, ratio.answers)
    return _with_size(found, np.where((p == 0) | (p == 1), ratio.people, size))


def wald(found: Figures) -> Limits:
    """Return p ± t·SE, which `analysis` does not offer."""
    p, df = found.values.estimate, found.values.degrees_of_freedom
    half = stdtrit(df, TAIL) * found.values.standard_error
    return p - half, p + half


def as_people(found: Figures) -> Limits:
    """Return Wilson's limits as if each person were one answer."""
    return wilson_limits(found.values.estimate, found.ratio.people, ndtri(TAIL))


def as_answers(found: Figures) -> Limits:
    """Return Wilson's limits as if all answers were independent: the trap."""
    return wilson_limits(found.values.estimate, found.ratio.answers, ndtri(TAIL))


METHODS: dict[str, Callable[[Figures], Limits]] = {
    "default": ungated,
    "by df": by_df,
    "unstabilised": unstabilised,
    "logit": lambda found: ungated(found, "logit"),
    "beta": lambda found: ungated(found, "beta"),
    "Wald t": wald,
    "n persons": as_people,
    "independent answers": as_answers,
}


def mover(a: Figures, b: Figures, limits: Callable[[Figures], Limits] = ungated) -> Limits:
    """Return MOVER limits of a − b as `analysis.differences` does, of many pairs."""
    (low_a, high_a), (low_b, high_b) = limits(a), limits(b)
    p, q = a.values.estimate, b.values.estimate
    return p - q - np.hypot(p - low_a, high_b - q), p - q + np.hypot(high_a - p, q - low_b)


def t_p_values(a: Figures, b: Figures) -> Array:
    """Return `analysis.differences`' p of the stabilised t, of many pairs."""
    return _welch(a, b, _stabilised(a), _stabilised(b))


def plain_p_values(a: Figures, b: Figures) -> Array:
    """Return p with the linearised standard errors as they are; 1 where both samples are alike."""
    return _welch(a, b, a.values.standard_error, b.values.standard_error)


def _stabilised(of: Figures) -> Array:
    p = of.values.estimate
    error = np.sqrt(p * (1 - p) / of.values.n_effective)
    low, high = ungated(of)
    spare = (high - low) / 2 / stdtrit(of.values.degrees_of_freedom, TAIL)
    return np.where(error == 0, spare, error)


def _welch(a: Figures, b: Figures, error_a: Array, error_b: Array) -> Array:
    difference = a.values.estimate - b.values.estimate
    variance = error_a**2 + error_b**2
    safe = np.where(variance == 0, 1, variance)
    parts = error_a**4 / a.values.degrees_of_freedom + error_b**4 / b.values.degrees_of_freedom
    df = safe**2 / np.where(parts == 0, 1, parts)
    p = 2 * stdtr(df, -np.abs(difference) / np.sqrt(safe))
    return np.where((variance == 0) & (difference == 0), 1.0, p)
