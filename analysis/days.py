"""Counter × day clusters: who came to one counter on one day answered under the same conditions."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from analysis.design import group_sums
from analysis.interval import Array
from analysis.layout import Integers
from analysis.profiles import Moments
from analysis.ratio import Design

Bools = npt.NDArray[np.bool_]

# From how many degrees of freedom on the days give the variance: at one counter, over 20 days.
LEAST_FREEDOM = 20


@dataclass(frozen=True)
class Days:
    """The people of some strata once more, counter × day by counter × day.

    `matrix` (days, integers) holds the sums of each in the layout of the strata, `stratum`
    (days,) the row of the stratum it lies in. Together they hold everybody.
    """

    stratum: Integers
    matrix: Integers

    def products(self, of_days: Moments, strata: int) -> dict[str, Array]:
        """Return what of the moments (strata, figures) hangs on the clusters, days being those."""
        y, x = of_days.y, of_days.x
        by_day = {"clusters": (x > 0).astype(np.float64), "yy": y * y, "xy": x * y, "xx": x * x}
        return {name: group_sums(each, self.stratum, strata) for name, each in by_day.items()}

    def rows(self, strata: int) -> Array:
        """Return how many days each stratum has, (strata, 1)."""
        return group_sums(np.ones((len(self.stratum), 1)), self.stratum, strata)


def enough(clusters: Array, design: Design) -> Bools:
    """Return whether the place of each stratum has days enough to go by, (strata, 1).

    `clusters` (strata, figures): the days with answers. The first figure, the index, decides for
    all figures of its place: a part rests on the same clusters as the whole.
    """
    index = clusters[:, :1]
    freedom = design.total(index) - design.total(1.0 * (index > 0))
    return design.spread(freedom >= LEAST_FREEDOM)


def clustered(people: Moments, products: dict[str, Array], by_day: Bools) -> Moments:
    """Return the moments of people, with days as their clusters where that is chosen."""
    return replace(
        people,
        **{name: np.where(by_day, own, getattr(people, name)) for name, own in products.items()},
    )
