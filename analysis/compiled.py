"""The compiled `counting.c`, where there is one; without it the same is counted in NumPy."""

import ctypes
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from numpy.ctypeslib import ndpointer

from analysis.layout import Integers, Layout

Bytes = npt.NDArray[np.uint8]
# Answers (people, items) and their groups → added to integers (groups, size).
Kernel = Callable[[Bytes, Integers, Layout, Integers], None]

SOURCE = Path(__file__).with_name("counting.c")
# Not counting.so, which Python would import in the place of counting.py.
LIBRARY = SOURCE.with_name("libcounting.so")
# A byte of the kernel numbers the items.
MOST_ITEMS = 255
# So many bytes of rows, sorted by group, leave room in a processor's second cache.
CACHE = 1 << 20

_ROWS = ndpointer(np.uint8, ndim=2, flags="C")
_LIST, _MATRIX = (ndpointer(np.int64, ndim=each, flags="C") for each in (1, 2))
_NUMBER = ctypes.c_int64
_ARGUMENTS = (
    *(_ROWS, _LIST, _NUMBER, _NUMBER, _NUMBER, _NUMBER, _LIST, _LIST),
    *(_MATRIX, _NUMBER, _ROWS, _NUMBER, _LIST),
)


@cache
def kernel() -> Kernel | None:
    """Return the kernel that `make` built, or None."""
    return load(LIBRARY)


def load(library: Path) -> Kernel | None:
    """Return the kernel; None where it was not built, or not from this source or machine."""
    try:
        if library.stat().st_mtime < SOURCE.stat().st_mtime:
            return None
        count_answers = ctypes.CDLL(str(library)).count_answers
    except (OSError, AttributeError):
        return None
    count_answers.argtypes = _ARGUMENTS

    def add(answers: Bytes, group: Integers, layout: Layout, matrix: Integers) -> None:
        people, items = answers.shape
        edges, places = _by_factor(layout)
        if (np.diff(places) < 0).any():
            answers = answers.take(places, axis=1)
        at_once = min(people, max(CACHE // max(items, 1), len(matrix)))
        rows = np.empty((at_once, items), dtype=np.uint8)
        ends = np.empty(len(matrix) + 1, dtype=np.int64)
        inputs = (answers, group, people, len(matrix), items, len(layout.factors), edges, places)
        if count_answers(*inputs, matrix, layout.size, rows, at_once, ends):
            raise ValueError("a stored answer is 0 to 6 or 9")

    return add


def _by_factor(layout: Layout) -> tuple[Integers, Integers]:
    """Return where each factor begins, and the items factor after factor, those of none last."""
    factors = [layout.columns(factor) for factor in layout.factors]
    outside = [row for row, item in enumerate(layout.items) if item.factor is None]
    places = [row for rows in (*factors, outside) for row in rows]
    edges = np.cumsum([0, *map(len, factors)])
    return edges.astype(np.int64), np.array(places, dtype=np.int64)
