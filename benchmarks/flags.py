"""How often each sign is wrong on honest days, and how often it finds stuffing.

python -m benchmarks.flags. The rules are the service's own (`survey.signs`, `survey.judging`) and
printed with its thresholds (`benchmarks.flag_rules`), the days those of `benchmarks.traffic`.
`--write FILE` puts the tables between the marks of FILE.
Seeded: the same number of days gives the same figures.
"""

import argparse
import time
from collections import Counter as Counts
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from analysis.flags import bursts, speed, straight_lining
from analysis.surplus import surplus_vectors
from benchmarks import coverage_report, flag_rules
from benchmarks.traffic import HONEST, ITEMS, STUFFING, USUAL, WEEKDAYS, Counter, Day, Stuffing
from survey import signs
from survey.arrivals import SAME_AGAIN, WINDOW, Fading

SEED, DAYS, KNOWN = 20261, 500, 20  # 20 working days are four weeks
K = 10
# The other two tell of no answer: `staff` of a declared network, `honeypot` of an unseen field.
SIGNS = ("burst", "repeated", "quick", "straight", "reused", "duplicate")
BEGIN, END = "<!-- flags:begin -->", "<!-- flags:end -->"
Flags = npt.NDArray[np.bool_]


class Judge:
    """A counter's memory of four weeks, and the signs of a day that follow from it."""

    def __init__(self) -> None:
        self._counts: list[int] = []
        self._levels: list[npt.NDArray[np.int64]] = []

    def signs(self, day: Day) -> dict[str, Flags]:
        """Return who carries which sign, and remember the day."""
        found = {
            "burst": self._bursts(day.minutes),
            "quick": day.seconds < signs.QUICKEST,
            "straight": straight_lining(day.levels) & speed(day.seconds, _answered(day)),
            "reused": _turn_on_sheet(day) > signs.MOST_OF_A_SHEET,
            "duplicate": _same_again(day),
        }
        found["repeated"] = self._surplus(day, np.any(list(found.values()), axis=0))
        marked = np.any(list(found.values()), axis=0)
        self._counts = [*self._counts, int((~marked).sum())][-KNOWN:]
        self._levels = [*self._levels, day.levels[~marked]][-KNOWN:]
        return found

    def _bursts(self, minutes: npt.NDArray[np.float64]) -> Flags:
        # A week has five working days.
        days = 7 * len(self._counts) // WEEKDAYS
        window = WINDOW / 60
        rate = signs.busiest_minutes(max(self._counts, default=0), days) / window
        flags = bursts(minutes, window=window, rate=rate)
        few = flags.any() and min(flags.sum(), (~flags).sum()) < K
        return np.ones_like(flags) if few else flags

    def _surplus(self, day: Day, marked: Flags) -> Flags:
        order = np.argsort(marked, kind="stable")
        earlier = np.concatenate([np.empty((0, ITEMS), np.int64), *self._levels])
        flags = np.zeros(len(order), dtype=bool)
        flags[order] = surplus_vectors(day.levels[order], earlier)
        return flags


def _answered(day: Day) -> npt.NDArray[np.int64]:
    return np.asarray(((day.levels >= 1) & (day.levels <= 5)).sum(axis=1))


def _turn_on_sheet(day: Day) -> npt.NDArray[np.int64]:
    """Return how many answers of its sheet had come when each came, itself too."""
    turn, seen = np.zeros(len(day.sheet), np.int64), Counts[int]()
    for place in np.argsort(day.minutes):
        seen[day.sheet[place]] += 1
        turn[place] = seen[day.sheet[place]]
    return turn


def _same_again(day: Day) -> Flags:
    """Return who sent what had come from the same sheet within two minutes."""
    flags, counts = np.zeros(len(day.sheet), dtype=bool), Fading(SAME_AGAIN)
    for place in np.argsort(day.minutes):
        content = day.sheet[place], day.levels[place].tobytes()
        flags[place] = counts.add(content, 60 * day.minutes[place]) > 1
    return flags


def lived(
    counter: Counter, days: int, stuffing: Stuffing | None = None
) -> Iterator[tuple[Day, dict[str, Flags]]]:
    """Yield the days of a counter with their signs, after four honest weeks; stuffed on Fridays."""
    rng, judge = np.random.default_rng(SEED), Judge()
    for number in range(KNOWN + days):
        day = counter.day(rng, number % WEEKDAYS)
        if stuffing and number >= KNOWN and number % WEEKDAYS == WEEKDAYS - 1:
            day = day.with_(stuffing(rng))
        found = judge.signs(day)
        if number >= KNOWN:
            yield day, found


def rates(counter: Counter, days: int, stuffing: Stuffing | None = None) -> dict[str, float]:
    """Return in percent: answers with each sign (of those stuffed), with any, honest with any."""
    n, carrying = Counts[str](), Counts[str]()
    for day, found in lived(counter, days, stuffing):
        any_ = np.any(list(found.values()), axis=0)
        who = day.stuffed if stuffing else ~day.stuffed
        n.update(of=int(who.sum()), honest=int((~day.stuffed).sum()), days=1)
        carrying.update({sign: int((flags & who).sum()) for sign, flags in found.items()})
        carrying.update(any=int((any_ & who).sum()), honest=int((any_ & ~day.stuffed).sum()))
    shares = {sign: 100 * carrying[sign] / n["of"] for sign in (*SIGNS, "any")}
    return shares | {"honest": 100 * carrying["honest"] / n["honest"]}


def block(days: int) -> str:
    """Return the marked block of Markdown."""
    honest = {name: rates(counter, days) for name, counter in HONEST.items()}
    hands = {
        name: rates(HONEST[next(iter(HONEST))] if "quầy vắng" in name else USUAL, days, stuffing)
        for name, stuffing in STUFFING.items()
    }
    said = (
        f"Do `python -m benchmarks.flags --write docs/flags.md` in ra: {days} ngày làm việc mỗi "
        f"dòng sau bốn tuần làm quen, hạt giống {SEED}; số liệu mô phỏng. · Printed by that "
        f"command: {days} working days a row after four weeks; simulated."
    )
    where = "vào các thứ Sáu của một quầy thường · on the Fridays of a usual counter"
    parts = [
        BEGIN,
        flag_rules.table(),
        said,
        "**Phiếu thật bị đánh dấu, % · Honest answers that carry a sign, %**",
        _table(honest, {"any": "bất kỳ · any"}),
        f"**Phiếu điền thay bị đánh dấu, % · Stuffed answers that carry a sign, %** ({where})",
        _table(hands, {"any": "bất kỳ · any", "honest": "phiếu thật cùng quầy · honest there"}),
        END,
    ]
    return "\n\n".join(parts)


def _table(rows: Mapping[str, Mapping[str, float]], more: Mapping[str, str]) -> str:
    keys = [*SIGNS, *more]
    lines = [
        "| | " + " | ".join(more.get(key, f"`{key}`") for key in keys) + " |",
        "| --- |" + " ---: |" * len(keys),
        *(
            f"| {name} | " + " | ".join(f"{row[key]:.2f}" for key in keys) + " |"
            for name, row in rows.items()
        ),
    ]
    return "\n".join(lines)


def main() -> None:
    """Print the tables, and write them where asked."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--days", type=int, default=DAYS, help="working days of each row")
    arguments.add_argument("--write", type=Path, help="the file whose marked block to replace")
    given = arguments.parse_args()
    began = time.perf_counter()
    text = block(given.days)
    print(text)
    print(f"{time.perf_counter() - began:.0f} s")
    if given.write:
        print(coverage_report.write(given.write, text, BEGIN, END))


if __name__ == "__main__":
    main()
