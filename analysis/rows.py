"""A satisfaction index from the answers row by row: any weights, clusters and domains."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.counting import CODES
from analysis.design import group_sums
from analysis.figures import figures
from analysis.index import SatisfactionIndex, index_at, known_profile
from analysis.layout import SCALE, Integers, Item, Layout
from analysis.people import People, Values, column
from analysis.profiles import OVERALL, PROFILES, Moments, Profile
from analysis.ratio import Bools, Design
from analysis.stabiliser import Stabiliser
from analysis.sums import sheet
from analysis.table import IndexTable, named_rollup

ITEM_MEANS = "t2b-items"
LONELY = {"adjust": True, "certainty": False}


def satisfaction_index(
    levels: npt.ArrayLike,
    items: Sequence[Item | str],
    *,
    strata: npt.ArrayLike | None = None,
    clusters: npt.ArrayLike | None = None,
    weights: npt.ArrayLike | None = None,
    population: Mapping[int, int] | None = None,
    fpc: bool = False,
    domain: npt.ArrayLike | None = None,
    rollup: str = "pooled",
    prior: Stabiliser | None = None,
    profile: str = "t2b-pooled",
    lonely: str = "adjust",
) -> SatisfactionIndex:
    """Return the satisfaction index of people from their answers.

    `levels` (people, items) and `items` as in `tally`; `strata` (people,) integers, the point
    where each answered (default: one stratum, 0); `population` N_h by stratum, `fpc`, `rollup`,
    `prior` and `profile` as in `index_from_sums`, which gives the same figures. Beyond it:

    * `profile` "t2b-items": the mean over items of each item's share of 4 and 5, linearised
      through the joint totals, u_i = (1/J) Σ_j w(a_ij − p_j·b_ij) / Σw·b_j; an item that nobody
      answered is left out of the J;
    * `clusters` (people,): who hangs together within a stratum, such as the people of one day;
      n_h, and the degrees of freedom, then count clusters;
    * `weights` (people,) above 0 in place of N_h/n_h; the roll-up is then called "weighted";
    * `domain` (people,) truths: whom the figure is about. Everybody else stays in the design
      with u = 0 (zero extension), as R's subset() of a design;
    * `lonely`: a stratum of one cluster is centred on the grand mean ("adjust") or adds nothing
      to the variance ("certainty", which understates it).

    Nobody: estimate and limits nan. Raises ValueError for arrays of another length, weights
    beside a population, a correction of clusters (there is no frame of days), and whatever
    `index_from_sums` refuses.

    Särndal, C.-E., Swensson, B. & Wretman, J. (1992). Model assisted survey sampling, §5.5–5.7.
    """
    if profile != ITEM_MEANS:
        known_profile(profile)
    if lonely not in LONELY:
        raise ValueError(f"unknown lonely {lonely!r}; use one of {', '.join(LONELY)}")
    if fpc and clusters is not None:
        raise ValueError("a finite population correction needs people as clusters")
    weighted = population is not None or (weights is not None and not fpc)
    rollup = named_rollup(rollup, has_population=weighted, fpc=fpc)
    answers, layout = sheet(levels, items)
    people = People.of(len(answers), strata, clusters, weights, population)
    if domain is not None:
        inside = column(domain, len(answers), "domain").astype(bool)
        answers = np.where(inside[:, None], answers, np.uint8(0))
    design = Design(
        rows=people.per_stratum(np.ones(len(people.stratum_of))),
        starts=np.zeros(1, dtype=np.int64),
        population=people.population,
        fpc=fpc,
        shares=np.ones_like(people.population) if rollup == "mean" else None,
        lonely=LONELY[lonely],
    )
    of_indices, of_items = _Sheet(answers, layout).moments(people, profile, within=rollup == "mean")
    single, found = PROFILES[OVERALL], _like(profile)
    return index_at(
        IndexTable(
            profile=profile,
            rollup=rollup,
            layout=layout,
            columns=found.columns(layout),
            indices=figures(of_indices, design, found, prior or Stabiliser()),
            items=figures(of_items, design, single, Stabiliser()),
            counts=np.stack([(answers == code).sum(axis=0) for code in CODES], axis=-1)[None],
        ),
        0,
    )


def _like(profile: str) -> Profile:
    """Return the profile; the mean of items is a share within each person like the pooled one."""
    return PROFILES["t2b-pooled" if profile == ITEM_MEANS else profile]


@dataclass(frozen=True)
class _Sheet:
    """Answers (people, items) with the layout that orders their columns."""

    answers: npt.NDArray[np.uint8]
    layout: Layout

    def moments(self, people: People, profile: str, *, within: bool) -> tuple[Moments, Moments]:
        """Return the moments of the indices and of the items; `within` strata in a mean of them."""
        found, single = _like(profile), PROFILES[OVERALL]
        group = people.stratum if within else np.zeros_like(people.stratum)
        indices = [
            self.item_means(columns, people, group)
            if profile == ITEM_MEANS
            else self.values(columns, found)
            for columns in found.columns(self.layout)
        ]
        items = [self.values([column], single) for column in range(len(self.layout.items))]
        return people.moments(indices), people.moments(items)

    def given(self, columns: list[int]) -> Bools:
        """Return which answers of some items are levels 1..5."""
        own = self.answers[:, columns]
        return np.asarray((own >= 1) & (own <= SCALE))

    def values(self, columns: list[int], profile: Profile) -> Values:
        """Return each person's y and x by a profile; 0 for who answered none of the items."""
        given, own = self.given(columns), self.answers[:, columns].astype(np.float64)
        b, a = given.sum(axis=1), (given & (own >= SCALE - 1)).sum(axis=1)
        level, met = np.where(given, own, 0).sum(axis=1), b > 0
        y, x = (np.where(met, each, 0.0) for each in profile.person(a, np.maximum(b, 1), level))
        if profile.scores is None:
            return Values(y, x, 1.0 * b, 1.0 * met, y**2)
        scores = np.append(0, profile.scores)[np.where(given, own, 0).astype(int)]
        return Values(y, x, 1.0 * b, 1.0 * b, (scores**2).sum(axis=1))

    def item_means(self, columns: list[int], people: People, group: Integers) -> Values:
        """Return y and x whose ratio is the mean of item shares, linearised: Σw·x = 1.

        `group` (people,) numbers what the mean is taken within: everybody, or each stratum.
        """
        given = self.given(columns)
        top = given & (self.answers[:, columns] >= SCALE - 1)
        n = group.max(initial=0) + 1
        asked, good = (group_sums(people.weight[:, None] * each, group, n) for each in (given, top))
        reach = np.where(asked > 0, asked, 1) * np.maximum(
            (asked > 0).sum(axis=1, keepdims=True), 1
        )
        share = good / np.where(asked > 0, asked, 1)
        mean = (good / reach).sum(axis=1, keepdims=True)
        # x is weighed by p_j/R, so that u = y − R·x is the sum of the items' own residuals.
        weight = np.where(mean > 0, share / np.where(mean > 0, mean, 1), 1) / reach
        b = given.sum(axis=1, dtype=np.float64)
        y, x = (top / reach[group]).sum(axis=1), (given * weight[group]).sum(axis=1)
        return Values(y, x, b, b, b * mean[group, 0])
