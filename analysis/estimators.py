"""Means, totals, ratios and differences of a sample survey."""

from collections.abc import Hashable, Mapping
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from analysis.design import SurveyDesign, group_sums
from analysis.linearisation import (
    LinearEstimate,
    Linearised,
    SurveyEstimate,
    columns,
    covariance_of,
    linearised_ratio,
    survey_estimate,
)

Label = TypeVar("Label", bound=Hashable)


def mean(
    y: npt.ArrayLike, design: SurveyDesign, domain: npt.ArrayLike | None = None
) -> SurveyEstimate:
    """Return Hájek's weighted mean Σw·y / Σw of y, shape (n,) or (n, k), within a domain.

    A missing value (nan) is outside the domain of its column; nobody is dropped from the
    design, whose PSUs all count in the variance, that of a ratio with x = 1. Nobody: nan. One
    PSU a stratum: the rule `lonely`; one in all: the standard error is nan. All alike: 0.

    Hájek, J. (1971). In: Foundations of statistical inference, p. 236. Errors: `ratio`.
    """
    found = linearised_ratio(y, np.ones(np.shape(y)), design, domain)
    return survey_estimate(found, design, "hajek", np.shape(y)[1:])


def ratio(
    y: npt.ArrayLike,
    x: npt.ArrayLike,
    design: SurveyDesign,
    domain: npt.ArrayLike | None = None,
) -> SurveyEstimate:
    """Return the combined ratio R = Σw·y / Σw·x; y and x of one shape, (n,) or (n, k).

    V(R) is that of the total of w·(y − R·x)/Σw·x (Taylor), 0 outside the domain or where y or
    x is missing. Σw·x = 0, or nobody: nan. Woodruff, R. S. (1971). A simple method for
    approximating the variance of a complicated estimate. JASA 66, 411–414.

    Raises ValueError for rows other than the people of the design, y and x of different
    shapes, and a domain that is not one boolean a person.
    """
    found = linearised_ratio(y, x, design, domain)
    return survey_estimate(found, design, "ratio", np.shape(y)[1:])


def total(
    y: npt.ArrayLike, design: SurveyDesign, domain: npt.ArrayLike | None = None
) -> SurveyEstimate:
    """Return the Horvitz–Thompson total Σw·y of y, shape (n,) or (n, k), within a domain.

    It adds up those with a value: a missing one (nan) counts as 0, so a total over incomplete
    answers is too small; a mean or ratio is not. Nobody: 0, standard error nan. The score of a
    lonely PSU is w·y itself, as in R: cautious. Errors: `ratio`.

    Horvitz, D. G. and Thompson, D. J. (1952). JASA 47, 663–685.
    """
    values = columns(y, design)
    inside = design.members(domain)[:, None] & ~np.isnan(values)
    value = np.where(inside, values, 0)
    found = Linearised(design.weight @ value, value, inside)
    return survey_estimate(found, design, "horvitz-thompson", np.shape(y)[1:])


def mean_difference(
    y: npt.ArrayLike, design: SurveyDesign, domain_a: npt.ArrayLike, domain_b: npt.ArrayLike
) -> LinearEstimate:
    """Return the mean of y in domain a minus that in b, with their covariance.

    The scores are subtracted person by person, so whatever the domains share is counted: PSUs,
    a stratum, or people (a unit and its own parent). Degrees of freedom: PSUs − strata with
    members of either. The standard error is nan where that of a or b is. Errors: `ratio`.
    """
    one, shape = np.ones(np.shape(y)), np.shape(y)[1:]
    a, b = (linearised_ratio(y, one, design, domain) for domain in (domain_a, domain_b))
    df = design.degrees_of_freedom(a.inside | b.inside)
    df[np.minimum(*(design.degrees_of_freedom(each.inside) for each in (a, b))) <= 0] = 0
    covariance = covariance_of(design.weight[:, None] * (a.value - b.value), df, design)
    return LinearEstimate(
        estimate=(a.estimate - b.estimate).reshape(shape),
        standard_error=np.sqrt(np.diag(covariance)).reshape(shape),
        degrees_of_freedom=df.reshape(shape),
        covariance=covariance,
        method="difference of hajek means",
    )


def poststratified_mean(
    y: npt.ArrayLike,
    design: SurveyDesign,
    groups: npt.ArrayLike,
    totals: Mapping[Label, float],
    domain: npt.ArrayLike | None = None,
) -> SurveyEstimate:
    """Return the mean of y with weights made to add up to the known `totals` of `groups`.

    `groups` (n,) labels, `totals[label]` people in the population. w* = w·N_g/Σ_g w; the
    variance is that of w*·(u − ū_g), u the linearised value and ū_g its w-weighted mean in the
    group, for what the groups explain no longer varies; equal to R's postStratify. A missing
    value stays a person of its group. design_effect and kish use w*.

    Raises ValueError where groups and totals do not name the same labels, for totals not above
    0, and as `ratio`. Merge a group of nobody with another. Holt, D. and Smith, T. M. F. (1979).
    Post stratification. JRSS A 142, 33–46.
    """
    names, group = np.unique(np.asarray(groups), return_inverse=True)
    if group.shape != (design.n,):
        raise ValueError(f"groups must have one label for each of the {design.n} people")
    if set(names.tolist()) != set(totals):
        raise ValueError("groups and totals must name the same labels; merge groups of nobody")
    known = np.array([totals[name] for name in names.tolist()], dtype=np.float64)
    if not (known > 0).all():
        raise ValueError("the total of a group must be above 0")
    sampled = np.bincount(group, weights=design.weight)
    weight = design.weight * (known / sampled)[group]
    found = linearised_ratio(y, np.ones(np.shape(y)), design, domain, weight)
    of_group = group_sums(design.weight[:, None] * found.value, group, len(names))
    scores = weight[:, None] * (found.value - (of_group / sampled[:, None])[group])
    shape = np.shape(y)[1:]
    return survey_estimate(found, design, "post-stratified", shape, weight=weight, scores=scores)
