"""Where each integer of a tally stands in its vector."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]

SCALE = 5
MISSING, NOT_APPLICABLE = 6, 9
# Per number b of answered items, over the people who answered b of them.
PEOPLE = ("count", "satisfied", "satisfied²", "all satisfied", "level", "level²")


class Item(NamedTuple):
    """A question by its stable code; `factor` None keeps it outside the index."""

    code: str
    factor: str | None


@dataclass(frozen=True)
class Layout:
    """The order of the integers: rows, then items, then people by number of answers.

    Vector: [rows | per item: levels 1..scale, missing, not applicable | per index (None is the
    overall one, then each factor) and per b = 1..items of that index: the six of `PEOPLE`].
    Items stand in the order of their codes, so equal content is equal integers.
    """

    items: tuple[Item, ...]
    scale: int

    @cached_property
    def factors(self) -> tuple[str, ...]:
        """The codes of the factors, sorted."""
        return tuple(sorted({item.factor for item in self.items if item.factor is not None}))

    @cached_property
    def position(self) -> dict[str, int]:
        """The row of each item code."""
        return {item.code: row for row, item in enumerate(self.items)}

    def columns(self, index: str | None) -> list[int]:
        """Return the rows of the items of one factor, or of the whole index (None)."""
        return [
            row
            for row, item in enumerate(self.items)
            if item.factor is not None and index in (None, item.factor)
        ]

    @cached_property
    def _blocks(self) -> dict[str | None, tuple[int, int]]:
        """Start and end of the people of each index."""
        start, blocks = 1 + len(self.items) * (self.scale + 2), {}
        for index in (None, *self.factors):
            end = start + len(self.columns(index)) * len(PEOPLE)
            blocks[index] = (start, end)
            start = end
        return blocks

    @cached_property
    def size(self) -> int:
        """How many integers a vector has."""
        return max(end for _, end in self._blocks.values())

    def item_counts(self, vectors: Integers) -> Integers:
        """View vectors (..., size) as counts (..., items, scale + 2)."""
        columns = self.scale + 2
        end = 1 + len(self.items) * columns
        return vectors[..., 1:end].reshape(*vectors.shape[:-1], len(self.items), columns)

    def people(self, vectors: Integers, index: str | None) -> Integers:
        """View vectors (..., size) as the people (..., b, 6) of one index.

        An index that has no items here has no b, so its sums over b are 0.
        """
        start, end = self._blocks.get(index, (0, 0))
        rows = (end - start) // len(PEOPLE)
        return vectors[..., start:end].reshape(*vectors.shape[:-1], rows, len(PEOPLE))

    @cached_property
    def labels(self) -> list[tuple[str | None, int, int]]:
        """What each integer is, in a way that does not depend on the other items."""
        found: list[tuple[str | None, int, int]] = [("rows", -1, -1)]
        found += [(item.code, -1, c) for item in self.items for c in range(self.scale + 2)]
        for index in self._blocks:
            answered = range(1, len(self.columns(index)) + 1)
            found += [(index, b, column) for b in answered for column in range(len(PEOPLE))]
        return found


@lru_cache(maxsize=256)
def layout(items: tuple[Item, ...], scale: int) -> Layout:
    """Return the layout of these items; ValueError when a code comes twice or is empty."""
    codes = [item.code for item in items]
    if len(set(codes)) < len(codes):
        raise ValueError(f"an item code comes twice in {sorted(codes)}")
    if any(not item.code or item.factor == "" for item in items):
        raise ValueError("an item and its factor need a code")
    return Layout(tuple(sorted(items, key=lambda item: item.code)), scale)


def union(layouts: Iterable[Layout]) -> Layout:
    """Return the layout of all their items; ValueError where a scale or a factor differs."""
    found: dict[str, Item] = {}
    scales = set()
    for each in layouts:
        scales.add(each.scale)
        for item in each.items:
            if found.setdefault(item.code, item) != item:
                raise ValueError(
                    f"item {item.code!r} is in factor {found[item.code].factor!r} "
                    f"and in {item.factor!r}: not the same measure"
                )
    if len(scales) > 1:
        raise ValueError(f"sums of different scales do not add: {sorted(scales)}")
    return layout(tuple(found.values()), *scales)


@lru_cache(maxsize=256)
def positions(narrow: Layout, wide: Layout) -> Integers:
    """Return where the integers of `narrow` stand in `wide`."""
    place = {label: number for number, label in enumerate(wide.labels)}
    return np.array([place[label] for label in narrow.labels], dtype=np.int64)
