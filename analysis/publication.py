"""What may be shown of a figure, on the public page and on the manager's."""

import math
from dataclasses import dataclass
from enum import StrEnum

from analysis.interval import LEAST_DEGREES_OF_FREEDOM

# Fewer people together could give one of them away, whatever a province sets.
SMALLEST_GROUP = 10


class Reason(StrEnum):
    """Why something is not shown, for pages to say in words."""

    NO_ANSWERS = "no-answers"
    HIDDEN = "fewer-people-than-may-be-shown"
    FEW = "few-people"
    NOT_RANKED = "fewer-people-than-are-ranked"
    DEGREES_OF_FREEDOM = "too-few-degrees-of-freedom"
    WIDE = "interval-too-wide"
    RELIABILITY = "reliability-too-low"
    RELIABILITY_UNKNOWN = "reliability-unknown"
    COVERAGE = "coverage-too-low"
    COVERAGE_UNKNOWN = "coverage-unknown"


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """The numbers of the gates; settings, so a change is logged and printed.

    People: below `hidden` nothing is shown, below `few` neither colour nor change nor rank,
    from `ranked` on a unit is eligible for tiers. `reliability` of units from which on ranks
    are told, `reliability_stakes` where pay, awards or discipline hang on them; `coverage` n/N;
    least `degrees_of_freedom`; `width` of the 95 % interval, a fraction, that is too wide.

    Raises ValueError for hidden < 10, people not in ascending order, fewer than 8 degrees of
    freedom (there is no interval then), and fractions that are not from 0 to 1 in order.
    """

    hidden: int = SMALLEST_GROUP
    few: int = 30
    ranked: int = 100
    reliability: float = 0.70
    reliability_stakes: float = 0.80
    coverage: float = 0.10
    degrees_of_freedom: int = LEAST_DEGREES_OF_FREEDOM
    width: float = 0.30

    def __post_init__(self) -> None:
        if not SMALLEST_GROUP <= self.hidden <= self.few <= self.ranked:
            raise ValueError("people must satisfy 10 ≤ hidden ≤ few ≤ ranked")
        if self.degrees_of_freedom < LEAST_DEGREES_OF_FREEDOM:
            raise ValueError("degrees_of_freedom must be 8 or more; below there is no interval")
        if not 0 <= self.reliability <= self.reliability_stakes <= 1:
            raise ValueError("reliability must satisfy 0 ≤ reliability ≤ reliability_stakes ≤ 1")
        if not (0 <= self.coverage <= 1 and 0 < self.width <= 1):
            raise ValueError("coverage and width must be fractions from 0 to 1")


