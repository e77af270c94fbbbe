"""Direct standardisation: what an index would be with a standard mix of cases."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from analysis.index import SatisfactionIndex, index_at, known_profile
from analysis.interval import Array
from analysis.stabiliser import Stabiliser
from analysis.sums import Sums
from analysis.table import IndexTable, Strata, index_table

Cell = TypeVar("Cell", bound=Hashable)


def standardise(
    sums_by_cell: Mapping[Hashable, Sums],
    standard: Mapping[Hashable, float],
    *,
    prior: Stabiliser | None = None,
    profile: str = "t2b-pooled",
) -> SatisfactionIndex:
    """Return a unit's index with its cells (fields of procedures) in standard proportions.

    R = Σ_c s_c·R_c / Σ_c s_c over the cells c with answers, s_c what the cell counts in the
    standard, such as the dossiers of that field in the whole province; V(R) = Σ s_c²·V(R_c) /
    (Σ s_c)², the cells being strata. A unit that gets the hard procedures is then compared with
    others on the same mix. The roll-up of the result is named "standardised"; `population` is
    the standard's total and `population_covered` what of it the unit's cells with answers
    cover: a figure that covers little of the standard is no comparison.

    A cell of one person is a lonely stratum, as in `analysis.ratio.estimate`. Nobody: nan.
    Raises ValueError for a cell with people that the standard lacks, for a standard below 0, and
    for what `index_from_sums` refuses.

    Fleiss, J. L., Levin, B. & Paik, M. C. (2003). Statistical methods for rates and
    proportions, 3rd ed., ch. 19.
    """
    return index_at(standardised_table([sums_by_cell], standard, prior=prior, profile=profile), 0)


def standardised_table(
    places: Sequence[Mapping[Cell, Sums]],
    standard: Mapping[Cell, float],
    *,
    prior: Stabiliser | None = None,
    profile: str = "t2b-pooled",
) -> IndexTable:
    """Return `standardise` of the cells of many places, at once and to one standard.

    Raises ValueError as it does.
    """
    known_profile(profile)
    if any(not each >= 0 for each in standard.values()):
        raise ValueError("what a cell counts in the standard cannot be below 0")
    unknown = [
        cell
        for cells in places
        for cell, own in cells.items()
        if own.n_respondents and cell not in standard
    ]
    if unknown:
        raise ValueError(f"the standard says nothing of {unknown[0]!r}; add it or leave it out")
    nobody = Sums.total([])
    ordered = [
        {number: cells.get(cell, nobody) for number, cell in enumerate(standard)}
        for cells in places
    ]
    shares = np.array([[*standard.values()] or [0.0]], dtype=np.float64).T
    everywhere = np.tile(shares, (len(places), 1))
    return in_proportions(Strata.of_places(ordered), everywhere, prior=prior, profile=profile)


def in_proportions(
    strata: Strata,
    shares: Array,
    *,
    prior: Stabiliser | None = None,
    profile: str = "t2b-pooled",
) -> IndexTable:
    """Return the index of each place as a mean of its strata, `shares` (strata, 1) of them."""
    strata = replace(strata, design=replace(strata.design, population=shares, shares=shares))
    return index_table(strata, rollup="standardised", profile=profile, prior=prior or Stabiliser())
