"""The figures of many places at once, from their integers; an index is a row of the table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from analysis.counting import count
from analysis.days import Days, clustered, enough
from analysis.figures import Figures, figures
from analysis.interval import Array
from analysis.layout import SCALE, Integers, Item, Layout
from analysis.profiles import OVERALL, PROFILES, Moments, item_moments
from analysis.ratio import Design
from analysis.stabiliser import Stabiliser
from analysis.sums import Sums, numbered, sheet, stack

ROLLUPS = ("pooled", "weighted", "mean")


@dataclass(frozen=True)
class IndexTable:
    """Indices, factors and items of some places by one profile; see `index_from_sums`.

    `indices` has the index in its first column, then the factors of the layout in order;
    `columns` names the items of each, `items` has a column for each. `counts` (places, items,
    levels 1..5 | missing | not applicable), unweighted.
    """

    profile: str
    rollup: str
    layout: Layout
    columns: list[list[int]]
    indices: Figures
    items: Figures
    counts: Integers


@dataclass(frozen=True)
class Strata:
    """The integers (strata, size) of one or many places, one place after the other.

    With `days`, the people of a place with enough of them are clustered by counter × day; every
    other place's people are clusters of their own.
    """

    layout: Layout
    matrix: Integers
    design: Design
    days: Days | None = None

    @classmethod
    def of_matrix(cls, layout: Layout, matrix: Integers) -> "Strata":
        """Return places of one stratum each, from their integers (places, size)."""
        rows = matrix[:, :1].astype(np.float64)
        unknown = np.full_like(rows, np.nan)
        return cls(layout, matrix, Design(rows, np.arange(len(rows)), unknown))

    @classmethod
    def of_answers(
        cls, levels: npt.ArrayLike, items: Sequence[Item | str], places: npt.ArrayLike
    ) -> "Strata":
        """Return one place for each integer in `places` (people,), in their order, from answers.

        As `tally_by`, without a `Sums` for each place.
        """
        answers, layout = sheet(levels, items)
        labels, group = numbered(np.asarray(places), len(answers))
        return cls.of_matrix(layout, count(answers, layout, group, len(labels)))

    @classmethod
    def of_places(
        cls,
        places: Sequence[Mapping[int, Sums]],
        population: Mapping[int, int] | None = None,
        *,
        fpc: bool = False,
    ) -> "Strata":
        """Return the strata of some places; a place without any is one stratum of nobody.

        Raises ValueError for a stratum with people whose population is missing or smaller.
        """
        strata = [each for place in places for each in ([*place.values()] or [Sums.total([])])]
        layout, matrix = stack(strata or [Sums.total([])])
        if layout.scale != SCALE:
            raise ValueError(f"an index is defined on the scale 1 to {SCALE}, not {layout.scale}")
        n_strata = [max(len(place), 1) for place in places] or [1]
        starts = np.cumsum([0, *n_strata[:-1]])
        rows = matrix[:, :1].astype(np.float64)
        keys = [key for place in places for key in (place or [None])]
        sizes = np.array([population_of(key, population) for key in keys] or [np.nan])
        design = Design(rows, starts, checked(sizes.reshape(-1, 1), rows, population), fpc=fpc)
        return cls(layout, matrix, design)

    def by_day(self, days: Sequence[Sequence[Sums]]) -> "Strata":
        """Return these strata with the days of each, in the order of the strata.

        Raises ValueError where the days of a stratum are not the people in it.
        """
        layout, narrow = stack([day for own in days for day in own] or [Sums.total([])])
        stratum = np.repeat(np.arange(len(days)), [len(own) for own in days])
        if len(days) != len(self.matrix) or layout != self.layout:
            raise ValueError("give the days of each stratum, with the items of all strata")
        matrix = narrow[: len(stratum)]
        added = np.zeros_like(self.matrix)
        np.add.at(added, stratum, matrix)
        if (added != self.matrix).any():
            raise ValueError("the days of a stratum must add up to the people in it")
        return replace(self, days=Days(stratum, matrix))


def population_of(key: int | None, population: Mapping[int, int] | None) -> float:
    """Return the population of a stratum; nan where it is not known."""
    if population is None or key is None:
        return np.nan
    return float(population.get(key, np.nan))


def checked(sizes: Array, rows: Array, population: object) -> Array:
    """Return the sizes of the strata; ValueError where one with people lacks it or outgrows it."""
    if population is not None and np.isnan(sizes[rows > 0]).any():
        raise ValueError("every stratum with people needs its population")
    if (sizes < rows).any():
        raise ValueError("a stratum has a population smaller than the people who answered")
    return sizes


def named_rollup(rollup: str, *, has_population: bool, fpc: bool) -> str:
    """Return the roll-up that is used; ValueError for an unknown one or one without population."""
    if rollup not in ROLLUPS:
        raise ValueError(f"unknown rollup {rollup!r}; use one of {', '.join(ROLLUPS)}")
    if not has_population and (fpc or rollup == "weighted"):
        raise ValueError("weights and finite population correction need the population")
    return "weighted" if has_population and rollup == "pooled" else rollup


def index_table(strata: Strata, *, rollup: str, profile: str, prior: Stabiliser) -> IndexTable:
    """Return the figures of all places by one profile and roll-up."""
    found, layout, design = PROFILES[profile], strata.layout, strata.design
    if rollup == "mean":
        design = replace(design, shares=np.ones_like(design.rows))
    of_indices, of_items, rows = moments_of(strata, profile)
    if rollup == "weighted":
        of_indices, of_items = expanded(of_indices, design), expanded(of_items, design)
    design = replace(design, rows=rows)
    return IndexTable(
        profile=profile,
        rollup=rollup,
        layout=layout,
        columns=found.columns(layout),
        indices=figures(of_indices, design, found, prior),
        items=figures(of_items, design, PROFILES[OVERALL], Stabiliser()),
        counts=layout.item_counts(design.total(strata.matrix)),
    )


def moments_of(strata: Strata, profile: str) -> tuple[Moments, Moments, Array]:
    """Return the moments of the indices and of the items, and the clusters of each stratum.

    Raises ValueError for days with a finite population correction, which counts people.
    """
    people, days = _moments(strata.layout, strata.matrix, profile), strata.days
    if days is None:
        return *people, strata.design.rows
    if strata.design.fpc:
        raise ValueError("a finite population correction counts people; leave out the days")
    n = len(strata.matrix)
    products = [days.products(of, n) for of in _moments(strata.layout, days.matrix, profile)]
    by_day = enough(products[0]["clusters"], strata.design)
    indices, items = (clustered(*each, by_day) for each in zip(people, products, strict=True))
    return indices, items, np.where(by_day, days.rows(n), strata.design.rows)


def _moments(layout: Layout, matrix: Integers, profile: str) -> tuple[Moments, Moments]:
    return PROFILES[profile].moments(layout, matrix), item_moments(layout, matrix)


def expanded(moments: Moments, design: Design) -> Moments:
    """Return the moments of people who weigh N_h/n_h."""
    rows = np.where(design.rows > 0, design.rows, 1)
    return moments.scaled(np.where(design.rows > 0, design.population / rows, 1.0))
