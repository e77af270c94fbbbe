"""Signs of irregular answering: look here. A flag deletes nothing and says nothing of who."""

import math
from collections.abc import Hashable, Iterable

import numpy as np
import numpy.typing as npt
from scipy.special import gammainc, gammaln

from analysis.interval import Array

Flags = npt.NDArray[np.bool_]
# The codes: 1 to 5 an answer, 6 put and left, 9 not applicable, 0 not put.
CODES = (0, 1, 2, 3, 4, 5, 6, 9)
LOWEST, HIGHEST = 1, 5
# Sixteen words at 0.3 seconds a word, more than an item has: a slower limit flags readers.
SLOWEST_LIMIT = 5.0
# One answer is no line and one person no run; two people at once are a couple, not a burst.
SHORTEST_LINE = SHORTEST_RUN = 2
SMALLEST_BURST = 3


def straight_lining(levels: npt.ArrayLike, *, least: int = 5) -> Flags:
    """Flag people whose answers are all the same level, `least` answers or more.

    `levels` (people, items): 1–5 an answer; 0, 6 and 9 are no answers and are passed over.
    Answers (people,). Nobody gives an empty array; who answered fewer than `least` items is not
    flagged.

    Limits: the weakest of the signs. Where 95 % are satisfied, 4-4-4-4-4 and 5-5-5-5-5 are
    what content people mean; a straight line with a free comment, or with reversed items, would
    say more. Never a reason to leave an answer out; of use as a share that jumps at one point.

    Raises ValueError for levels that are not (people, items), unknown codes, and `least` < 2.

    Krosnick, J. A. (1991). Response strategies for coping with the cognitive demands of
    attitude measures in surveys. Applied Cognitive Psychology 5, 213–236. Schonlau, M. &
    Toepoel, V. (2015). Straightlining in Web survey panels over time. Survey Research Methods
    9, 125–137.
    """
    if least < SHORTEST_LINE:
        raise ValueError("one answer alone is always a straight line; use least=2 or more")
    codes = checked_codes(levels)
    answered = (codes >= LOWEST) & (codes <= HIGHEST)
    top = np.where(answered, codes, LOWEST).max(axis=1, initial=LOWEST)
    bottom = np.where(answered, codes, HIGHEST).min(axis=1, initial=HIGHEST)
    return np.asarray((answered.sum(axis=1) >= least) & (top == bottom))


def speed(seconds: npt.ArrayLike, n_answered: npt.ArrayLike, *, least: float = 1.0) -> Flags:
    """Flag people who took less than `least` seconds for each item they answered.

    `seconds` (people,) from the first item shown to the sending, `n_answered` (people,) items
    answered. nan (a clock that was not read) and nothing answered are not flagged; exactly
    `least` seconds an item is not.

    Evidence: below a second an item, answers contradict each other as those of people who do
    not read. Limits: items that one glance takes in, and a relative who taps what is said
    aloud, are fast too; a slow phone is never flagged. A script waits as long as it likes.

    Raises ValueError for seconds or counts below 0 (a clock that was set back is nan), and
    unless 0 < least ≤ 5, because a limit above 5 seconds an item flags ordinary readers.

    Wood, D., Harms, P. D., Lowman, G. H. & DeSimone, J. A. (2017). Response speed and response
    consistency as mutually validating indicators of data quality in online samples. Social
    Psychological and Personality Science 8, 454–464. 0.3 seconds a word: Zhang, C. & Conrad,
    F. (2014). Speeding in Web surveys. Survey Research Methods 8, 127–135.
    """
    if not 0 < least <= SLOWEST_LIMIT:
        raise ValueError("least must be above 0 and at most 5 seconds an item")
    taken, answered = np.asarray(seconds, np.float64), np.asarray(n_answered, np.float64)
    if np.any(taken < 0) or np.any(answered < 0):
        raise ValueError("seconds and counts cannot be below 0; an unknown time is nan")
    return np.asarray(taken < least * answered)


def bursts(
    minutes: npt.ArrayLike, *, window: float = 10.0, rate: float | None = None, alpha: float = 1e-4
) -> Flags:
    """Flag answers that came more densely to one point than its own rate explains.

    `minutes` (people,) times of arrival in any order; `window` in minutes, closed on the left;
    `rate` answers a minute. From each arrival one window starts. It is a burst if so many
    *others* lie in it as a Poisson process of that rate would bring with probability below
    `alpha`: P(X ≥ k) = gammainc(k, rate·window), and three or more came. Every answer in a
    burst is flagged. O(n log n).

    Without `rate` it is ln 2 / (median gap between arrivals), the median of exponential gaps:
    neither nights nor a burst move it, unless the burst holds half of all answers.

    False alarms: of n windows n·alpha at most are bursts by chance, so the chance of any flag
    among n independent answers is below n·alpha for a given `rate`, and in simulation for the
    estimated one (the scan statistic's own level lies below, because windows overlap; it is not
    computed).

    Limits: arrivals are not Poisson. Numbers called in turn, a bus, one tablet for a whole
    family and phones that send when they are back in reach make honest bursts. So do busy
    hours: where the first of eight hours brings three tenths of 80 answers a day, about one
    honest answer in a hundred is flagged. Give the `rate` of busy hours where it is known, and
    leave out answers that were typed in from paper.

    nan times are not flagged and not counted. Without `rate`, arrivals whose median gap is 0
    are not flagged: they are timed too coarsely to say.
    Raises ValueError for times that are not (people,), and for a window, rate or alpha out of
    range.

    Naus, J. I. (1965). The distribution of the size of the maximum cluster of points on a line.
    JASA 60, 532–538.
    """
    arrived = np.asarray(minutes, dtype=np.float64)
    if arrived.ndim != 1 or np.isinf(arrived).any():
        raise ValueError("minutes must be one finite number for each person, nan if unknown")
    if not (window > 0 and 0 < alpha < 1 and (rate is None or rate > 0)):
        raise ValueError("window and rate must be above 0, alpha between 0 and 1")
    flags, order = np.zeros(len(arrived), dtype=np.bool_), np.argsort(arrived)
    order = order[: np.count_nonzero(~np.isnan(arrived))]  # nan is sorted to the end
    times = arrived[order]
    expected = window * (_usual_rate(times) if rate is None else rate)
    first = np.arange(len(times))
    end = np.searchsorted(times, times + window, side="left")
    burst = is_burst(end - first, expected, alpha=alpha)
    flags[order] = first < np.maximum.accumulate(np.where(burst, end, 0))
    return flags


