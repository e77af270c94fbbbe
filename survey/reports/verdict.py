"""What the figures of a period come to: against their targets and the period before.

Nothing is called better or worse unless an interval says so; of a list of figures, Holm's
step-down holds the chance of any false word in it below 5 %.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from analysis import ConfidenceInterval, Difference, difference, equivalence
from analysis.comparison import USUAL_LEVEL
from analysis.multiplicity import simultaneous_level
from analysis.stepdown import Limits, step_down
from survey.period import Period
from survey.reports.advice import ADVICE, Advice
from survey.reports.report import Figure, Gap
from survey.storage.targets import Key, Target

BELOW, FELL, IMPROVED, KEPT, UNKNOWN = "below", "fell", "improved", "kept", "unknown"
# Of a period that is not closed, both why nothing is compared and the word for each figure: who
# looks every day finds a false difference in nearly every second year.
OPEN = "open"
# A change that is surely smaller is none that matters; set before anybody looked.
MARGIN = 0.05
# How far the ways of answering may shift, as the part of people who moved, before two periods
# ask different people.
SHIFT = 0.25


@dataclass(frozen=True, kw_only=True)
class Before:
    """The period of the same kind before; `obstacle` says why nothing is held against it.

    "open": the period itself is not closed, nor held against its targets; "none": no result;
    "hidden"; "instrument", "boundaries", "channels" or "rollup" changed.
    """

    period: Period
    figures: Mapping[Key, Figure]
    obstacle: str | None = None


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One figure against its target and the period before, and the word for it.

    `change` is None where the period before, or either figure, does not allow one; `side` is
    −1 or 1 where it surely fell or rose. `is_same`: it is surely smaller than one that matters.
    """

    figure: Figure
    target: Target | None
    change: Gap | None
    side: int
    is_same: bool
    word: str


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The index and its parts, the weakest first; `comparisons` were made among the parts.

    `weakest` stands surely below its target, or below all its like; None where none does.
    """

    before: Before
    index: Standing
    parts: tuple[Standing, ...]
    comparisons: int
    weakest: Standing | None

    @property
    def advice(self) -> Advice | None:
        """What to do first about the weakest, in each language."""
        return ADVICE[self.weakest.figure.code] if self.weakest else None


def verdict(figures: Sequence[Figure], targets: Mapping[Key, Target], before: Before) -> Verdict:
    """Return what the figures of a place come to, the index first among them."""
    index, *others = (_Judged(each, targets.get(_key(each)), before) for each in figures)
    listed = _listed(others)
    standings = sorted(_judge(listed), key=_weakness)
    return Verdict(
        before=before,
        index=_judge([index])[0],
        parts=tuple(standings),
        comparisons=sum(len(each.tests) for each in listed),
        weakest=None if before.obstacle == OPEN else _weakest(standings),
    )


def shift(before: Mapping[str, int], now: Mapping[str, int]) -> float:
    """Return which part of the people would have to answer another way to make both mixes one."""
    first, second = Counter(before), Counter(now)
    n, m = first.total(), second.total()
    if not n or not m:
        return 0.0
    return sum(abs(first[way] / n - second[way] / m) for way in first | second) / 2


class _Judged:
    """A figure with the tests that it takes: against its target, against the period before."""

    def __init__(self, figure: Figure, target: Target | None, before: Before) -> None:
        self.figure, self.target, self._is_open = figure, target, before.obstacle == OPEN
        self.difference = _difference(figure, before)
        self.tests: list[Limits] = []
        if target is not None and figure.is_compared and not self._is_open:
            self.tests.append(partial(_above, figure, target.share))
        if self.difference is not None:
            self.tests.append(self.difference.confidence_interval)

    def standing(self, sides: Sequence[int], level: float) -> Standing:
        """Return the figure with its word, from the side on which each of its tests came out."""
        found, has_change = self.difference, self.difference is not None
        to_target = sides[0] if len(sides) > has_change else 0
        side = sides[-1] if has_change else 0
        is_same = found is not None and equivalence(found, MARGIN, level=level).is_equivalent
        return Standing(
            figure=self.figure,
            target=self.target,
            change=Gap.of(found) if found else None,
            side=side,
            is_same=is_same and not side,
            word=OPEN
            if self._is_open
            else _word(to_target, side, is_same=is_same and self.target is None),
        )


def _judge(judged: Sequence[_Judged]) -> list[Standing]:
    """Return the standings of some figures that are looked at together."""
    sides = iter(step_down([test for each in judged for test in each.tests]))
    level = simultaneous_level(USUAL_LEVEL, sum(bool(each.difference) for each in judged) or 1)
    return [each.standing([next(sides) for _ in each.tests], level) for each in judged]


def _word(to_target: int, changed: int, *, is_same: bool) -> str:
    if to_target < 0:
        return BELOW
    if changed:
        return IMPROVED if changed > 0 else FELL
    return KEPT if to_target > 0 or is_same else UNKNOWN


def _difference(figure: Figure, before: Before) -> Difference | None:
    earlier = before.figures.get(_key(figure))
    if before.obstacle or earlier is None or not (figure.is_compared and earlier.is_compared):
        return None
    return difference(figure.source, earlier.source)  # type: ignore[arg-type]


def _above(figure: Figure, target: float, level: float) -> ConfidenceInterval[float]:
    limits = figure.source.confidence_interval(level)  # type: ignore[union-attr]
    return replace(limits, low=limits.low - target, high=limits.high - target)


def _listed(judged: Sequence[_Judged]) -> list[_Judged]:
    """Return the factors, and their questions where a factor has more than one."""
    factors = [each for each in judged if each.figure.measure == "factor"]
    codes = {each.figure.code for each in factors} | {"overall"}
    items = [each for each in judged if each.figure.measure == "item"]
    return factors + [each for each in items if each.figure.code not in codes]


def _weakness(standing: Standing) -> tuple[bool, float]:
    """Order by share, those whose share is not told last: their order would tell it."""
    figure = standing.figure
    return not figure.has_share, figure.estimate if figure.has_share else 0.0


def _weakest(standings: Sequence[Standing]) -> Standing | None:
    """Return the question, or else the factor, that is surely weak; None where none can be told."""
    for measure in ("item", "factor"):
        alike = [each for each in standings if each.figure.measure == measure]
        known = [each for each in alike if each.figure.has_share]
        below = [each for each in known if each.word == BELOW]
        if below or _is_apart(alike):
            return next(iter(below or known))
    return None


def _is_apart(standings: Sequence[Standing]) -> bool:
    """Say whether the interval of the first lies below those of all others that are known."""
    known = [each.figure for each in standings if each.figure.is_known]
    if len(known) < 2 or not known[0].has_share:  # noqa: PLR2004 -- one and another
        return False
    return known[0].interval.high < min(each.interval.low for each in known[1:])


def _key(figure: Figure) -> Key:
    return figure.measure, figure.code