DEFAULT = Thresholds()


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What one page may show of a figure; each field is a permission.

    `count` the number of people and the coverage; `comments` as far as small numbers go;
    `share` the estimate; `interval`; `items` the table of items, each with its interval and its
    own gates; `colour`; `change` since another period, as an interval; `arrow` also as a
    direction; `rank` a place among peers, only ever as its confidence set; `tier` a place in
    rank sets, tiers and stars.
    """

    count: bool
    comments: bool
    share: bool
    interval: bool
    items: bool
    colour: bool
    change: bool
    arrow: bool
    rank: bool
    tier: bool


@dataclass(frozen=True, kw_only=True)
class Gates:
    """What may be shown to whom, why not more, and the thresholds that decided."""

    public: Shown
    manager: Shown
    reasons: tuple[Reason, ...]
    thresholds: Thresholds

    @property
    def few(self) -> bool:
        """Whether "ít phiếu" stands beside the figure."""
        return Reason.FEW in self.reasons

    @property
    def wide(self) -> bool:
        """Whether the interval is too wide for a share: the manager sees it with a warning."""
        return Reason.WIDE in self.reasons


def gates(
    n: int,
    reliability: float | None = None,
    coverage: float | None = None,
    df: float | None = None,
    *,
    width: float | None = None,
    invited: bool = False,
    stakes: bool = False,
    thresholds: Thresholds = DEFAULT,
) -> Gates:
    """Return what may be shown of a figure that `n` people answered, in one cell and period.

    `reliability` of the units compared, `coverage` n/N, `df` degrees of freedom, `width` of the
    95 % interval as a fraction; `invited` when everybody, or every k-th, was invited and that is
    documented, which stands in for coverage; `stakes` when pay, awards or discipline hang on
    the rank. With the default thresholds:

    ========================= ================================== =============================
    people                    public                             manager
    ========================= ================================== =============================
    0                         count                              count
    1–9                       nothing                            count
    10–29                     count, comments, share, interval   the same and items
    30–99                     and items, colour, change; rank    all
                              if reliability ≥ .70
    ≥ 100, reliability ≥ .70, and arrow, tier                    all
    coverage ≥ .10 or invited
    ========================= ================================== =============================

    A row that is not reached falls back to the one above. Before all of it:

    * df < 8: no interval, so nothing but count and comments.
    * width ≥ .30: unreliable. The public sees count and comments; the manager also the interval
      alone, with a warning, and the items. At n = 10–29 an item is nearly always that wide, so
      the manager's table then is mostly intervals without shares, which is what it promises.

    df and width of None: the figure has none to wait for (a plain share of people; a count).
    nan: they could not be computed, which is not enough. Reliability or coverage of None or nan
    are unknown, which is not enough either. `stakes` asks for reliability .80 for ranks and
    tiers. What the manager sees beyond the public is for looking, not for deciding on anybody:
    `reasons` names what is missing there too. It lists all that fails, in the order of `Reason`,
    and only what n alone says where nothing is shown for it.

    With more people (of one or more), reliability, coverage or degrees of freedom, or a narrower
    interval, never less is shown; and never less to the manager than to the public. The figure
    must be gated after all filters. Complementary suppression is `analysis.disclosure`.

    Raises ValueError for n that is not a whole number ≥ 0, and coverage or width below 0.

    GP Patient Survey (fewer than 10); Parker, J. D. et al. (2017). NCHS data presentation
    standards for proportions. Vital and Health Statistics 2(175) (degrees of freedom, width);
    Adams, J. L. (2009). The reliability of provider profiling. RAND TR-653 (reliability).
    """
    if n < 0 or not float(n).is_integer():
        raise ValueError("n must be a whole number of people")
    if (coverage is not None and coverage < 0) or (width is not None and width < 0):
        raise ValueError("coverage and width cannot be below 0")
    needed = thresholds.reliability_stakes if stakes else thresholds.reliability
    fails = {
        **_of_people(n, thresholds),
        Reason.DEGREES_OF_FREEDOM: df is not None and not df >= thresholds.degrees_of_freedom,
        Reason.WIDE: width is not None and not width < thresholds.width,
        **_short(reliability, needed, Reason.RELIABILITY, Reason.RELIABILITY_UNKNOWN),
        **_short(
            math.inf if invited else coverage,
            thresholds.coverage,
            Reason.COVERAGE,
            Reason.COVERAGE_UNKNOWN,
        ),
    }
    reasons = tuple(reason for reason in Reason if fails[reason])
    if n < thresholds.hidden:
        reasons = reasons[:1]
    return Gates(
        public=_public(frozenset(reasons)),
        manager=_manager(frozenset(reasons)),
        reasons=reasons,
        thresholds=thresholds,
    )


def _of_people(n: int, thresholds: Thresholds) -> dict[Reason, bool]:
    """Return which row of the table the people are in: the least that they fall short of."""
    hidden, few, ranked = thresholds.hidden, thresholds.few, thresholds.ranked
    return {
        Reason.NO_ANSWERS: n == 0,
        Reason.HIDDEN: 0 < n < hidden,
        Reason.FEW: hidden <= n < few,
        Reason.NOT_RANKED: few <= n < ranked,
    }


def _short(value: float | None, least: float, low: Reason, unknown: Reason) -> dict[Reason, bool]:
    """Return whether a value is below the least, or not known."""
    is_unknown = value is None or math.isnan(value)
    return {low: value is not None and value < least, unknown: is_unknown}


_NOBODY = frozenset({Reason.NO_ANSWERS, Reason.HIDDEN})
_NO_INTERVAL = _NOBODY | {Reason.DEGREES_OF_FREEDOM}
_NO_SHARE = _NO_INTERVAL | {Reason.WIDE}
_NO_COMPARISON = _NO_SHARE | {Reason.FEW}
_NO_RANK = _NO_COMPARISON | {Reason.RELIABILITY, Reason.RELIABILITY_UNKNOWN}


def _public(reasons: frozenset[Reason]) -> Shown:
    usable, compared = reasons.isdisjoint(_NO_SHARE), reasons.isdisjoint(_NO_COMPARISON)
    return Shown(
        count=Reason.HIDDEN not in reasons,
        comments=reasons.isdisjoint(_NOBODY),
        share=usable,
        interval=usable,
        items=compared,
        colour=compared,
        change=compared,
        arrow=not reasons,
        rank=reasons.isdisjoint(_NO_RANK),
        tier=not reasons,
    )


def _manager(reasons: frozenset[Reason]) -> Shown:
    known, compared = reasons.isdisjoint(_NO_INTERVAL), reasons.isdisjoint(_NO_COMPARISON)
    return Shown(
        count=True,
        comments=reasons.isdisjoint(_NOBODY),
        share=reasons.isdisjoint(_NO_SHARE),
        interval=known,
        items=known,
        colour=compared,
        change=compared,
        arrow=compared,
        rank=compared,
        tier=compared,
    )
