"""Moments of people → estimates with what their intervals need, for many figures at once."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.interval import Array, Estimates
from analysis.profiles import MEAN, PEOPLE, Moments, Profile
from analysis.ratio import Design, Ratio, estimate
from analysis.stabiliser import Stabiliser, effective_size, size_of_mean


@dataclass(frozen=True)
class Figures:
    """Figures of some places; arrays (places, figures).

    `population` (places, 1) is N of all strata, `covered` that of the strata with answers; nan
    where it is unknown.
    """

    values: Estimates
    ratio: Ratio
    population: Array
    covered: Array

    def at(self, place: int, column: int) -> dict[str, Any]:
        """Return the fields of `Estimate` for one place and figure."""
        values, here = self.values, (place, column)
        return {
            "estimate": float(values.estimate[here]),
            "standard_error": float(values.standard_error[here]),
            "degrees_of_freedom": int(values.degrees_of_freedom[here]),
            "n_respondents": int(values.n_respondents[here]),
            "n_effective": float(values.n_effective[here]),
            "collapsed": bool(values.collapsed[here]),
            "clustered": not self.ratio.of_persons[here],
            "interval_method": str(values.interval_method[here]),
            "lowest": values.lowest,
        }


def figures(moments: Moments, design: Design, profile: Profile, prior: Stabiliser) -> Figures:
    """Return the figures of moments (strata, figures): estimates, errors, effective sizes."""
    ratio = estimate(moments, design)
    of_people = (profile.kind == PEOPLE) | ratio.single
    if profile.kind == MEAN:
        size, method = size_of_mean(ratio), np.full(of_people.shape, "t")
    else:
        size = effective_size(ratio, prior, of_people)
        method = np.where(of_people & ratio.simple, "wilson", "wilson-neff-t")
    return Figures(
        values=Estimates(
            estimate=ratio.estimate,
            standard_error=np.sqrt(ratio.variance),
            degrees_of_freedom=ratio.degrees_of_freedom,
            n_respondents=ratio.people,
            n_effective=size,
            collapsed=ratio.collapsed,
            interval_method=method,
            lowest=profile.lowest,
        ),
        ratio=ratio,
        population=design.total(design.population),
        covered=design.total(np.where(moments.people > 0, design.population, 0)),
    )
