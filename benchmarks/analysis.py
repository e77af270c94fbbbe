"""How fast the arithmetic is, beside pandas and beside reading the bytes once.

    python -m benchmarks.analysis [--rows 1000000 10000000]

Prints medians of five runs, ratios and peak memory, each part in a process of its own; absolute
times are those of this machine.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis import Item, Stabiliser, Sums, rank_sets, tally_by
from analysis.compiled import kernel
from analysis.index import index_at
from analysis.layout import Layout
from analysis.sums import stack
from analysis.table import IndexTable, Strata, index_table

ITEMS = [
    Item(f"{factor}{number}", factor)
    for factor, size in zip("ABCDE", (4, 4, 5, 5, 4), strict=True)
    for number in range(size)
]
POINTS, COMMUNES, MONTHS, DAYS = 1_000, 100, 12, 365
RUNS = 5
Levels = npt.NDArray[np.int8]
Points = npt.NDArray[np.int64]


def main() -> None:
    """Print every figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 10_000_000])
    by = "the compiled kernel" if kernel() else "NumPy alone (make builds the kernel)"
    print(f"{os.cpu_count()} processors; medians of {RUNS} runs; answers counted by {by}")
    parts = [partial(from_rows, rows) for rows in parser.parse_args().rows]
    for part in (*parts, from_tallies, annual_picture, ranks, imports):
        process = get_context("spawn").Process(target=part)
        process.start()
        process.join()
        if process.exitcode:
            raise SystemExit(process.exitcode)


def median(work: Callable[[], object], runs: int = RUNS) -> float:
    """Return the median seconds of some runs, after one that does not count."""
    work()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def said(what: str, seconds: float, note: str = "") -> None:
    """Print one figure."""
    print(f"  {what:<58} {seconds * 1e3:10.2f} ms  {note}")


def memory(what: str) -> None:
    """Print the most memory that this part has taken so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  {f'memory at most, {what}':<58} {peak:10,.0f} MB")


def answers(rows: int) -> tuple[Levels, Points]:
    """Return answers (rows, 22), a twentieth of them not applicable, and their points."""
    random = np.random.default_rng(766)
    levels = random.integers(1, 6, (rows, len(ITEMS)), dtype=np.int8)
    levels[random.random(levels.shape, dtype=np.float32) < 0.05] = 9
    return levels, random.integers(0, POINTS, rows)


def figures(levels: Levels, points: Points) -> IndexTable:
    """Return the shares and indices of every point with their limits."""
    return limits(index_table(Strata.of_answers(levels, ITEMS, points), **USUAL))


USUAL: dict[str, Any] = {"rollup": "pooled", "profile": "t2b-pooled", "prior": Stabiliser()}


def limits(table: IndexTable) -> IndexTable:
    """Compute the limits of a table too."""
    table.items.values.confidence_interval()
    table.indices.values.confidence_interval()
    return table


def shares_by_pandas(levels: Levels, points: Points) -> pd.DataFrame:
    """Return the shares alone, no interval and no standard error."""
    codes = [item.code for item in ITEMS]
    answered = pd.DataFrame((levels >= 1) & (levels <= 5), columns=codes)
    satisfied = pd.DataFrame((levels >= 4) & (levels <= 5), columns=codes)
    return satisfied.groupby(points).sum() / answered.groupby(points).sum()


def from_rows(rows: int) -> None:
    """Time (a): rows → 22,000 shares with intervals and 6,000 indices."""
    levels, points = answers(rows)
    print(f"{rows:,} responses × {len(ITEMS)} items × {POINTS:,} points, from rows")
    ours = median(lambda: figures(levels, points))
    said("shares, indices, standard errors, limits", ours)
    memory(f"{levels.nbytes >> 20} MB of them the answers")
    theirs = median(lambda: shares_by_pandas(levels, points), 3)
    said("pandas, the shares alone", theirs, f"{theirs / ours:.2f} times ours (target ≥ 3)")
    memory("pandas with it")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "levels"
        levels.tofile(file)
        file_once = median(file.read_bytes)
    memory_once = median(lambda: levels.view(np.uint8).sum())
    said("reading the file once", file_once, f"ours is {ours / file_once:.1f} times (target ≤ 25)")
    said("adding the bytes once in memory", memory_once, f"ours is {ours / memory_once:.1f} times")
    found, theirs_ = figures(levels, points), shares_by_pandas(levels, points)
    assert np.allclose(found.items.values.estimate, theirs_.to_numpy(), atol=1e-12)


def from_tallies() -> None:
    """Time (b): daily tallies of every point → the same figures, after loading."""
    levels, points = answers(100_000)
    one = [each.to_bytes() for each in tally_by(levels, ITEMS, points).values()]
    print(f"Tallies of {POINTS:,} points × {DAYS} days")
    start = time.perf_counter()
    layout, matrix = load(one)
    loaded = time.perf_counter() - start
    said("loading: reading and adding up 365,000 tallies (once)", loaded)
    strata = Strata.of_matrix(layout, matrix)
    seconds = median(lambda: limits(index_table(strata, **USUAL)))
    said("22,000 shares and 6,000 indices with limits", seconds, "(target ≤ 5)")
    memory("loading with it")


def load(stored: list[bytes]) -> tuple[Layout, npt.NDArray[np.int64]]:
    """Return the year's integers of every point, from as many tallies as the year has days."""
    years = [Sums.total(Sums.from_bytes(raw) for _ in range(DAYS)) for raw in stored]
    return stack(years)


def annual_picture() -> None:
    """Time the year of a province: every point, commune and the province, month by month."""
    levels, points = answers(960_000)
    month = np.arange(len(levels)) % MONTHS
    print(f"A province's year: {COMMUNES} communes, {POINTS:,} points, {MONTHS} months")
    cells = tally_by(levels, ITEMS, points * MONTHS + month)

    def picture() -> int:
        places = [{0: own} for own in cells.values()]
        for size in (POINTS // COMMUNES, POINTS):
            places += [
                {point: cells[point * MONTHS + when] for point in range(first, first + size)}
                for first in range(0, POINTS, size)
                for when in range(MONTHS)
            ]
        table = limits(index_table(Strata.of_places(places), **USUAL))
        return len([index_at(table, number) for number in range(len(places))])

    n = picture()
    said(f"{n:,} indices with factors and items, as objects", median(picture, 3))
    memory("tallying the answers with it")


def ranks() -> None:
    """Time the joint rank sets of 500 units."""
    random = np.random.default_rng(5)
    estimates, errors = random.normal(0.86, 0.03, 500), random.uniform(0.005, 0.02, 500)
    print("Rank sets")
    seconds = median(lambda: rank_sets(estimates, errors))
    said("Klein's joint sets of 500 units", seconds, "(target ≤ 10)")
    few = slice(0, 60)
    said(
        "simultaneous sets of 60 units",
        median(lambda: rank_sets(estimates[few], errors[few], method="simultaneous")),
    )
    memory("all imported with it")


def imports() -> None:
    """Time what importing the package adds to NumPy and scipy.special."""
    print("Import, a process each")

    def process(code: str) -> float:
        return median(lambda: subprocess.run([sys.executable, "-c", code], check=True), 9)

    base, ours = process("import numpy, scipy.special"), process("import analysis")
    said("import numpy, scipy.special", base)
    said("import analysis", ours, f"{ours / base:.2f} times (target ≤ 1.3)")


if __name__ == "__main__":
    main()
