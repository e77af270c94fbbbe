"""How often the intervals hold the truth, and how wide they are; python -m benchmarks.coverage.

Draws thousands of samples from populations of simulated answers (`benchmarks.populations`) and
prints coverage and mean width by method, the error rate of the test of a change, and whether
each target is met; cells that miss are printed as they are. `--write FILE` puts the tables
between the marks of FILE. Seeded: the same runs give the same figures.
"""

import argparse
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np

from analysis.figures import Figures
from benchmarks import coverage_report
from benchmarks.coverage_report import Cell, Rate
from benchmarks.populations import Array, Population, day_variance, population
from benchmarks.trials import (
    METHODS,
    Limits,
    Samples,
    by_df,
    drawn,
    mover,
    plain_p_values,
    t_p_values,
    ungated,
)

SEED, RUNS = 20260, 10_000
SHARES = (0.60, 0.75, 0.85, 0.92, 0.96, 0.99)
SIZES = (5, 10, 20, 30, 50, 100, 300)
ITEMS, CORRELATIONS = (5, 16, 22), (0.25, 0.5, 0.7)
PEOPLE = 40_000  # of a population, in all its groups
COUNTERS = np.array([0.30, 0.25, 0.20, 0.10, 0.10, 0.05])  # shares of the people
COUNTER_EFFECTS = 0.3 * np.array([-1.3, 0.2, 1.2, -0.4, 1.0, -0.7])
COUNTER_SIZES = (20, 30, 50, 100, 300)
DAYS = ((50, 30), (100, 22), (100, 60), (300, 22), (300, 65))  # people, days
DAYS_IN_ALL, DAYS_ADD = 1000, 1.25  # to the standard error
PAIRS = ((30, 30), (50, 50), (100, 100), (300, 300), (30, 100), (30, 300), (100, 300))
ALPHA = 0.05


@dataclass(frozen=True)
class Made:
    """A population's parameters, and the generator that draws from it."""

    items: int
    correlation: float
    share: float
    runs: int

    def generator(self, *more: int) -> np.random.Generator:
        """Return a generator of this population alone, so that order does not matter."""
        parts = (self.items, round(100 * self.correlation), round(1000 * self.share))
        return np.random.default_rng((SEED, *parts, *more))

    def cell(self, design: str, n: object) -> Cell:
        """Return where a rate of this population is measured."""
        return Cell(design, self.items, self.correlation, self.share, str(n))

    def of(self, rng: np.random.Generator, effects: Array) -> Population:
        """Return the population, its people in as many groups as there are effects."""
        return population(
            rng,
            share=self.share,
            items=self.items,
            correlation=self.correlation,
            effects=effects,
            people=PEOPLE // len(effects),
        )


def one_counter(made: Made) -> Iterator[Rate]:
    """Yield coverage of all methods in one stratum without day effects, and false alarms."""
    rng = made.generator(1)
    people = made.of(rng, np.zeros(1))
    truth = people.truth()
    yield Rate(made.cell("population", 0), "phi", people.pairwise)
    found = {n: _alike(rng, people, n, made.runs) for n in SIZES}
    for n, figures in found.items():
        yield from covered(made.cell("one counter", n), figures, truth, METHODS)
    again = {n: _alike(rng, people, n, made.runs) for n in {second for _, second in PAIRS}}
    for first, second in PAIRS:
        cell = made.cell("change", f"{first}, {second}")
        yield from false_alarms(cell, found[first], again[second])


def counters(made: Made) -> Iterator[Rate]:
    """Yield coverage with six counters of different size and satisfaction as strata."""
    rng = made.generator(2)
    people = made.of(rng, COUNTER_EFFECTS)
    for n in COUNTER_SIZES:
        at = np.rint(n * np.cumsum(COUNTERS)).astype(np.int64)
        sizes = np.diff(at, prepend=0)
        group = np.broadcast_to(np.repeat(np.arange(len(sizes)), sizes), (made.runs, n))
        figures = drawn(rng, people, group, np.zeros(1, dtype=np.int64)).by_counter(at - sizes)
        yield from covered(made.cell("six counters", n), figures, people.truth(sizes), METHODS)


