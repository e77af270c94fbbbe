"""The design of a sample of people: who was drawn with whom, and what that adds to a variance."""

from dataclasses import KW_ONLY, dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from analysis.interval import Array

Codes = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]
LONELY = ("adjust", "certainty")


@dataclass(frozen=True, eq=False)
class SurveyDesign:
    """Strata, primary sampling units and weights of `n` people, one row each.

    Every argument but `lonely` is an array of shape (n,), one value a person:

    * `strata`, `clusters`: labels; without strata there is one, without clusters each person
      is a primary sampling unit (PSU). A cluster lies in one stratum.
    * `population`: N_h, the people of the stratum, or its PSUs where clusters are given. It
      turns the finite population correction on: leave it out for the process that goes on
      ("the office"), give it for these dossiers only. inf in a stratum: no correction there.
    * `cluster_population`: the people of the PSU; then people are a second stage of sampling.
    * `weights`: above 0. Left out they are N_h/n_h (times M/m of the PSU at two stages), or 1
      where the population is left out too: everybody counts the same.
    * `lonely`: what a stratum with one PSU adds. "adjust": the squared distance of its score
      from 0, which is the grand mean of the scores of a mean or a ratio; "certainty": nothing,
      which understates unless the PSU was certain to be drawn. No degree of freedom in either.

    With one stage given, PSUs are ultimate clusters: people within them may be drawn in any
    way. n = 0 is allowed; its estimates are nan. A sub-population is a mask and never a
    shorter design: the people outside are zeros of their PSU (zero extension).

    Raises ValueError for arrays of another length, missing labels, weights not above 0, a
    population below its sample or not one number for a stratum (PSU), a cluster in two strata,
    `cluster_population` without the first stage, and another `lonely`.

    Cochran, W. G. (1977). Sampling techniques, 3rd ed., §11. Särndal, C.-E., Swensson, B. and
    Wretman, J. (1992). Model assisted survey sampling, §4.3 and §10.3. Lumley, T. (2010).
    Complex surveys, §2–3: R's svydesign agrees.
    """

    n: int
    _: KW_ONLY
    strata: npt.ArrayLike | None = None
    clusters: npt.ArrayLike | None = None
    weights: npt.ArrayLike | None = None
    population: npt.ArrayLike | None = None
    cluster_population: npt.ArrayLike | None = None
    lonely: str = "adjust"

    def __post_init__(self) -> None:
        if self.lonely not in LONELY:
            raise ValueError(f"unknown lonely {self.lonely!r}; use one of {', '.join(LONELY)}")
        if self.cluster_population is not None and (
            self.clusters is None or self.population is None
        ):
            raise ValueError("two stages need clusters and the population of PSUs as well")
        if not ((self.weight > 0) & np.isfinite(self.weight)).all():
            raise ValueError("weights must be finite and above 0; leave out others by a domain")
        if (self.correction < 0).any():
            raise ValueError("a stratum has a population smaller than its sample")
        if (self._second_correction < 0).any():
            raise ValueError("a cluster has a population smaller than its sample")

    @cached_property
    def stratum(self) -> Codes:
        """The stratum of a person as 0, 1 … (n,)."""
        return _codes(self.strata, self.n, "strata", np.zeros(self.n, dtype=np.intp))

    @cached_property
    def psu(self) -> Codes:
        """The primary sampling unit of a person as 0, 1 … (n,)."""
        return _codes(self.clusters, self.n, "clusters", np.arange(self.n))

    @cached_property
    def stratum_of_psu(self) -> Codes:
        """The stratum of a primary sampling unit (PSUs,)."""
        message = "a cluster lies in two strata; give clusters labels of their own"
        return _one_each(self.stratum, self.psu, message).astype(np.intp)

    @cached_property
    def psus(self) -> Codes:
        """How many primary sampling units each stratum has (strata,)."""
        return np.bincount(self.stratum_of_psu)

    @cached_property
    def weight(self) -> Array:
        """What a person weighs (n,)."""
        if self.weights is not None:
            return _numbers(self.weights, self.n, "weights")
        if self.population is None:
            return np.ones(self.n)
        first = (self._population / self.psus)[self.stratum]
        if self.cluster_population is None:
            return first
        return np.asarray(first * (self._cluster_population / np.bincount(self.psu))[self.psu])

    @cached_property
    def correction(self) -> Array:
        """The finite population correction 1 − n_h/N_h of a stratum (strata,)."""
        return np.asarray(1 - self.psus / self._population)

    def members(self, domain: npt.ArrayLike | None) -> Mask:
        """Return a domain as booleans (n,), all without one; ValueError for another shape."""
        if domain is None:
            return np.ones(self.n, dtype=np.bool_)
        mask = np.asarray(domain)
        if mask.shape != (self.n,) or mask.dtype != np.bool_:
            raise ValueError(f"a domain must be {self.n} booleans, one for each person")
        return mask

    def degrees_of_freedom(self, inside: Mask) -> npt.NDArray[np.int64]:
        """Return PSUs − strata, both with members of the domain only; inside (n, k) gives (k,)."""
        psus = group_sums(inside.astype(np.float64), self.psu, len(self.stratum_of_psu)) > 0
        strata = group_sums(psus.astype(np.float64), self.stratum_of_psu, len(self.psus)) > 0
        return np.asarray(psus.sum(axis=0) - strata.sum(axis=0), dtype=np.int64)

    def covariance(self, scores: Array) -> Array:
        """Return the covariance matrix (k, k) of the column sums of `scores` (n, k).

        A score is weight × linearised value, 0 outside the domain. With t the sums of PSUs,
        V = Σ_h (1 − f_h) n_h/(n_h − 1) Σ (t − t̄_h)(t − t̄_h)′; the second stage adds
        Σ f_h (1 − m/M) m/(m − 1) Σ (z − z̄)(z − z̄)′ over the people of each PSU.
        """
        totals = group_sums(scores, self.psu, len(self.stratum_of_psu))
        variance = self._scatter(totals, self.stratum_of_psu, self.correction)
        if self.cluster_population is None:
            return variance
        fraction = (1 - self.correction)[self.stratum_of_psu]
        return variance + self._scatter(scores, self.psu, fraction * self._second_correction)

    @cached_property
    def _population(self) -> Array:
        given = np.inf if self.population is None else self.population
        message = "population must be one number for all people of a stratum"
        return _one_each(_numbers(given, self.n, "population"), self.stratum, message)

    @cached_property
    def _cluster_population(self) -> Array:
        given = np.inf if self.cluster_population is None else self.cluster_population
        message = "cluster_population must be one number for all people of a cluster"
        return _one_each(_numbers(given, self.n, "cluster_population"), self.psu, message)

    @cached_property
    def _second_correction(self) -> Array:
        return np.asarray(1 - np.bincount(self.psu) / self._cluster_population)

    def _scatter(self, x: Array, group: Codes, factor: Array) -> Array:
        """Return Σ_g factor_g · n_g/(n_g − 1) Σ (x − x̄_g)(x − x̄_g)′, by the rule for n_g = 1."""
        size = np.bincount(group)
        centre = group_sums(x, group, len(size)) / size[:, None]
        if self.lonely == "adjust":
            centre[size == 1] = 0
        scale = np.sqrt(factor * size / np.maximum(size - 1, 1))
        deviation = (x - centre[group]) * scale[group][:, None]
        return np.asarray(deviation.T @ deviation)


