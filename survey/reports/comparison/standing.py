"""Where peers stand: the funnel, rank sets and tiers, and which ranks changed."""

import math
from collections.abc import Collection, Mapping

import numpy as np

from analysis import ConfidenceInterval, funnel, gates, rank_sets
from analysis.comparison import stabilised
from analysis.funnel_chart import ControlLimits
from analysis.measurement import reliability_from_sums
from analysis.publication import Reason
from analysis.ranks import RankSets, disjoint
from survey.reports.comparison.figures import Index
from survey.reports.comparison.result import Move, Spot, Standing

Indices = Mapping[str, Index]
Coverage = Mapping[str, float]

# The sets from all pairs are narrower, and their cost grows with the square of the units.
MOST_IN_PAIRS = 60
LEVEL = 0.95
# Of each of two periods, so that both lists of sets hold together at LEVEL.
LEVEL_OF_EACH = math.sqrt(LEVEL)
FEWEST = 2
# What keeps a unit out of rank sets; coverage that nobody knows is said beside them.
UNRANKED = frozenset(
    {
        Reason.NO_ANSWERS,
        Reason.HIDDEN,
        Reason.FEW,
        Reason.NOT_RANKED,
        Reason.DEGREES_OF_FREEDOM,
        Reason.WIDE,
        Reason.RELIABILITY,
        Reason.RELIABILITY_UNKNOWN,
        Reason.COVERAGE,
    }
)


def why_unranked(known: Indices, coverage: Coverage) -> dict[str, tuple[Reason, ...]]:
    """Return what keeps each unit out of the rank sets; nothing where it is eligible."""
    reliable = reliability_from_sums({code: index.sums for code, index in known.items()}).by_unit
    return {
        code: tuple(
            reason
            for reason in gates(
                index.figure.n_respondents,
                reliability=reliable.get(code),
                coverage=coverage.get(code),
                df=index.figure.degrees_of_freedom,
                width=index.figure.interval.high - index.figure.interval.low,
            ).reasons
            if reason in UNRANKED
        )
        for code, index in known.items()
    }


def ranking(known: Indices, codes: Collection[str], level: float = LEVEL) -> RankSets | None:
    """Return the rank sets of some units, in their order; None of fewer than two."""
    if len(codes) < FEWEST:
        return None
    chosen = [known[code].estimate for code in codes]
    method = "simultaneous" if len(chosen) <= MOST_IN_PAIRS else "klein"
    estimates, errors = [e.estimate for e in chosen], [stabilised(e) for e in chosen]
    return rank_sets(estimates, errors, level=level, method=method)


def standings(codes: Collection[str], sets: RankSets | None) -> dict[str, Standing]:
    """Return the rank set and tier of each unit."""
    if sets is None:
        return {}
    rows = zip(codes, sets.best.tolist(), sets.worst.tolist(), sets.tiers().tolist(), strict=True)
    return {
        code: Standing(best=best, worst=worst, tier=tier, level=sets.level, method=sets.method)
        for code, best, worst, tier in rows
    }


def moves(now: Indices, before: Indices, codes: Collection[str]) -> dict[str, Move]:
    """Return the units whose rank changed among the same units since the period before."""
    old, new = (ranking(each, codes, LEVEL_OF_EACH) for each in (before, now))
    if old is None or new is None:
        return {}
    changed = disjoint(old, new)
    return {
        code: Move(
            before=(int(old.best[number]), int(old.worst[number])),
            now=(int(new.best[number]), int(new.worst[number])),
            level=new.level,
            method=new.method,
        )
        for number, code in enumerate(codes)
        if changed[number]
    }


def spots(known: Indices) -> tuple[float | None, dict[str, Spot]]:
    """Return the middle of the funnel and the place of each unit whose share may be coloured."""
    shown = [code for code, each in known.items() if each.figure.gates.manager.colour]
    if len(shown) < FEWEST:
        return None, {}
    sizes = np.maximum(np.round([known[code].estimate.n_effective for code in shown]), 1)
    shares = np.array([known[code].estimate.estimate for code in shown])
    found = funnel(np.round(sizes * shares), sizes)
    warning, action = found.adjusted_warning, found.adjusted_action
    return found.target, {
        code: Spot(
            n=int(sizes[number]),
            warning=_limits(warning, number),
            action=_limits(action, number),
            position=_position(
                shares[number] < found.target,
                bool(warning.flags[number]),
                bool(action.flags[number]),
            ),
        )
        for number, code in enumerate(shown)
    }


def _limits(of: ControlLimits, number: int) -> ConfidenceInterval[float]:
    return ConfidenceInterval(float(of.low[number]), float(of.high[number]), of.level, of.method)


def _position(is_below: bool, warned: bool, acted: bool) -> str:
    if not warned:
        return "usual"
    return f"{'very-' if acted else ''}{'low' if is_below else 'high'}"
