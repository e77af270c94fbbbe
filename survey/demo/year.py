"""A year of answer sheets by people who never were; seeded, so that a day's year is one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import cycle

import numpy as np
import numpy.typing as npt

from survey.demo import people
from survey.demo.comments import CONTENT, DISCONTENT
from survey.demo.counters import Counter
from survey.demo.days import busyness
from survey.storage.responses import LEVELS

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

SEED = 2026
DAYS = 365
DAYS_A_MONTH = DAYS / 12
WORKING_DAYS_A_MONTH = 21
# What communes, counters and the days of a counter differ by, on the scale of `people`.
COMMUNE, COUNTER, DAY = 0.15, 0.2, 0.15
# How much counters differ in size, as a logarithm.
SIZE = 0.2
# The old form on the web ended so many days before the year does.
OLD_FORM_ENDED = 90
UNTAPPED_VISIT, ENGLISH, COMMENT = 0.25, 0.02, 0.01
# Shares of the duration classes: hardly anybody needs more than two minutes.
DURATIONS = (0.02, 0.22, 0.62, 0.11, 0.02, 0.01)
PLEASED = 4


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: the place of its counter in the plan, and what was answered."""

    counter: int
    day: date
    key: int
    levels: bytes
    visit: str | None
    language: str
    duration_class: int
    comment: str | None


class Year:
    """The 365 days up to one, at some counters."""

    def __init__(self, counters: Sequence[Counter], last: date) -> None:
        self._counters = counters
        self._rng = np.random.default_rng(SEED)
        self._days = [last - timedelta(days=back) for back in reversed(range(DAYS))]
        self._mood = self._moods()

    def at_counters(self) -> list[Sheet]:
        """Return the sheets sent from the counters, in the order of their days."""
        busy = np.array([busyness(day) for day in self._days])
        size = np.exp(self._rng.normal(0, SIZE, len(self._counters)))
        daily = np.array([c.a_month for c in self._counters]) * size / WORKING_DAYS_A_MONTH
        return list(self._sheets(busy[:, None] * daily * self._is_open()))

    def of_old_form(self) -> list[Sheet]:
        """Return the sheets of the old form on the web, which came on any day."""
        daily = np.array([c.imported_a_month for c in self._counters]) / DAYS_A_MONTH
        ran = np.arange(DAYS) < DAYS - OLD_FORM_ENDED
        return list(self._sheets(ran[:, None] * daily))

    def _moods(self) -> Floats:
        """Return how content people are (days, counters): commune, counter, story and day."""
        codes = [counter.unit_code for counter in self._counters]
        communes, place = np.unique(codes, return_inverse=True)
        commune = self._rng.normal(0, COMMUNE, len(communes))[place]
        counter = self._rng.normal(0, COUNTER, len(codes))
        day = self._rng.normal(0, DAY, (DAYS, len(codes)))
        return commune + counter + day + self._moved()

    def _moved(self) -> Floats:
        """Return what the stories add (days, counters): who improved had begun lower."""
        moved = np.array([counter.moved for counter in self._counters])
        over = np.array([counter.over_months for counter in self._counters])
        months_back = np.arange(DAYS)[::-1, None] / DAYS_A_MONTH
        added: Floats = moved * np.clip(1 - months_back / over, 0, 1) - np.maximum(moved, 0)
        return added

    def _is_open(self) -> npt.NDArray[np.bool_]:
        back = np.arange(DAYS)[::-1, None]
        opened = np.array([DAYS if c.opened is None else c.opened for c in self._counters])
        closed = np.array([0 if c.closed is None else c.closed for c in self._counters])
        return (back < opened) & (back >= closed)

    def _sheets(self, expected: Floats) -> Iterator[Sheet]:
        """Yield sheets in the order of their days; `expected` of them (days, counters)."""
        sent = np.argwhere(np.ones_like(expected)).repeat(self._rng.poisson(expected).ravel(), 0)
        day, counter = sent.T
        visit = self._visits(counter)
        levels = people.answers(self._rng, self._mood[day, counter], visit)
        columns = (
            counter.tolist(),
            [self._days[place] for place in day],
            # Known keys hide nobody here; a real answer's is drawn by the system.
            self._rng.integers(0, 2**63, len(sent)).tolist(),
            [row.tobytes() for row in levels],
            self._tapped(visit),
            np.where(self._rng.random(len(sent)) < ENGLISH, "en", "vi").tolist(),
            self._rng.choice(len(DURATIONS), len(sent), p=DURATIONS).tolist(),
            self._comments(levels[:, 0]),
        )
        return (Sheet(*values) for values in zip(*columns, strict=True))

    def _visits(self, counter: Integers) -> Integers:
        ends = np.cumsum([c.visits for c in self._counters], axis=1)[counter]
        chance = self._rng.random((len(counter), 1))
        visits: Integers = (chance >= ends[:, :-1]).sum(axis=1)
        return visits

    def _tapped(self, visit: Integers) -> list[str | None]:
        silent = self._rng.random(len(visit)) < UNTAPPED_VISIT
        return [None if s else people.VISITS[v] for v, s in zip(visit, silent, strict=True)]

    def _comments(self, overall: npt.NDArray[np.uint8]) -> list[str | None]:
        writes = self._rng.random(len(overall)) < COMMENT
        # In turn from the newest back: whatever day it is, the last weeks have one of each, and the
        # words that a moderator holds are among those still kept.
        pleased, displeased = cycle(reversed(CONTENT)), cycle(reversed(DISCONTENT))
        is_pleased = (overall >= PLEASED) & np.isin(overall, list(LEVELS))
        found: list[str | None] = [None] * len(overall)
        for place in np.flatnonzero(writes)[::-1].tolist():
            found[place] = next(pleased if is_pleased[place] else displeased)
        return found
