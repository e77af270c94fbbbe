"""Counting answers: rows of levels → the exact integers of many groups, in one pass."""

import os
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt

from analysis.layout import MISSING, NOT_APPLICABLE, SCALE, Integers, Layout

if TYPE_CHECKING:
    from analysis.compiled import Kernel

T = TypeVar("T")
Bytes = npt.NDArray[np.uint8]

CODES = (*range(1, SCALE + 1), MISSING, NOT_APPLICABLE)
# So many people at a time are worth a thread, and stay in a processor's cache.
CHUNK = 131_072
# The kernel is looked for when so many people are counted; with fewer than so many a group,
# another thread saves less than its integers cost.
MANY, MANY_EACH = 4_096, 16
# Up to so many items people are counted by b, a and s at once; more would make a large table.
MOST_JOINT = 5
# Eight answers are added as one 64-bit word; a byte of it overflows after so many words.
WORD, MOST_WORDS = 8, 255


def count(answers: Bytes, together: Layout, group: Integers, n_groups: int) -> Integers:
    """Return the integers (groups, size) of the layout.

    `answers` (people, items), columns in the order of the layout; `group` (people,) numbers
    each person's group from 0. Raises ValueError for a code that is no answer.
    """
    if len(answers) >= MANY:
        from analysis import compiled  # noqa: PLC0415 -- most processes count few answers

        kernel = compiled.kernel()
        if kernel is not None and len(together.items) <= compiled.MOST_ITEMS:
            return by_kernel(kernel, answers, together, group, n_groups)
    return by_numpy(answers, together, group, n_groups)