def group_sums(x: Array, group: Codes, groups: int) -> Array:
    """Return the column sums of x (n, k) within each group, shape (groups, k)."""
    sums = [np.bincount(group, weights=column, minlength=groups) for column in x.T]
    return np.stack(sums, axis=1) if sums else np.zeros((groups, 0))


def _numbers(values: npt.ArrayLike, n: int, name: str) -> Array:
    numbers = np.asarray(values, dtype=np.float64)
    if numbers.shape not in {(n,), ()}:
        raise ValueError(f"{name} must have one value for each of the {n} people")
    return np.broadcast_to(numbers, (n,))


def _codes(labels: npt.ArrayLike | None, n: int, name: str, default: Codes) -> Codes:
    if labels is None:
        return default
    names = np.asarray(labels)
    if names.shape != (n,):
        raise ValueError(f"{name} must have one label for each of the {n} people")
    if names.dtype.kind == "f" and np.isnan(names).any():
        raise ValueError(f"{name} has missing labels; give these people one of their own")
    return np.unique(names, return_inverse=True)[1]


def _one_each(values: npt.NDArray[np.generic], group: Codes, message: str) -> Array:
    """Return the one value of each group (groups,); ValueError where it is not one."""
    first = np.unique(group, return_index=True)[1]
    each = np.asarray(values)[first]
    if (each[group] != values).any():
        raise ValueError(message)
    return np.asarray(each, dtype=np.float64)
