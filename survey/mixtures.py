"""How the streams mix in the batches: what both together tell, and of how few.

Who wrote down the figures of every morning knows each batch. Beside shown streams they tell of
the people left over where each batch is set against one side of the streams or the other: of
twelve paper sheets typed in on a day with one scanned answer, that one.
"""

from collections import defaultdict
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from itertools import product

import numpy as np
import numpy.typing as npt

from survey.cells import Cell, Parents, cells_of
from survey.storage.tallies import BatchCount

Integers = npt.NDArray[np.int64]


class Mixtures:
    """The batches of a measure, by the cells they lie in."""

    def __init__(self, counts: Sequence[BatchCount], parents: Parents) -> None:
        number = {stream: n for n, stream in enumerate(sorted({c.stream for c in counts}))}
        owners: defaultdict[tuple[str, int | None, date, date], dict[int, Integers]]
        owners = defaultdict(dict)
        cells: dict[tuple[str, int | None, date, date], frozenset[Cell]] = {}
        for count in counts:
            owner = (count.unit_code, count.point_id, count.starts_on, count.ends_on)
            if owner not in owners:
                cells[owner] = frozenset(cells_of(count, parents))
            empty = np.zeros(len(number), dtype=np.int64)
            owners[owner].setdefault(count.batch_id, empty)[number[count.stream]] += count.n
        sides = _sides(len(number))
        self._left_over = [
            (cells[owner], _left_over(np.stack([*batches.values()]), sides))
            for owner, batches in owners.items()
        ]

    def narrow(self, shown: AbstractSet[Cell], threshold: int) -> list[AbstractSet[Cell]]:
        """Return the shown cells around each part of the answers where they tell of few people.

        The shown cells part the batches; in each part its streams could be known by themselves.
        """
        parts: dict[AbstractSet[Cell], Integers] = {}
        for cells, left_over in self._left_over:
            if around := cells & shown:
                parts[around] = parts.get(around, 0) + left_over
        return [around for around, n in parts.items() if ((n > 0) & (n < threshold)).any()]


def _sides(n: int) -> Integers:
    """Return every way of parting n streams in two (ways, streams), 1 for those of one side."""
    ways = [(0, *rest) for rest in product((0, 1), repeat=max(n - 1, 0)) if any(rest)]
    return np.array(ways, dtype=np.int64).reshape(len(ways), n)


def _left_over(batches: Integers, sides: Integers) -> Integers:
    """Return how many people (ways,) are on the smaller side of their batch.

    That is the minimum cut of the graph of `analysis.disclosure.fewest_told` for that parting.
    """
    one = batches @ sides.T
    smaller: Integers = np.minimum(one, batches.sum(axis=1, keepdims=True) - one).sum(axis=0)
    return smaller
