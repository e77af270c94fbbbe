"""People in a design: strata, clusters and weights, and the moments of their values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from analysis.interval import Array
from analysis.layout import Integers
from analysis.profiles import Moments, joined
from analysis.table import checked


@dataclass(frozen=True)
class Values:
    """y and x of each person, how many answers, and the elements of the figure; (people,)."""

    y: Array
    x: Array
    answers: Array
    elements: Array
    squares: Array


def column(values: npt.ArrayLike, n: int, name: str) -> npt.NDArray[Any]:
    """Return one value for each person; ValueError for another number of them."""
    found = np.asarray(values)
    if found.shape != (n,):
        raise ValueError(f"{name} must have one value for each of the {n} people")
    return found


@dataclass(frozen=True)
class People:
    """Where each person stands in the design: (people,) arrays, and the clusters' strata."""

    weight: Array
    stratum: Integers
    cluster: Integers
    stratum_of: Integers
    population: Array

    @classmethod
    def of(
        cls,
        n: int,
        strata: npt.ArrayLike | None,
        clusters: npt.ArrayLike | None,
        weights: npt.ArrayLike | None,
        population: Mapping[int, int] | None,
    ) -> "People":
        """Return people in their strata and clusters, each with a weight."""
        labels = np.zeros(n, dtype=np.int64) if strata is None else column(strata, n, "strata")
        names, stratum = np.unique(labels, return_inverse=True)
        known = [
            np.nan if population is None else population.get(k, np.nan) for k in names.tolist()
        ]
        rows = sums(stratum, np.ones(n), max(len(names), 1)).reshape(-1, 1)
        size = checked(np.array(known or [np.nan], dtype=float).reshape(-1, 1), rows, population)
        cluster = np.arange(n)
        if clusters is not None:
            within = np.unique(column(clusters, n, "clusters"), return_inverse=True)[1]
            cluster = stratum * (within.max(initial=0) + 1) + within
        met, number = np.unique(cluster, return_inverse=True)
        stratum_of = np.zeros(len(met), dtype=np.int64)
        stratum_of[number] = stratum
        expansion = None if population is None else (size / rows)[stratum, 0]
        weight = _weights(n, weights, expansion)
        return cls(weight, stratum, number, stratum_of, size)

    def per_stratum(self, of_clusters: Array) -> Array:
        """Return sums over the clusters of each stratum, (strata, 1)."""
        n = len(self.population)
        return sums(self.stratum_of, of_clusters, n).reshape(-1, 1)

    def moments(self, figures: Sequence[Values]) -> Moments:
        """Return the moments (strata, figures) of some figures."""
        return joined([self._moments(each) for each in figures])

    def _moments(self, of: Values) -> Moments:
        w, n = self.weight, len(self.population)
        answered = (of.answers > 0).astype(np.float64)
        y, x, met = (self._per_cluster(w * each) for each in (of.y, of.x, answered))
        among = {
            "people": answered,
            "answers": of.answers,
            "weights": w * answered,
            "squared_weights": w**2 * answered,
            "elements": of.elements,
            "mass": w * of.elements,
            "squares": w * of.squares,
        }
        products = {
            "clusters": (met > 0).astype(np.float64),
            "y": y,
            "x": x,
            "yy": y * y,
            "xy": x * y,
            "xx": x * x,
        }
        of_people = {name: sums(self.stratum, own, n) for name, own in among.items()}
        of_clusters = {name: sums(self.stratum_of, own, n) for name, own in products.items()}
        return Moments(**of_people, **of_clusters)

    def _per_cluster(self, values: Array) -> Array:
        return sums(self.cluster, values, len(self.stratum_of))


def _weights(n: int, weights: npt.ArrayLike | None, expansion: Array | None) -> Array:
    if weights is None:
        return np.ones(n) if expansion is None else expansion
    if expansion is not None:
        raise ValueError("give weights or a population, not both")
    own = column(weights, n, "weights").astype(np.float64)
    if not (np.isfinite(own) & (own > 0)).all():
        raise ValueError("weights must be finite and above 0; leave people out with a domain")
    return own


def sums(group: Integers, values: Array, n: int) -> Array:
    """Return the sums of values by group, (n,)."""
    return np.asarray(np.bincount(group, values, minlength=n), dtype=np.float64)
