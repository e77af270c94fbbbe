"""Ranks with their confidence sets: never a rank without one."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.interval import Array, normal_quantile
from analysis.rank_bootstrap import Ranks, marginal_sets, normal_draws, simultaneous_sets
from analysis.read_only import ReadOnly

Chosen = npt.NDArray[np.bool_]
Sets = tuple[Ranks, Ranks]


@dataclass(frozen=True, kw_only=True)
class RankSets(ReadOnly):
    """Ranks of K units and the sets they lie in; arrays (K,), rank 1 the highest estimate.

    `rank` of the unrounded estimates, ties sharing the least; the set of a unit is `best` to
    `worst`. `method` names the formula; the sets hold for all units at once at `level`, with
    "marginal" each by itself. `tau` and `selected` (may be among the τ best or worst) are None
    but for "tau-best" and "tau-worst".
    """

    estimates: Array
    standard_errors: Array
    level: float
    method: str
    rank: Ranks
    best: Ranks
    worst: Ranks
    tau: int | None = None
    selected: Chosen | None = None

    @property
    def rankability(self) -> float:
        """The share of the variance between the estimates that is not noise, from 0 to 1.

        1 − mean(SE²)/variance (divisor K − 1). All estimates equal: 0. Fewer than two: nan.
        """
        if self.estimates.size < 2:  # noqa: PLR2004 - a variance needs two
            return float("nan")
        variance = self.estimates.var(ddof=1)
        noise = np.mean(self.standard_errors**2)
        return float(np.clip(1 - noise / variance, 0, 1)) if variance > 0 else 0.0

    def tiers(self, tau: int | None = None) -> npt.NDArray[np.str_]:
        """Return "top", "bottom" or "not distinguishable" of each unit, from its rank set.

        "top": outside the set of those that may be among the K − τ worst (worst ≤ τ), so among
        the τ best; "bottom": outside that of the K − τ best (best > K − τ). All names hold at
        once at the level. τ: default a third of the units, at least 1. At most τ units are top,
        often none is. One unit: not distinguishable.

        Raises ValueError for marginal sets, which do not hold at once, and for a τ below 1 or
        above half of the units, where a unit could be both.
        """
        units = self.rank.size
        if self.method == "marginal":
            raise ValueError("tiers need sets that hold at once; use 'klein' or 'simultaneous'")
        third = max(1, units // 3) if tau is None else tau
        if tau is not None and not 1 <= tau <= units / 2:
            raise ValueError("tau must lie between 1 and half of the units")
        names = np.full(units, "not distinguishable")
        if units > 1:
            names[self.worst <= third] = "top"
            names[self.best > units - third] = "bottom"
        return names


def rank_sets(
    estimates: npt.ArrayLike,
    standard_errors: npt.ArrayLike,
    *,
    level: float = 0.95,
    method: str = "klein",
    seed: int = 0,
    tau: int | None = None,
) -> RankSets:
    """Return the rank of each unit with its confidence set; rank 1 is the highest estimate.

    `estimates` and `standard_errors` (K,) of independent units, on one scale; approximately
    normal. Methods:

    * "klein": joint sets from simultaneous intervals, `klein_sets`. No simulation; K·log K.
    * "simultaneous": joint sets from all pairs with step-down, `rank_bootstrap`. Narrower; its
      cost grows with K², so for up to about 60 units. Depends on `seed`.
    * "marginal": the same for one unit named beforehand; not for a list.
    * "tau-best", "tau-worst": also `selected`, the units whose set reaches rank τ or better, or
      rank K − τ + 1 or worse; with probability `level` all true members are in. One-sided
      bounds of all units have the family of the simultaneous sets, every ordered pair, so these
      are the simultaneous sets. τ: default a third of the units, at least 1.

    True ranks with ties: the set covers every rank that the tied units share.

    One unit: {1}. No unit: empty arrays. All estimates equal: rank 1 and the set 1 to K for
    each. A unit whose estimate or standard error is nan is refused, for it could hold any rank
    and nobody else's set would say so: leave it out. A standard error of 0 is refused: it would
    be infinitely certain when all its answers happen to agree.

    Raises ValueError for these, for arrays of different or other than one dimension, an unknown
    method, a level outside (0, 1), a τ outside 1 to K, or a τ for another method.
    """
    if method not in METHODS:
        raise ValueError(f"unknown method {method!r}; use one of {', '.join(METHODS)}")
    x, s = _checked(estimates, standard_errors)
    normal_quantile(level)  # refuses a level outside (0, 1)
    chosen_tau = _checked_tau(tau, method, x.size)
    rank, last = _tied_ranks(x)
    best, worst = METHODS[method](x, s, level, seed)
    # No-ops but for rounding, when a standard error is lost beside its estimate.
    best, worst = np.minimum(best, rank), np.maximum(worst, last)
    return RankSets(
        estimates=x,
        standard_errors=s,
        level=level,
        method=method,
        rank=rank,
        best=best,
        worst=worst,
        tau=chosen_tau,
        selected=None if chosen_tau is None else SELECTIONS[method](best, worst, chosen_tau),
    )


def disjoint(a: RankSets, b: RankSets) -> Chosen:
    """Return which units' sets have no rank in common; a change of rank may be told only then.

    `a` and `b` rank the same units in the same order in two independent periods. With two joint
    sets at level 0.95 the probability of any false change is at most 1 − 0.95² = 0.0975 over
    the whole list; for 0.05 ask for √0.95 = 0.975 in each. The move must also be a change of
    rank among the same units: a unit that is new or left moves everybody.

    Raises ValueError when the numbers of units differ.
    """
    if a.rank.shape != b.rank.shape:
        raise ValueError("the periods rank different units; keep those that both have")
    return (a.worst < b.best) | (b.worst < a.best)


def klein_sets(estimates: Array, standard_errors: Array, level: float) -> Sets:
    """Return the least and greatest rank (K,) of joint sets from simultaneous intervals.

    The intervals x ± z·SE hold at once when each has the level level^(1/K) (Šidák; independent
    units). While they do, the units whose interval lies wholly above that of a unit are truly
    above it (lower limit ≥ its upper limit), so its rank is from 1 + their number to
    K − the number wholly below.

    Klein, M., Wright, T. and Wieczorek, J. (2020). A joint confidence region for an overall
    ranking of populations. JRSS Series C 69, 589–606.
    """
    units = estimates.size
    if units == 0:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    half = normal_quantile(level ** (1 / units)) * standard_errors
    low, high = estimates - half, estimates + half
    not_above = np.searchsorted(np.sort(low), high, side="left")
    below = np.searchsorted(np.sort(high), low, side="right")
    return 1 + units - not_above, units - below


def _klein(x: Array, s: Array, level: float, _seed: int) -> Sets:
    return klein_sets(x, s, level)


def _simultaneous(x: Array, s: Array, level: float, seed: int) -> Sets:
    return simultaneous_sets(x, s, level, normal_draws(x, s, seed))


def _marginal(x: Array, s: Array, level: float, seed: int) -> Sets:
    return marginal_sets(x, s, level, normal_draws(x, s, seed))


METHODS: dict[str, Callable[[Array, Array, float, int], Sets]] = {
    "klein": _klein,
    "simultaneous": _simultaneous,
    "marginal": _marginal,
    "tau-best": _simultaneous,
    "tau-worst": _simultaneous,
}
SELECTIONS: dict[str, Callable[[Ranks, Ranks, int], Chosen]] = {
    "tau-best": lambda best, _worst, tau: best <= tau,
    "tau-worst": lambda _best, worst, tau: worst > worst.size - tau,
}


def _tied_ranks(estimates: Array) -> Sets:
    """Return the first and last rank that the units of one estimate share."""
    ordered = np.sort(estimates)
    above = estimates.size - np.searchsorted(ordered, estimates, side="right")
    return 1 + above, estimates.size - np.searchsorted(ordered, estimates, side="left")


def _checked(estimates: npt.ArrayLike, standard_errors: npt.ArrayLike) -> tuple[Array, Array]:
    x, s = np.array(estimates, dtype=np.float64), np.array(standard_errors, dtype=np.float64)
    if x.ndim != 1 or x.shape != s.shape:
        raise ValueError("give one estimate and one standard error for each unit")
    if not (np.isfinite(x) & np.isfinite(s)).all():
        raise ValueError("a unit without estimate or standard error has no rank; leave it out")
    if (s < 0).any():
        raise ValueError("a standard error is negative; give the square root of the variance")
    if (s == 0).any():
        raise ValueError(
            "a standard error is 0; give that of Wilson's interval with the effective size"
        )
    return x, s


def _checked_tau(tau: int | None, method: str, units: int) -> int | None:
    if method not in SELECTIONS:
        if tau is not None:
            raise ValueError("tau is for the methods 'tau-best' and 'tau-worst'")
        return None
    if tau is None:
        return max(1, units // 3)
    if not 1 <= tau <= units:
        raise ValueError("tau must lie between 1 and the number of units")
    return tau
