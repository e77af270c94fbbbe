"""Tests of cross-tables that know the design: Rao–Scott, and ranks of full distributions."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import chdtrc, fdtrc

from analysis.design import Mask, SurveyDesign
from analysis.estimators import mean
from analysis.interval import Array
from analysis.read_only import ReadOnly

Labels = npt.NDArray[np.generic]
UNANSWERED = (0, 6, 9)


@dataclass(frozen=True, kw_only=True)
class IndependenceTest(ReadOnly):
    """Whether rows and columns of a cross-table are independent.

    `statistic` F with `numerator_df` and `denominator_df` degrees of freedom (second-order
    correction) and its `p_value`: the one to publish. `pearson`: X² as if n people were drawn
    at random, with `cells` degrees of freedom. `table`: shares of all, by row and column.
    """

    statistic: float
    numerator_df: float
    denominator_df: float
    p_value: float
    pearson: float
    cells: int
    design_effect: float
    n: int
    table: Array
    row_labels: Labels
    column_labels: Labels
    method: str = "rao-scott"

    @property
    def first_order(self) -> float:
        """X² over the mean design effect, about chi-square with `cells` degrees of freedom."""
        return self.statistic * self.cells

    @property
    def first_order_p(self) -> float:
        """The p-value of the first-order correction."""
        return float(chdtrc(self.cells, self.first_order))


@dataclass(frozen=True, kw_only=True)
class RankTest(ReadOnly):
    """Whether answers are higher in one group than in another.

    `mean_ranks` (groups,) from 0 to 1, in the order of `labels`; `differences` (groups − 1,)
    from the first. Of two groups, 0.5 + difference is the probability that one of the second
    answers higher than one of the first, a tie counting half. `standard_errors` of the
    differences; `statistic` F with `numerator_df` and `denominator_df`, for two groups t².
    """

    mean_ranks: Array
    differences: Array
    standard_errors: Array
    statistic: float
    numerator_df: int
    denominator_df: int
    p_value: float
    n: int
    labels: Labels
    method: str


def rao_scott(
    rows: npt.ArrayLike,
    columns: npt.ArrayLike,
    design: SurveyDesign,
    domain: npt.ArrayLike | None = None,
) -> IndependenceTest:
    """Return the Rao–Scott test of independence of two labels, each of shape (n,).

    With X² Pearson's statistic and Δ the generalised design effects of the interaction,
    F = X²/tr Δ on d = (tr Δ)²/tr Δ² and d·df degrees of freedom, df those of the domain.
    Missing (nan) labels are outside the domain; 0, 6 and 9 are labels like others, for the
    domain to leave out. A cell may be empty. A census, or no degree of freedom: p is nan.

    Rao, J. N. K. and Scott, A. J. (1984). On chi-squared tests for multiway contingency tables
    with cell proportions estimated from survey data. Annals of Statistics 12, 46–60; R's
    svychisq(statistic = "F").

    Raises ValueError for labels other than one a person, fewer than two labels answered on a
    side, and a table with so many empty cells that nothing is left to test: merge labels.
    """
    inside = design.members(domain) & _known(rows, design) & _known(columns, design)
    row_labels, row = np.unique(np.asarray(rows)[inside], return_inverse=True)
    column_labels, column = np.unique(np.asarray(columns)[inside], return_inverse=True)
    shape = len(row_labels), len(column_labels)
    if min(shape) <= 1:
        raise ValueError("a cross-table needs at least two labels answered on each side")
    cells = np.zeros((design.n, shape[0] * shape[1]))
    cells[np.flatnonzero(inside), row * shape[1] + column] = 1
    found = mean(cells, design, inside)
    table, n, df = found.estimate.reshape(shape), int(inside.sum()), found.degrees_of_freedom[0]
    effects, pearson = _generalised_effects(table, n * found.covariance), n * _pearson(table)
    trace = float(np.trace(effects)) or np.nan  # 0 for a census: nothing to test
    d = trace**2 / float(np.trace(effects @ effects) or np.nan)
    return IndependenceTest(
        statistic=pearson / trace,
        numerator_df=d,
        denominator_df=d * float(df),
        p_value=float(fdtrc(d, d * df, pearson / trace)),
        pearson=pearson,
        cells=len(effects),
        design_effect=trace / len(effects),
        n=n,
        table=table,
        row_labels=row_labels,
        column_labels=column_labels,
    )


def rank_test(
    levels: npt.ArrayLike,
    groups: npt.ArrayLike,
    design: SurveyDesign,
    domain: npt.ArrayLike | None = None,
) -> RankTest:
    """Return the design-based Wilcoxon test of levels (n,) between groups (n,) of labels.

    A person's rank is the estimated share of people below her level plus half of those at it;
    the mean ranks of the groups are compared by F with df + 1 − groups degrees of freedom. More
    than two groups: Kruskal–Wallis. Levels 0, 6, 9 and nan, and nan groups, are outside the
    domain. One person of a group, or all of one level: p is nan.

    Lumley, T. and Scott, A. J. (2013). Two-sample rank tests under complex sampling.
    Biometrika 100, 831–842. R's svyranktest is equal for equal weights; else it averages tied
    ranks without the weights, in the order of the rows, which this does not.

    Raises ValueError for values other than one a person and fewer than two groups.
    """
    known = _known(levels, design) & _known(groups, design) & ~np.isin(levels, UNANSWERED)
    inside = design.members(domain) & known
    labels, group = np.unique(np.asarray(groups)[inside], return_inverse=True)
    if len(labels) <= 1:
        raise ValueError("a rank test needs answers of at least two groups")
    ranks = np.full((design.n, len(labels)), np.nan)
    people = np.flatnonzero(inside)
    ranks[people, group] = _mid_ranks(np.asarray(levels)[people], design.weight[people])
    found = mean(ranks, design)
    contrast = np.eye(len(labels))[1:] - np.eye(len(labels))[0]
    differences, covariance = contrast @ found.estimate, contrast @ found.covariance @ contrast.T
    count, df = len(labels) - 1, int(design.degrees_of_freedom(inside[:, None])[0])
    statistic = _wald(differences, covariance) / count
    return RankTest(
        mean_ranks=found.estimate,
        differences=differences,
        standard_errors=np.sqrt(np.diag(covariance)),
        statistic=statistic,
        numerator_df=count,
        denominator_df=df - count,
        p_value=float(fdtrc(count, df - count, statistic)) if df > count else np.nan,
        n=len(people),
        labels=labels,
        method="design-based wilcoxon" if count == 1 else "design-based kruskal-wallis",
    )


def _known(labels: npt.ArrayLike, design: SurveyDesign) -> Mask:
    array = np.asarray(labels)
    if array.shape != (design.n,):
        raise ValueError(f"labels must be one for each of the {design.n} people")
    return ~np.isnan(array) if array.dtype.kind == "f" else np.ones(design.n, dtype=np.bool_)


def _pearson(table: Array) -> float:
    expected = np.outer(table.sum(axis=1), table.sum(axis=0))
    return float(((table - expected) ** 2 / expected).sum())


def _generalised_effects(table: Array, covariance: Array) -> Array:
    """Return Δ = (C′D⁻¹C)⁻¹ C′D⁻¹VD⁻¹C, C the contrasts of the interaction, D the shares."""
    rows, columns = (np.eye(size)[:, 1:] - 1 / size for size in table.shape)
    contrast, share = np.kron(rows, columns), table.reshape(-1, 1)
    scaled = np.divide(contrast, share, out=np.zeros_like(contrast), where=share > 0)
    plain = contrast.T @ scaled
    if np.linalg.matrix_rank(plain) < len(plain):
        raise ValueError("the table has too many empty cells; merge labels")
    return np.linalg.solve(plain, scaled.T @ covariance @ scaled)


def _mid_ranks(levels: Labels, weights: Array) -> Array:
    """Return the share of weight below each level plus half of that at it."""
    place = np.unique(levels, return_inverse=True)[1]
    at = np.bincount(place, weights=weights)
    return np.asarray(((at.cumsum() - at / 2) / at.sum())[place])


def _wald(differences: Array, covariance: Array) -> float:
    """Return δ′V⁻¹δ; nan where V is unknown or singular."""
    if np.isnan(covariance).any() or np.linalg.matrix_rank(covariance) < len(covariance):
        return np.nan
    return float(differences @ np.linalg.solve(covariance, differences))