def by_kernel(
    kernel: "Kernel", answers: Bytes, together: Layout, group: Integers, n_groups: int
) -> Integers:
    """Return what `count` does, by the compiled kernel."""
    # C does not look where it writes.
    if answers.shape != (len(group), len(together.items)) or not _within(group, n_groups):
        raise ValueError(f"each person needs every item and a group from 0 to {n_groups - 1}")
    rows, group = np.ascontiguousarray(answers), np.ascontiguousarray(group, dtype=np.int64)
    threads = min(os.cpu_count() or 1, len(rows) // max(CHUNK, MANY_EACH * n_groups)) or 1
    share = -(-len(rows) // threads) or 1

    def piece(start: int) -> Integers:
        matrix = np.zeros((n_groups, together.size), dtype=np.int64)
        here = slice(start, start + share)
        kernel(rows[here], group[here], together, matrix)
        return matrix

    first, *others = _in_threads(piece, range(0, len(rows), share) or range(1))
    for matrix in others:
        first += matrix
    return first


def _within(group: Integers, n_groups: int) -> bool:
    return bool(group.min(initial=0) >= 0 and group.max(initial=-1) < n_groups)


def by_numpy(answers: Bytes, together: Layout, group: Integers, n_groups: int) -> Integers:
    """Return what `count` does, by NumPy alone."""
    # Sorting 16-bit numbers is a radix sort.
    order = np.argsort(group.astype(np.uint16) if n_groups <= 1 << 16 else group, kind="stable")
    sizes = np.bincount(group, minlength=n_groups)
    ends = np.cumsum(sizes)

    def chunk(start: int) -> tuple[int, Integers]:
        rows = order[start : start + CHUNK]
        first, last = np.searchsorted(ends, (start, start + len(rows) - 1), side="right")
        edges = np.clip(ends[first : last + 1], start, start + len(rows))
        return int(first), _count_chunk(answers, together, rows, np.diff(edges, prepend=start))

    matrix = np.zeros((n_groups, together.size), dtype=np.int64)
    for first, part in _in_threads(chunk, range(0, len(order), CHUNK)):
        matrix[first : first + len(part)] += part
    matrix[:, 0] = sizes
    return matrix


def _in_threads(work: Callable[[int], T], pieces: Sequence[int]) -> Iterable[T]:
    """Return the results in order; NumPy and C let another thread compute while one does."""
    if len(pieces) <= 1:
        return map(work, pieces)
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 -- for the few large calls

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(work, pieces))


def _count_chunk(answers: Bytes, together: Layout, rows: Integers, sizes: Integers) -> Integers:
    """Return the integers of groups of these sizes, whose rows follow one another."""
    matrix = np.zeros((len(sizes), together.size), dtype=np.int64)
    padded, starts = _in_words(rows, sizes)
    columns = np.ascontiguousarray(answers.take(padded, axis=0, mode="clip").T)
    columns[:, padded < 0] = 0
    if ((columns > NOT_APPLICABLE) | (columns == 7) | (columns == 8)).any():  # noqa: PLR2004
        raise ValueError("a stored answer is 0 to 6 or 9")
    _add_items(together.item_counts(matrix), columns, starts)
    own = np.repeat(np.arange(len(matrix)), np.diff(starts, append=len(padded)))
    each = np.empty((3, *columns.shape), dtype=np.uint8)  # answered, satisfied, level
    np.less(columns - np.uint8(1), SCALE, out=each[0].view(np.bool_))
    np.equal(columns & np.uint8(0xFE), SCALE - 1, out=each[1].view(np.bool_))  # 4 or 5
    np.multiply(columns, each[0], out=each[2])
    totals = np.zeros((3, len(own)), dtype=np.uint16)
    for factor in together.factors:
        items = together.columns(factor)
        narrow = np.uint8 if SCALE * len(items) < 1 << 8 else np.uint16
        sums = each[:, _slice(items)].sum(axis=1, dtype=narrow)
        totals += sums
        _add_people(together.people(matrix, factor), own, sums)
    _add_people(together.people(matrix, None), own, totals)
    return matrix


def _in_words(rows: Integers, sizes: Integers) -> tuple[Integers, Integers]:
    """Return the rows, each group filled up to whole words by −1, and where each group starts."""
    wide = -(-sizes // WORD) * WORD
    starts = np.cumsum(wide) - wide
    padded = np.full(int(wide.sum()), -1, dtype=np.int64)
    moved = np.repeat(starts - (np.cumsum(sizes) - sizes), sizes)
    padded[np.arange(len(rows)) + moved] = rows
    return padded, starts


def _add_items(counts: Integers, columns: Bytes, starts: Integers) -> None:
    """Add how often each item has each code, to counts (groups, items, codes).

    A comparison gives bytes 0 and 1. Added eight at a time as 64-bit words they stay apart as
    long as no byte passes 255; NumPy has no quicker sum of truths by group.
    """
    n_words = np.diff(starts, append=columns.shape[1]) // WORD
    parts = -(-n_words // MOST_WORDS)
    ends = np.cumsum(parts)
    within = np.arange(int(ends[-1])) - np.repeat(ends - parts, parts)
    cuts = np.repeat(starts // WORD, parts) + MOST_WORDS * within
    met = parts > 0  # reduceat would read a group without rows from its neighbour
    for place, code in enumerate(CODES):
        words = np.add.reduceat((columns == code).view(np.uint64), cuts, axis=1)
        sums = words.view(np.uint8).reshape(len(columns), -1, WORD).sum(axis=2, dtype=np.int64)
        counts[met, :, place] += np.add.reduceat(sums, (ends - parts)[met], axis=1).T


def _slice(rows: list[int]) -> slice | list[int]:
    """Return rows that follow one another as a slice, which copies nothing."""
    return slice(rows[0], rows[-1] + 1) if rows[-1] - rows[0] == len(rows) - 1 else rows


def _add_people(people: Integers, own: Integers, sums: npt.NDArray[Any]) -> None:
    """Add the six sums over people by their number b of answers, to (groups, items, 6).

    `own` (people,) numbers their groups; `sums` (3, people): b answers, a satisfied ones, and the
    sum s of levels.
    """
    groups, items = people.shape[:-1]
    satisfied, levels = np.arange(items + 1), np.arange(SCALE * items + 1)
    b, a, s = sums
    key = own * (items + 1) + b
    if items <= MOST_JOINT:
        both = _table(key * len(satisfied) + a, s, groups, items + 1, len(satisfied), len(levels))
        with_a, with_s = both.sum(axis=3), both.sum(axis=2)
    else:
        with_a = _table(key, a, groups, items + 1, len(satisfied))
        with_s = _table(key, s, groups, items + 1, len(levels))
    six = (
        with_a.sum(axis=2),
        with_a @ satisfied,
        with_a @ satisfied**2,
        with_a[:, satisfied, satisfied],
        with_s @ levels,
        with_s @ levels**2,
    )
    for place, each in enumerate(six):
        people[..., place] += each[:, 1:]  # b = 0 is what the number of rows leaves


def _table(key: Integers, value: npt.NDArray[Any], *shape: int) -> Integers:
    """Return how many people have each value of a key, in this shape."""
    joint = key * shape[-1] + value
    return np.bincount(joint, minlength=int(np.prod(shape))).reshape(shape)
