"""Disclosure control: which counts to hide so that no small one can be worked out."""

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:  # sparse matrices are costly to import, and few callers need them
    from scipy import sparse

Cell = TypeVar("Cell", bound=Hashable)
# A random vector is of the order of 1; what remains of a sum that follows is rounding.
VANISHES = 1e-6
# How near to 0 shown sums must come before others are tried, in how many steps at most.
ROUNDING, MOST_STEPS = 1e-11, 50
# What a step leaves of a shown sum is of this order; smaller costs digits.
DELTA = 1e-6
# Sums of two or fewer parts are solved before the parts.
PAIR = 2.5
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class CountTree(Generic[Cell]):
    """People in each cell, and every way in which a cell is the total of others.

    `counts[cell]` people. `sums[total]` ways, each the parts that add up to the total: over the
    units below, over months, over splits. Parts may hold fewer people than the total; the
    remainder is then one more part, which is never shown.
    """

    counts: Mapping[Cell, int]
    sums: Mapping[Cell, Sequence[Sequence[Cell]]]


class _Sum(NamedTuple, Generic[Cell]):
    total: Cell
    parts: Sequence[Cell]
    remainder: int


def suppress(
    tree_of_counts: CountTree[Cell], threshold: int = 10, *, also: AbstractSet[Cell] = frozenset()
) -> frozenset[Cell]:
    """Return the cells to hide: those with 1 to threshold − 1 people, and their complement.

    Small-cell suppression with a complement: hiding one small cell is in vain when its total
    and its siblings are shown. So, until nothing changes, in every way of adding up:

    * total shown: what is hidden must be at least two parts with at least `threshold` people
      together. A remainder counts as hidden when it is itself small, or when a part is hidden;
    * total hidden: a part, or a remainder, must be hidden too, else the parts add up to it.

    Where that fails, the shown part with the fewest people is hidden (of equals, the first);
    when none is left, the total. Empty cells are never hidden, others in `also` always. The
    same tree, in the same order, gives the same cells.

    This protects every single sum. Combinations of sums over time are protected by what is
    counted: whole batches of at least `threshold` people, over fixed periods. Source: the
    primary rule and the next-lowest sibling of the GP Patient Survey; Hundepool, A. et al.
    (2012). Statistical disclosure control. The search is greedy: safe, not minimal.

    Raises ValueError for a negative count, a part or total without a count, and parts that hold
    more people than their total.
    """
    counts = tree_of_counts.counts
    if any(count < 0 for count in counts.values()):
        raise ValueError("a count cannot be below 0")
    waiting = deque(_sums(tree_of_counts))
    uses: defaultdict[Cell, list[_Sum[Cell]]] = defaultdict(list)
    for each in waiting:
        for cell in (each.total, *each.parts):
            uses[cell].append(each)
    hidden = {cell for cell, count in counts.items() if 0 < count < threshold or cell in also}
    hidden -= {cell for cell, count in counts.items() if count == 0}
    while waiting:
        each = waiting.popleft()
        while not _is_safe(each, counts, hidden, threshold):
            cell = _next(each, counts, hidden)
            hidden.add(cell)
            waiting.extend(uses[cell])
    return frozenset(hidden)


def _sums(tree: CountTree[Cell]) -> Iterator[_Sum[Cell]]:
    for total, ways in tree.sums.items():
        for parts in ways:
            unknown = [cell for cell in (total, *parts) if cell not in tree.counts]
            if unknown:
                raise ValueError(f"{unknown[0]!r} has no count")
            remainder = tree.counts[total] - sum(tree.counts[part] for part in parts)
            if remainder < 0:
                raise ValueError(f"the parts of {total!r} hold more people than it does")
            yield _Sum(total, parts, remainder)


def _is_safe(
    one: _Sum[Cell], counts: Mapping[Cell, int], hidden: AbstractSet[Cell], threshold: int
) -> bool:
    secret = [counts[part] for part in one.parts if part in hidden]
    if one.total in hidden:
        return bool(secret or one.remainder)
    if one.remainder and (secret or one.remainder < threshold):
        secret.append(one.remainder)
    return not secret or (len(secret) > 1 and sum(secret) >= threshold)


def _next(one: _Sum[Cell], counts: Mapping[Cell, int], hidden: AbstractSet[Cell]) -> Cell:
    """Return the cell to hide next: the smallest shown part, or the total."""
    shown = [part for part in one.parts if counts[part] and part not in hidden]
    return min(shown, key=counts.__getitem__, default=one.total)


