"""Days at one counter: honest people, and staff who stuff; simulated, so that who is who is known.

People differ, days differ, a third answer the first question alone; a quarter are content with
everything in one way. What is assumed here is all that a rate printed from it rests on.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

ITEMS, OPEN_HOURS = 6, 8
MINUTES = 60 * OPEN_HOURS
WEEKDAYS = 5
# Latent scale: what people and days differ by, the noise of an item, and where the levels begin.
PERSON, DAY, NOISE = 1.0, 0.25, 0.6
LEVELS = np.array([-2.6, -1.9, -1.0, 0.35])
FIRST_ALONE, SKIPS = 0.35, 0.05
# Seconds from opening to sending: loading and looking, then each item; lognormal around it.
LOOKING, AN_ITEM, SPREAD = 4.0, 3.0, 0.5
FAMILY = (0.80, 0.12, 0.05, 0.03)  # one to four people at once


@dataclass(frozen=True)
class Day:
    """What came to a counter on one day; minutes since it opened, the sheets' numbers."""

    minutes: Floats
    levels: Integers
    seconds: Floats
    sheet: Integers
    stuffed: npt.NDArray[np.bool_]

    def with_(self, other: "Day") -> "Day":
        """Return both days as one."""
        names = ("minutes", "levels", "seconds", "stuffed")
        both = {n: np.concatenate([getattr(self, n), getattr(other, n)]) for n in names}
        sheets = other.sheet + self.sheet.max(initial=-1) + 1
        return Day(**both, sheet=np.concatenate([self.sheet, sheets]))


@dataclass(frozen=True)
class Counter:
    """Whom a counter serves: answers a day, the share of its first hour, how content, how alike."""

    a_day: float
    first_hour: float = 0.3
    mood: float = 0.6
    content: float = 0.25
    families: tuple[float, ...] = (1.0,)
    on_one_sheet: bool = False
    mondays: float = 1.0
    coach: int = 0

    def day(self, rng: np.random.Generator, weekday: int) -> Day:
        """Return one honest day."""
        busy = self.a_day * (self.mondays if weekday == 0 else 1.0)
        visits = rng.poisson(busy * rng.lognormal(0, 0.2) / self._family_size)
        size = rng.choice(len(self.families), visits, p=self.families) + 1
        family = np.repeat(np.arange(visits), size)
        minutes = _arrivals(rng, visits, self.first_hour)[family] + _turn(size) * 0.7
        day = self._people(rng, minutes, family)
        if self.coach and weekday == 0:
            minutes = 200 + rng.uniform(0, 8, self.coach)
            day = day.with_(self._people(rng, minutes, np.arange(self.coach)))
        return day

    @property
    def _family_size(self) -> float:
        return float(np.dot(self.families, np.arange(1, len(self.families) + 1)))

    def _people(self, rng: np.random.Generator, minutes: Floats, family: Integers) -> Day:
        n = len(minutes)
        mood = self.mood + rng.normal(0, DAY)
        return Day(
            minutes=minutes,
            levels=(levels := _levels(rng, n, mood, self.content)),
            seconds=_pace(rng, levels),
            sheet=family if self.on_one_sheet else np.arange(n),
            stuffed=np.zeros(n, dtype=bool),
        )


def _levels(rng: np.random.Generator, n: int, mood: float, content: float) -> Integers:
    person = rng.normal(mood, PERSON, (n, 1))
    latent = person + rng.normal(0, NOISE, (n, ITEMS))
    levels = 1 + (latent[:, :, None] >= LEVELS).sum(axis=2)
    # Who is content and ticks one level throughout, as many do.
    straight = rng.random(n) < content
    levels[straight] = np.where(rng.random(n) < 0.75, 5, 4)[straight, None]
    levels[rng.random((n, ITEMS)) < SKIPS] = 6
    levels[rng.random(n) < FIRST_ALONE, 1:] = 6
    return levels


def _pace(rng: np.random.Generator, levels: Integers) -> Floats:
    answered = ((levels >= 1) & (levels <= 5)).sum(axis=1)
    seconds: Floats = (LOOKING + AN_ITEM * answered) * rng.lognormal(0, SPREAD, len(levels))
    return seconds


def _arrivals(rng: np.random.Generator, n: int, first_hour: float) -> Floats:
    early = rng.random(n) < first_hour
    return np.where(early, rng.uniform(0, 60, n), rng.uniform(60, MINUTES, n))


def _turn(sizes: Integers) -> Floats:
    """Return the place of everybody within the own family, from 0 on."""
    first = np.repeat(np.cumsum(sizes) - sizes, sizes)
    return (np.arange(len(first)) - first).astype(np.float64)


def stuffed(
    rng: np.random.Generator,
    n: int,
    *,
    minutes: float,
    seconds: float | None = None,
    varied: bool = False,
    on_one_sheet: bool = False,
) -> Day:
    """Return `n` answers of one hand within so many minutes: all fives unless `varied`."""
    levels = rng.choice([4, 5], (n, ITEMS)) if varied else np.full((n, ITEMS), 5)
    return Day(
        minutes=rng.uniform(0, MINUTES - minutes) + rng.uniform(0, minutes, n),
        levels=levels,
        seconds=_pace(rng, levels) if seconds is None else np.full(n, seconds),
        sheet=np.zeros(n, dtype=np.int64) if on_one_sheet else np.arange(n),
        stuffed=np.ones(n, dtype=bool),
    )


USUAL = Counter(20)
HONEST: dict[str, Counter] = {
    "Quầy vắng, 4 phiếu/ngày · quiet counter": Counter(4),
    "Quầy thường, 20 phiếu/ngày · usual counter": USUAL,
    "Sáng thứ Hai đông, 120 và 200 phiếu/ngày · busy Monday": Counter(120, mondays=1.7),
    "Sảnh chung một địa chỉ, 80 phiếu/ngày · hall with one address": Counter(80, families=FAMILY),
    "Gia đình 2–5 người một máy · family on one phone": Counter(
        20, families=(0.0, 0.4, 0.3, 0.2, 0.1), on_one_sheet=True
    ),
    "70 % tích toàn mức 5, nhịp thường · enthusiasts": Counter(40, content=0.8, mood=1.5),
    "Đoàn 15 người mỗi thứ Hai · a coach every Monday": replace(USUAL, coach=15),
}
Stuffing = Callable[[np.random.Generator], Day]
STUFFING: dict[str, Stuffing] = {
    "40 phiếu toàn 5 trong 10 phút, 5 giây mỗi phiếu · in ten minutes, five seconds each": (
        lambda rng: stuffed(rng, 40, minutes=10, seconds=5)
    ),
    "20 phiếu toàn 5 trong 10 phút, nhịp thường · in ten minutes, at a person's pace": (
        lambda rng: stuffed(rng, 20, minutes=10)
    ),
    "20 phiếu toàn 5 rải cả ngày, nhịp thường · over the day": (
        lambda rng: stuffed(rng, 20, minutes=MINUTES - 1)
    ),
    "12 phiếu khác nhau từ một tờ · varied, renewed from one sheet": (
        lambda rng: stuffed(rng, 12, minutes=59, varied=True, on_one_sheet=True)
    ),
    "20 phiếu khác nhau rải cả ngày · varied, over the day": (
        lambda rng: stuffed(rng, 20, minutes=MINUTES - 1, varied=True)
    ),
    "9 phiếu toàn 5 trong 10 phút ở quầy vắng · nine at a quiet counter": (
        lambda rng: stuffed(rng, 9, minutes=10)
    ),
}
