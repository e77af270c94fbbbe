"""A unit beside its own parent: two figures that share people."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from analysis.comparison import USUAL_LEVEL, error_of, stabilised, welch
from analysis.differences import Difference
from analysis.index import SatisfactionIndex, index_from_sums
from analysis.interval import Array, Estimate, normal_quantile
from analysis.profiles import PROFILES, Moments
from analysis.stabiliser import Stabiliser
from analysis.sums import Sums
from analysis.table import Strata, expanded, index_table, moments_of


def overlap(
    unit: Mapping[int, Sums],
    parent: Mapping[int, Sums],
    *,
    population: Mapping[int, int] | None = None,
    prior: Stabiliser | None = None,
    profile: str = "t2b-pooled",
) -> Difference:
    """Return the index of a unit minus that of a parent that contains it.

    `unit` holds some of the strata of `parent`, under the same keys; the other arguments are
    those of `index_from_sums`. V(a − b) = V(a) + V(b) − 2 C, where over the unit's strata
    C = Σ_h n_h/(n_h − 1) Σ_i (u_i − ū)(v_i − v̄), u = w(y − a·x)/Σ_unit w·x and
    v = w(y − b·x)/Σ_parent w·x: taking the two for independent counts the unit's people twice.
    The interval is MOVER's with their correlation; degrees of freedom for the test are Welch's
    of the unit and of the rest of the parent. A parent without other people differs by 0:
    there is nothing to compare. Nobody in the unit: nan. Raises ValueError where the parent
    lacks a stratum of the unit or has other people in it.

    Särndal, C.-E., Swensson, B. & Wretman, J. (1992). Model assisted survey sampling, §5.6.
    """
    if any(parent.get(key) != own for key, own in unit.items()):
        raise ValueError("the parent must contain the unit: the same sums under the same keys")
    rest = {key: own for key, own in parent.items() if key not in unit}
    a, b, c = (
        index_from_sums(each, population=population, prior=prior, profile=profile)
        for each in (unit, parent, rest)
    )
    (m, rows), (whole, _) = (_moments(each, population, profile) for each in (unit, parent))
    shared = float(_products(m, rows, a.estimate, b.estimate).sum() / (m.x.sum() * whole.x.sum()))
    found = replace(_difference(a, b, shared), degrees_of_freedom=_degrees(a, c))
    if found.stabilised_error or a.estimate != b.estimate:
        return found
    return replace(found, stabilised_error=error_of(found, normal_quantile(USUAL_LEVEL)))


def overlaps(
    strata: Strata, *, prior: Stabiliser | None = None, profile: str = "t2b-pooled"
) -> list[Difference]:
    """Return the index of each place minus that of all together, as `overlap` would one by one.

    In one pass over the strata; everybody counts once. The t is left out (its degrees of
    freedom nan), because it would take the rest of each place; the interval decides.
    """
    design, prior = strata.design, prior or Stabiliser()
    whole = replace(strata, design=replace(design, starts=np.zeros(1, dtype=np.int64)))
    own, together = (
        index_table(each, rollup="pooled", profile=profile, prior=prior).indices
        for each in (strata, whole)
    )
    (of_indices, _, rows), b = moments_of(strata, profile), together.at(0, 0)
    m = of_indices.first()
    a = design.spread(own.values.estimate[:, :1])
    products = design.total(_products(m, rows, a, b["estimate"]))
    with np.errstate(invalid="ignore"):
        shared = (products / (design.total(m.x) * m.x.sum()))[:, 0].tolist()
    return [
        _difference(Estimate(**own.at(place, 0)), Estimate(**b), each)
        for place, each in enumerate(shared)
    ]


def _difference(unit: Estimate, parent: Estimate, shared: float) -> Difference:
    """Return a unit minus its parent, from the covariance of the two."""
    errors = np.array([unit.standard_error, parent.standard_error])
    # Where all of a unit are alike, what is shared is only rounding.
    correlation = shared / errors.prod() if errors.all() else 0.0
    return Difference(
        a=unit,
        b=parent,
        standard_error=_joint(errors, correlation),
        stabilised_error=_joint(np.array([stabilised(unit), stabilised(parent)]), correlation),
        degrees_of_freedom=np.nan,
        correlation=correlation,
        design="overlap",
    )


def _joint(errors: Array, correlation: float) -> float:
    """Return the standard error of a difference of two correlated figures."""
    square = errors @ errors - 2 * correlation * errors.prod()
    return float(np.sqrt(np.where(square < 0, 0, square)))  # rounding; nan stays


def _degrees(unit: SatisfactionIndex, rest: SatisfactionIndex) -> float:
    """Return Welch's degrees of freedom of the unit and the rest; the unit's where it is all."""
    if not rest.n_respondents:
        return float(unit.degrees_of_freedom)
    errors = np.array([stabilised(unit), stabilised(rest)])
    return welch(errors, np.array([unit.degrees_of_freedom, rest.degrees_of_freedom], dtype=float))


def _moments(
    sums: Mapping[int, Sums], population: Mapping[int, int] | None, profile: str
) -> tuple[Moments, Array]:
    """Return the moments of the index and the number of people, both (strata, 1)."""
    strata = Strata.of_places([sums], population)
    found = PROFILES[profile].moments(strata.layout, strata.matrix).first()
    return (found if population is None else expanded(found, strata.design)), strata.design.rows


def _products(m: Moments, n: Array, a: Array | float, b: float) -> Array:
    """Return n/(n − 1) Σ(u − ū)(v − v̄) of each stratum, u = y − a·x and v = y − b·x."""
    products = m.yy - (a + b) * m.xy + a * b * m.xx
    means = (m.y - a * m.x) * (m.y - b * m.x) / np.maximum(n, 1)
    return np.where(n > 1, n / np.maximum(n - 1, 1) * (products - means), products)