def follows(
    wanted: "sparse.csr_array", shown: "sparse.csr_array", *, seed: int = 0
) -> npt.NDArray[np.bool_]:
    """Return which wanted sums can be worked out from the shown ones by adding and subtracting.

    `wanted` (sums, parts) and `shown` (sums, parts): 1 where a part stands in a sum; the parts
    are what nobody can divide. A wanted sum follows exactly if it is a combination of shown
    rows, so if it vanishes on everything that all shown rows vanish on. That is tried on one
    random vector, projected there: a sum that does not follow vanishes on it with probability
    0. Answers shape (wanted sums,). Where rounding leaves a doubt, everything follows.
    """
    parts = np.random.default_rng(seed).standard_normal(shown.shape[1])
    step = _towards_nothing(shown)
    for _ in range(MOST_STEPS):
        if not np.abs(shown @ parts).max(initial=0) > ROUNDING:
            return np.asarray(np.abs(wanted @ parts) < VANISHES)
        parts = step(parts)
    return np.ones(wanted.shape[0], dtype=np.bool_)


def _towards_nothing(sums: "sparse.csr_array") -> Callable[[Floats], Floats]:
    """Return what takes a vector x (parts,) nearer to where all sums (rows of S) vanish.

    One step minimises |y − x|² + |Sy|²/δ over y, which solves [I Sᵀ; S −δI]·[y; z] = [x; 0]. That
    matrix is quasi-definite, so it is factored in any order without pivoting (Vanderbei, R. J.
    (1995). Symmetric quasidefinite matrices. SIAM J. Optim. 5, 100–113): single parts first, then
    ever larger sums, since a tree of sums so stays sparse.
    """
    from scipy import sparse  # noqa: PLC0415 -- see above
    from scipy.sparse.linalg import splu  # noqa: PLC0415

    m, n = sums.shape
    blocks = [[sparse.eye_array(n), sums.T], [sums, -DELTA * sparse.eye_array(m)]]
    whole = sparse.csc_array(sparse.block_array(blocks))
    order = np.argsort(np.append(np.full(n, PAIR), sums.sum(axis=1)), kind="stable")
    factors = splu(
        whole[order][:, order],
        permc_spec="NATURAL",
        diag_pivot_thresh=0,
        options={"SymmetricMode": True},
    )
    place = np.argsort(order)

    def step(x: Floats) -> Floats:
        known = np.append(x, np.zeros(m))[order]
        return np.asarray(factors.solve(known)[place[:n]])

    return step


def fewest_told(table: npt.ArrayLike) -> int:
    """Return the fewest people that any combination of row and column totals tells of.

    `table` (rows, columns): the people who are in a row and a column; every total is known. A
    combination counts a cell a_row + b_column times, so it leaves out the cells with
    a_row = −b_column. The others are the edges that are cut where rows and columns, joined by
    their non-empty cells, are parted by these numbers: the fewest is the minimum cut of that
    graph, or of whichever part hangs together and has the smallest. A total by itself is such
    a combination, and so is a row less a column that lies within it.

    Nobody: 0. Raises ValueError for a negative count. Source: Stoer, M. & Wagner, F. (1997). A
    simple min-cut algorithm. Each round finds the minimum cut between two nodes and makes them
    one; a cut of nothing parts what does not hang together, and is none.
    """
    counts = np.asarray(table, dtype=np.float64)
    if (counts < 0).any():
        raise ValueError("a count cannot be below 0")
    rows, columns = counts.shape
    joined = np.zeros((rows + columns, rows + columns))
    joined[:rows, rows:], joined[rows:, :rows] = counts, counts.T
    cuts = []
    while len(joined) > 1:
        cut, before, last = _round(joined)
        cuts.append(cut)
        joined[before] += joined[last]
        joined[:, before] = joined[before]
        joined[before, before] = 0
        joined = np.delete(np.delete(joined, last, 0), last, 1)
    return int(min((cut for cut in cuts if cut), default=0))


def _round(joined: npt.NDArray[np.float64]) -> tuple[float, int, int]:
    """Return the minimum cut between the last two nodes of a maximum adjacency order, and these."""
    reached, node, before = joined[0].copy(), 0, 0
    reached[0] = -np.inf
    for _ in range(len(joined) - 1):
        before, node = node, int(reached.argmax())
        cut = float(reached[node])
        reached += joined[node]
        reached[node] = -np.inf
    return cut, before, node