def days(made: Made) -> Iterator[Rate]:
    """Yield coverage under day effects that add a quarter to the standard error.

    People come on days at random, all days alike in number, so that V grows by the factor
    1 + (n − 1)/days times the correlation of two people of a day.
    """
    for n, how_many in DAYS:
        rng = made.generator(3, n, how_many)
        alike = (DAYS_ADD**2 - 1) * how_many / (n - 1)
        effects = rng.standard_normal(DAYS_IN_ALL)
        effects = (effects - effects.mean()) / effects.std()
        variance = day_variance(made.share, made.items, made.correlation, alike)
        people = made.of(rng, np.sqrt(variance) * effects)
        samples = on_days(rng, people, n, how_many, made.runs)
        cell, truth = made.cell("days", f"{n}, {how_many}"), people.truth()
        by_person, by_day = samples.by_person(), samples.by_day(how_many)
        yield Rate(cell, "error ratio", _error_ratio(by_person))
        yield from covered(cell, by_person, truth, {"by person": ungated})
        yield from covered(cell, by_day, truth, {"by day": ungated, "by day, by df": by_df})


def on_days(
    rng: np.random.Generator, people: Population, n: int, how_many: int, runs: int
) -> Samples:
    """Return samples of people who came on days drawn at random; the slot is the day."""
    day = rng.integers(0, len(people.satisfied), (runs, how_many))
    slot = rng.integers(0, how_many, (runs, n))
    return drawn(rng, people, np.take_along_axis(day, slot, axis=1), slot)


def _alike(rng: np.random.Generator, people: Population, n: int, runs: int) -> Figures:
    nobody = np.zeros(1, dtype=np.int64)
    return drawn(rng, people, np.zeros((runs, n), dtype=np.int64), nobody).by_person()


def _error_ratio(found: Figures) -> float:
    """Return the true standard error over the one that takes people for independent."""
    true = np.std(found.values.estimate)
    return float(true / np.sqrt(np.mean(found.values.standard_error**2)))


def covered(
    cell: Cell, found: Figures, truth: float, methods: dict[str, Callable[[Figures], Limits]]
) -> Iterator[Rate]:
    """Yield how often the limits of each method hold the truth, and how wide they are."""
    for name, limits in methods.items():
        low, high = limits(found)
        inside = (low <= truth) & (truth <= high)
        yield Rate(cell, name, float(inside.mean()), float(np.mean(high - low)))


def false_alarms(cell: Cell, a: Figures, b: Figures) -> Iterator[Rate]:
    """Yield how often each test finds a change between two samples of one population."""
    for name, limits in {"mover": ungated, "mover by df": by_df}.items():
        low, high = mover(a, b, limits)
        yield Rate(cell, name, float(((low > 0) | (high < 0)).mean()))
    yield Rate(cell, "t", float((t_p_values(a, b) < ALPHA).mean()))
    yield Rate(cell, "welch", float((plain_p_values(a, b) < ALPHA).mean()))


DESIGNS = (one_counter, counters, days)


def simulated(runs: int, grid: Iterable[tuple[int, float, float]]) -> list[Rate]:
    """Return the rates of all designs in populations (items, correlation, share)."""
    made = [Made(*each, runs) for each in grid]
    return [rate for design in DESIGNS for each in made for rate in design(each)]


def main() -> None:
    """Print the tables, and write them where asked."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--runs", type=int, default=RUNS, help="samples of each cell")
    arguments.add_argument("--write", type=Path, help="the file whose marked block to replace")
    given = arguments.parse_args()
    began = time.perf_counter()
    rates = simulated(given.runs, product(ITEMS, CORRELATIONS, SHARES))
    for line in coverage_report.cells(rates):
        print(line)
    block = coverage_report.block(rates, given.runs, SEED)
    print(block)
    print(f"{time.perf_counter() - began:.0f} s")
    if given.write:
        print(coverage_report.write(given.write, block))


if __name__ == "__main__":
    main()
