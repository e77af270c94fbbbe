"""Exact integer sums: all that a satisfaction index needs of the answers."""

import struct
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

import numpy as np
import numpy.typing as npt

from analysis.counting import count
from analysis.layout import (
    SCALE,
    Integers,
    Item,
    Layout,
    layout,
    positions,
    union,
)

__all__ = ["SCALE", "Item", "Sums", "stack", "tally", "tally_by"]

_VERSION = 1
WIDTHS = (1, 2, 4, 8)
_HEADER = struct.Struct("<BBHB")  # version, scale, number of items, bytes per integer


@dataclass(frozen=True, eq=False)
class Sums:
    """Counts of answers and of people, exact and free of order.

    Per item: how many chose each level 1..5, left it (missing) or could not judge it (not
    applicable). Per index (overall, and each factor) and per number b of answered items, over
    people: count, Σa, Σa², count of a = b, Σlevel, Σlevel², where a is the number of answers
    4 or 5 among the b. Every method profile but the mean of item shares follows from these.

    Sums add by item code. An item that only one side has counts as not put to the other.
    A code that stands in two factors, or another scale, raises ValueError. The integers are
    int64: Σlevel² of 22 items would overflow after 10¹⁴ people, so nothing checks for it.

    `vector` is laid out as `analysis.layout.Layout` says; use the accessors.
    """

    items: tuple[Item, ...]
    vector: Integers
    scale: int = SCALE

    def __post_init__(self) -> None:
        own = np.array(self.vector, dtype=np.int64)
        if own.shape != (self.layout.size,) or self.items != self.layout.items:
            raise ValueError("the integers do not fit the items; use tally() or from_bytes()")
        if (own < 0).any():
            raise ValueError("a count cannot be below 0")
        own.setflags(write=False)
        object.__setattr__(self, "vector", own)

    @property
    def layout(self) -> Layout:
        """Where each integer stands."""
        return layout(self.items, self.scale)

    @property
    def n_respondents(self) -> int:
        """People tallied (rows), those who answered no item of the index included."""
        return int(self.vector[0])

    @property
    def factors(self) -> tuple[str, ...]:
        """The codes of the factors, sorted."""
        return self.layout.factors

    def levels(self, code: str) -> tuple[int, ...]:
        """Return how many chose each level 1..5 of an item; KeyError for an unknown code."""
        return tuple(self._counts(code)[: self.scale])

    def missing(self, code: str) -> int:
        """Return how many were asked the item and left it."""
        return self._counts(code)[self.scale]

    def not_applicable(self, code: str) -> int:
        """Return how many said that the item does not concern them."""
        return self._counts(code)[self.scale + 1]

    def pooled_levels(self, factor: str | None = None) -> tuple[int, ...]:
        """Return the level counts over all items of a factor, or of the index (None)."""
        if factor not in (None, *self.factors):
            raise KeyError(factor)
        counts = self.layout.item_counts(self.vector)[self.layout.columns(factor), : self.scale]
        return tuple(counts.sum(axis=0).tolist())

    def _counts(self, code: str) -> list[int]:
        row = self.layout.item_counts(self.vector)[self.layout.position[code]]
        return [int(count) for count in row]

    @classmethod
    def total(cls, many: Iterable["Sums"]) -> Self:
        """Return the sum of thousands at once; of none, sums without items or people."""
        gathered = list(many)
        if not gathered:
            return cls((), np.zeros(1, dtype=np.int64))
        together, matrix = stack(gathered)
        return cls(together.items, matrix.sum(axis=0), together.scale)

    def __add__(self, other: "Sums") -> "Sums":
        if not isinstance(other, Sums):
            return NotImplemented
        return Sums.total((self, other))

    def __radd__(self, other: object) -> "Sums":
        # The built-in sum() starts from the integer 0.
        return self if other == 0 else NotImplemented

    def __sub__(self, other: "Sums") -> "Sums":
        """Take away sums contained in these; ValueError where a count would fall below 0."""
        if not isinstance(other, Sums):
            return NotImplemented
        together, matrix = stack((self, other))
        rest = matrix[0] - matrix[1]
        if (rest < 0).any():
            raise ValueError("cannot take away people who are not in these sums")
        return Sums(together.items, rest, together.scale)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sums):
            return NotImplemented
        return self.layout == other.layout and bool((self.vector == other.vector).all())

    def __hash__(self) -> int:
        return hash((self.layout, self.vector.tobytes()))

    def to_bytes(self) -> bytes:
        """Return a compact form: header, codes, integers of the smallest width, checksum.

        Little-endian: version, scale, number of items (2 bytes), width w; per item its code
        and factor, each after its length (factor length 0: outside the index); the vector as
        unsigned integers of w = 1, 2, 4 or 8 bytes; CRC-32. Equal sums give equal bytes.
        Raises ValueError for a code longer than 255 bytes.
        """
        width = next(w for w in WIDTHS if self.vector.max() < 1 << 8 * w)
        body = _beginning(self.layout, width) + self.vector.astype(f"<u{width}").tobytes()
        return body + zlib.crc32(body).to_bytes(4, "little")

    @classmethod
    def from_bytes(cls, raw: bytes) -> Self:
        """Read what `to_bytes` wrote; ValueError for damaged bytes or another version."""
        if raw and raw[0] != _VERSION:
            raise ValueError(f"sums of version {raw[0]}; this program reads version {_VERSION}")
        body, checksum = raw[:-4], raw[-4:]
        if len(body) < _HEADER.size or zlib.crc32(body) != int.from_bytes(checksum, "little"):
            raise ValueError("damaged sums: the checksum does not fit")
        _, scale, n_items, width = _HEADER.unpack_from(body)
        names, start = _names(body, _HEADER.size, 2 * n_items)
        items = tuple(Item(c, f or None) for c, f in zip(names[::2], names[1::2], strict=True))
        return cls(items, np.frombuffer(body, f"<u{width}", offset=start).astype(np.int64), scale)


