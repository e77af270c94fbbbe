"""Many comparisons decided by their intervals: Holm's step-down method without p-values."""

from collections.abc import Callable, Sequence

from analysis.comparison import USUAL_LEVEL
from analysis.interval import ConfidenceInterval

# The interval of a difference from what it is held against, at any level.
Limits = Callable[[float], ConfidenceInterval[float]]


def step_down(differences: Sequence[Limits], *, level: float = USUAL_LEVEL) -> tuple[int, ...]:
    """Return for each difference −1, 0 or 1: surely below 0, not told apart, surely above.

    With m differences left, those whose interval of level 1 − (1 − level)/m leaves out 0 are
    told apart; then the same with those that are left, until none is. These are Holm's
    rejections where p is 1 − the level at which an interval reaches 0, found without p: any
    false finding among them has a probability of at most 1 − level, whatever the dependence.

    A difference whose limits are nan is 0, and no comparison. Raises ValueError for a level
    outside (0, 1).

    Holm, S. (1979). Scand. J. Statistics 6, 65–70.
    """
    if not 0 < level < 1:
        raise ValueError("level must lie between 0 and 1")
    sides = dict.fromkeys(range(len(differences)), 0)
    left = [number for number, limits in enumerate(differences) if _is_known(limits(level))]
    while left:
        each = 1 - (1 - level) / len(left)
        found = {number: _side(differences[number](each)) for number in left}
        if not any(found.values()):
            break
        sides |= found
        left = [number for number in left if not found[number]]
    return tuple(sides.values())


def _is_known(limits: ConfidenceInterval[float]) -> bool:
    return limits.low <= limits.high  # False for nan too


def _side(limits: ConfidenceInterval[float]) -> int:
    return int(limits.low > 0) - int(limits.high < 0)
