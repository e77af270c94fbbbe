"""Key drivers: which factors go together with the overall judgement, and how they perform."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.index import ItemShare
from analysis.interval import Array, ConfidenceInterval, normal_quantile
from analysis.johnson import RelativeWeights, relative_weights
from analysis.layout import MISSING, NOT_APPLICABLE
from analysis.proportions import Proportion, proportion
from analysis.sums import SCALE

CONCENTRATE, KEEP_UP = "concentrate", "keep up"
LOW_PRIORITY, OVERDONE = "low priority", "overdone"
NOT_DISTINGUISHABLE = "not distinguishable"
# By whether importance and performance are above the mean of the drivers.
QUADRANTS = {
    (True, False): CONCENTRATE,
    (True, True): KEEP_UP,
    (False, False): LOW_PRIORITY,
    (False, True): OVERDONE,
}
FEWEST_RESAMPLES = 100


@dataclass(frozen=True, kw_only=True)
class Driver:
    """One driver: how much of the outcome goes together with it, and how it performs.

    `importance`: its relative weight, a part of R²; `share_of_r2`: the same over R². Its
    `standard_error` is the standard deviation of the resamples, which have no degrees of freedom.
    `performance`: share of 4 and 5 among the `n` people who answered it. `n_missing` were asked
    and left it, `n_not_applicable` said that it does not concern them.
    """

    code: str
    importance: float
    standard_error: float
    interval: ConfidenceInterval[float]
    share_of_r2: float
    performance: float
    performance_interval: ConfidenceInterval[float]
    n: int
    n_missing: int
    n_not_applicable: int
    quadrant: str


@dataclass(frozen=True, kw_only=True)
class KeyDrivers:
    """The drivers in the order given, and R² of the outcome on them.

    `n` people answered the outcome and all drivers, `n_incomplete` did not; only the weights
    and R² are confined to the former.
    """

    drivers: tuple[Driver, ...]
    r_squared: float
    n: int
    n_incomplete: int
    level: float
    resamples: int
    method: str = "johnson-relative-weights"


def key_drivers(
    levels: npt.ArrayLike,
    outcome: npt.ArrayLike,
    *,
    codes: Sequence[str] | None = None,
    shares: Sequence[ItemShare] | None = None,
    resamples: int = 2000,
    level: float = 0.95,
    seed: int = 0,
) -> KeyDrivers:
    """Return how much of the outcome goes together with each driver, beside its performance.

    Importance is association among those who answered. It never says that a driver raises the
    outcome, nor that work on it will.

    `levels` (people, drivers) and `outcome` (people,): 1..5 an answer, 6 left, 9 not applicable,
    any other code not put. `codes` name the drivers ("1", "2", … if None). Weights come from
    people who answered everything (listwise): a driver that few are asked costs most of them.

    Johnson's relative weights: the orthogonal variables Z nearest to the drivers X explain R² as
    Σβ²; X gets back what of it Z shares with it. With the correlations R_xx = VΛV' of drivers,
    r with the outcome and M = VΛ^½V': weight = M∘M · (M⁻¹r)∘(M⁻¹r). They are ≥ 0 and sum to R².
    Interval: BCa over `resamples` of people. A weight is never below 0, so its interval never
    holds 0 and is no test of it. Performance: top-2-box. `shares` are those of the drivers as
    they are published elsewhere (strata, weights), so that one figure has one interval; without
    them the people are one stratum, and the interval is Wilson's.

    Quadrant: importance and performance against their means over the drivers ("concentrate":
    above and below; "keep up": both above; "low priority": both below; "overdone": below and
    above), but "not distinguishable" where either interval holds its mean or is nan. The mean is
    taken as known; over the drivers, the distance from it varies less on average than the figure
    itself, so this errs towards "not distinguishable". It is a rule of reading, not a test.

    A driver that all answer alike has importance 0, no interval, and counts in the mean.
    Identical drivers share equally; a singular R_xx is inverted on what varies. Outcome without
    variance, or fewer than 2 complete people: weights and R² nan. Fewer than 10: no intervals.
    No interval either where all resamples lie on one side of the weight. A resample whose
    outcome does not vary has weights 0. A driver nobody answered: no complete people; leave it
    out. With few people R² is large by itself: it is not adjusted.

    Johnson, J. W. (2000). A heuristic method for estimating the relative weight of predictor
    variables in multiple regression. Multivariate Behavioral Research 35, 1–19. Efron, B.
    (1987). Better bootstrap confidence intervals. JASA 82, 171–185. Martilla, J. A. & James,
    J. C. (1977). Importance-performance analysis. Journal of Marketing 41(1), 77–79.

    Raises ValueError for shapes that do not fit, codes that do not name each driver once, another
    number of shares, fewer than 100 resamples, and a level outside (0, 1).
    """
    x, y = np.asarray(levels), np.asarray(outcome)
    names = _names(x, y, codes)
    if resamples < FEWEST_RESAMPLES:
        raise ValueError(f"BCa limits need at least {FEWEST_RESAMPLES} resamples")
    normal_quantile(level)  # refuses a level that is none
    answers = np.column_stack([x, y])
    rows = answers[np.isin(answers, range(1, SCALE + 1)).all(axis=1)].astype(np.int64)
    found = _shares(x) if shares is None else shares
    if len(found) != len(names):
        raise ValueError(f"shares must be one for each of the {len(names)} drivers")
    importance = relative_weights(rows, resamples, level, seed)
    return KeyDrivers(
        drivers=_drivers(names, x, found, importance, level),
        r_squared=float(importance.weights.sum()),
        n=len(rows),
        n_incomplete=len(x) - len(rows),
        level=level,
        resamples=resamples,
    )


def _names(
    x: npt.NDArray[np.generic], y: npt.NDArray[np.generic], codes: Sequence[str] | None
) -> tuple[str, ...]:
    """Return the codes of the drivers; ValueError where the arguments do not fit together."""
    if x.ndim != 2 or not x.shape[1] or y.shape != x.shape[:1]:  # noqa: PLR2004 -- rows, columns
        raise ValueError("levels must be (people, drivers) with a driver, outcome (people,)")
    names = tuple(str(j + 1) for j in range(x.shape[1])) if codes is None else tuple(codes)
    if len(set(names)) != x.shape[1] or len(names) != x.shape[1]:
        raise ValueError(f"codes must name each of the {x.shape[1]} drivers once")
    return names


def _shares(x: npt.NDArray[np.generic]) -> list[Proportion]:
    """Return the top-2-box share of each driver, the people being one stratum."""
    n, satisfied = (np.isin(x, range(lowest, SCALE + 1)).sum(axis=0) for lowest in (1, SCALE - 1))
    return [proportion(*pair) for pair in zip(satisfied, n, strict=True)]


def _drivers(
    names: tuple[str, ...],
    x: npt.NDArray[np.generic],
    shares: Sequence[ItemShare | Proportion],
    importance: RelativeWeights,
    level: float,
) -> tuple[Driver, ...]:
    """Return the drivers, performance and quadrant added."""
    weights, limits = importance.weights, importance.limits
    found = [share.confidence_interval(level) for share in shares]
    performance = np.array([share.estimate for share in shares])
    reach = np.array([[each.low, each.high] for each in found]).T
    quadrants = _quadrants(weights, limits, performance, reach)
    with np.errstate(invalid="ignore"):
        parts = weights / weights.sum()
    return tuple(
        Driver(
            code=code,
            importance=float(weights[j]),
            standard_error=float(importance.standard_errors[j]),
            interval=_interval(limits[:, j], level, "bca"),
            share_of_r2=float(parts[j]),
            performance=float(performance[j]),
            performance_interval=_interval(reach[:, j], level, found[j].method),
            n=int(shares[j].n),
            n_missing=int((x[:, j] == MISSING).sum()),
            n_not_applicable=int((x[:, j] == NOT_APPLICABLE).sum()),
            quadrant=quadrants[j],
        )
        for j, code in enumerate(names)
    )


def _interval(limits: Array, level: float, method: str) -> ConfidenceInterval[float]:
    return ConfidenceInterval(float(limits[0]), float(limits[1]), level, method)


def _quadrants(
    importance: Array, limits: Array, performance: Array, performance_limits: Array
) -> list[str]:
    """Return the quadrant of each driver; limits (2, drivers)."""
    above, known = [], np.ones(len(importance), dtype=np.bool_)
    for figure, (low, high) in ((importance, limits), (performance, performance_limits)):
        mean = figure.mean()
        known &= (low > mean) | (high < mean)
        above.append((figure > mean).tolist())
    pairs = zip(*above, known.tolist(), strict=True)
    return [QUADRANTS[i, p] if sure else NOT_DISTINGUISHABLE for i, p, sure in pairs]