@lru_cache(maxsize=256)
def _beginning(together: Layout, width: int) -> bytes:
    names = b"".join(_named(item.code) + _named(item.factor or "") for item in together.items)
    return _HEADER.pack(_VERSION, together.scale, len(together.items), width) + names


def _named(text: str) -> bytes:
    encoded = text.encode()
    if len(encoded) > 255:  # noqa: PLR2004 -- the length is one byte
        raise ValueError(f"the code {text[:20]!r}… is longer than 255 bytes")
    return bytes([len(encoded)]) + encoded


def _names(body: bytes, start: int, how_many: int) -> tuple[list[str], int]:
    names = []
    for _ in range(how_many):
        end = start + 1 + body[start]
        names.append(body[start + 1 : end].decode())
        start = end
    return names, start


def stack(many: Sequence[Sums]) -> tuple[Layout, Integers]:
    """Return the common layout of some sums and their integers (sums, integers).

    Raises ValueError where scales differ or an item stands in two factors.
    """
    rows: dict[Layout, list[int]] = {}
    for row, each in enumerate(many):
        rows.setdefault(each.layout, []).append(row)
    together = union(rows)
    matrix = np.zeros((len(many), together.size), dtype=np.int64)
    for narrow, its_rows in rows.items():
        vectors = np.stack([many[row].vector for row in its_rows])
        matrix[np.array(its_rows)[:, None], positions(narrow, together)] = vectors
    return together, matrix


def tally(levels: npt.ArrayLike, items: Sequence[Item | str]) -> Sums:
    """Return the sums of some answers.

    `levels` (people, items), small integers: 1..5 an answer, 6 asked and left (missing), 9 not
    applicable, 0 not put. Missing, not applicable and not put leave numerator and denominator;
    not put is not even counted. `items` in the order of the columns: an `Item`, or a code that
    is its own factor. Pass factor None for what was not put to everybody, and for the overall
    item: it gets level counts and stays outside the index.

    Nobody (0 rows) gives zeros. Raises ValueError for another shape, another code, or an item
    that comes twice.
    """
    answers, together = sheet(levels, items)
    everybody = np.zeros(len(answers), dtype=np.int64)
    return Sums(together.items, count(answers, together, everybody, 1)[0])


def tally_by(
    levels: npt.ArrayLike, items: Sequence[Item | str], groups: npt.ArrayLike
) -> dict[int, Sums]:
    """Return the sums of each group of people, such as the point they answered at.

    `levels` and `items` as in `tally`, `groups` (people,) integers. Equals one `tally` for each
    group, in one pass over the answers. Nobody gives no group. Raises ValueError also for
    groups of another length, or that are not integers.
    """
    answers, together = sheet(levels, items)
    labels, group = numbered(np.asarray(groups), len(answers))
    matrix = count(answers, together, group, len(labels))
    return {int(name): Sums(together.items, row) for name, row in zip(labels, matrix, strict=True)}


def sheet(
    levels: npt.ArrayLike, items: Sequence[Item | str]
) -> tuple[npt.NDArray[np.uint8], Layout]:
    """Return the answers as bytes, their columns in the order of the layout."""
    answers = np.asarray(levels)
    named = tuple(each if isinstance(each, Item) else Item(each, each) for each in items)
    if answers.ndim != 2 or answers.shape[1] != len(named):  # noqa: PLR2004 -- rows and columns
        raise ValueError(f"levels must be (people, {len(named)} items), not {answers.shape}")
    narrow = answers.astype(np.int8, copy=False)
    if narrow is not answers and (narrow != answers).any():
        raise ValueError("a stored answer is 0 to 6 or 9")
    by_code = sorted(range(len(named)), key=lambda column: named[column].code)
    if by_code != list(range(len(named))):
        narrow = narrow[:, by_code]
    return narrow.view(np.uint8), layout(named, SCALE)


def numbered(groups: npt.NDArray[np.int64], n: int) -> tuple[Integers, Integers]:
    """Return the labels that occur, in order, and the number of each person's label."""
    if groups.shape != (n,) or not np.issubdtype(groups.dtype, np.integer):
        raise ValueError(f"groups must be one integer for each of the {n} people")
    least = groups.min(initial=0)
    if groups.max(initial=0) - least > 10 * n:  # labels too far apart to count them one by one
        return np.unique(groups, return_inverse=True)
    from_least = (groups - least if least else groups).astype(np.int64, copy=False)
    met = np.bincount(from_least) > 0
    labels = np.flatnonzero(met)
    number = from_least if met.all() else (np.cumsum(met) - 1)[from_least]
    return labels + least, number