def is_burst(came: npt.ArrayLike, expected: float, *, alpha: float = 1e-4) -> Flags:
    """Say of windows in which `came` answers came whether they are bursts.

    `expected` answers a window; the rule and its limits are those of `bursts`.
    """
    people = np.asarray(came, dtype=np.intp)
    return np.asarray((people >= SMALLEST_BURST) & (_at_least(people - 1, expected) < alpha))


def _usual_rate(times: Array) -> float:
    """Return arrivals a minute; inf, which no burst exceeds, where gaps do not tell."""
    gap = float(np.median(times[1:] - times[:-1])) if len(times) > 1 else 0.0
    return math.log(2) / gap if gap > 0 else math.inf


def _at_least(k: npt.NDArray[np.intp], expected: float) -> Array:
    """Return P(X ≥ k) of a Poisson X."""
    return np.where(k > 0, gammainc(np.maximum(k, 1), expected), 1.0)


def repeated_vectors(levels: npt.ArrayLike, *, least: int = 3, alpha: float = 1e-3) -> Flags:
    """Flag runs of identical answers, one after the other, that chance does not explain.

    `levels` (people, items) in order of arrival at one point, codes 0–6 and 9, compared on all
    of them. A vector that K of n people gave stands r times in a row somewhere, if the order is
    chance, with probability at most (n − r + 1) · K(K−1)…(K−r+1) / n(n−1)…(n−r+1): that is
    n·q^r with the share q drawn without replacement. A run of `least` or more is flagged when
    this is below `alpha`/V, V the number of vectors that occur `least` times.

    So a counter where nearly everybody answers 5-5-5-5-5 is not flagged for it, while ten
    equal answers that nobody else gave are. No share has to be estimated: given which answers
    came, the chance of any flag is at most `alpha` when their order is chance.

    Limits: order is not quite chance. A good or bad day, one official's shift, a family
    answering together make honest runs; where each form carries other random items the vectors
    differ, and a copied answer is not seen; nor is one vector that everybody gave, or that was
    spread over many short runs.

    Nobody gives an empty array. Raises ValueError for levels that are not (people, items),
    unknown codes, `least` < 2 and alpha outside (0, 1).

    Mood, A. M. (1940). The distribution theory of runs. Annals of Mathematical Statistics 11,
    367–392. On copied answers: Kuriakose, N. & Robbins, M. (2016). Don't get duped: fraud
    through duplication in public opinion surveys. Statistical Journal of the IAOS 32, 283–291.
    """
    if least < SHORTEST_RUN or not 0 < alpha < 1:
        raise ValueError("use least=2 or more, and alpha between 0 and 1")
    codes = checked_codes(levels)
    if codes.size == 0:
        return np.zeros(len(codes), dtype=np.bool_)
    _, vector, people = np.unique(codes, axis=0, return_inverse=True, return_counts=True)
    starts = np.append(True, vector[1:] != vector[:-1])
    run = np.cumsum(starts) - 1
    length, same = np.bincount(run), people[vector[starts]]
    vectors = max(int(np.count_nonzero(people >= least)), 1)
    chance = _run_chance(len(codes), same, length)
    return np.asarray(((length >= least) & (chance < math.log(alpha / vectors)))[run])


def _run_chance(
    n: int, same: npt.NDArray[np.intp], length: npt.NDArray[np.intp]
) -> npt.NDArray[np.float64]:
    """Return the logarithm of the bound on a run of `length` among `same` equal of n."""
    drawn = gammaln(same + 1) - gammaln(same - length + 1)
    of_all = gammaln(n + 1) - gammaln(n - length + 1)
    return np.asarray(np.log(n - length + 1) + drawn - of_all)


def duplicates(tokens: Iterable[Hashable]) -> Flags:
    """Flag every answer after the first with the same token.

    `tokens` (people,) of dossiers or invitations in order of arrival; None or "" for an answer
    without one, which is never flagged: nothing says whose it is, several answers of one device
    are legitimate, and answers without token are reported apart. One dossier, one answer.

    Limits: two people may hold one dossier, and the first answer need not be the applicant's.
    """
    seen: set[Hashable] = set()
    flags = []
    for token in tokens:
        flags.append(bool(token) and token in seen)
        seen.add(token)
    return np.array(flags, dtype=np.bool_)


def checked_codes(levels: npt.ArrayLike) -> npt.NDArray[np.int8]:
    """Return levels as (people, items); ValueError where they are not, or hold unknown codes."""
    codes = np.asarray(levels)
    if codes.shape == (0,):
        return np.zeros((0, 0), dtype=np.int8)
    if codes.ndim != 2:  # noqa: PLR2004 - people and items
        raise ValueError("levels must have the shape (people, items)")
    if not np.isin(codes, CODES).all():
        raise ValueError(f"levels must be among {CODES}; put 6 for what was left")
    return codes.astype(np.int8)
