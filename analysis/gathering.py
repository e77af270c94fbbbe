"""Tallies as they are stored → the strata of many places at once."""

import zlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from analysis.days import Days
from analysis.layout import Integers, Layout, positions, union
from analysis.ratio import Design
from analysis.sums import Sums
from analysis.table import Strata

# Where the header of `Sums.to_bytes` says how wide an integer is, and the length of its end.
WIDTH, CHECKSUM = 4, 4


def unpack(raws: Sequence[bytes]) -> tuple[Layout, Integers]:
    """Return the common layout of stored sums and their integers (sums, integers).

    Equals `stack` of each `Sums.from_bytes`, about ten times faster: thousands of tallies have
    few beginnings (items and width of an integer), and those of one beginning are read as one
    array. Nothing stored: sums without items, no rows. Raises ValueError for damaged bytes,
    another version, and sums that do not add.
    """
    rows: dict[bytes, list[int]] = {}
    kinds: dict[bytes, Sums] = {}
    for row, raw in enumerate(raws):
        rows.setdefault(_beginning(raw, kinds), []).append(row)
    together = union(each.layout for each in kinds.values() or [Sums.total([])])
    matrix = np.zeros((len(raws), together.size), dtype=np.int64)
    for beginning, its_rows in rows.items():
        layout = kinds[beginning].layout
        body = b"".join(raws[row][len(beginning) : -CHECKSUM] for row in its_rows)
        vectors = np.frombuffer(body, f"<u{beginning[WIDTH]}").reshape(-1, layout.size)
        matrix[np.array(its_rows)[:, None], positions(layout, together)] = vectors
    return together, matrix


def _beginning(raw: bytes, kinds: dict[bytes, Sums]) -> bytes:
    """Return what stands before the integers, after checking the bytes; note a new kind."""
    for known in kinds:
        if raw.startswith(known):
            if zlib.crc32(raw[:-CHECKSUM]) != int.from_bytes(raw[-CHECKSUM:], "little"):
                raise ValueError("damaged sums: the checksum does not fit")
            return known
    sums = Sums.from_bytes(raw)
    beginning = raw[: -CHECKSUM - raw[WIDTH] * sums.layout.size]
    kinds[beginning] = sums
    return beginning


def strata_of_tallies(
    raws: Sequence[bytes],
    places: npt.ArrayLike,
    strata: npt.ArrayLike,
    n_places: int,
    days: npt.ArrayLike | None = None,
) -> Strata:
    """Return the strata of `n_places` places from stored sums.

    `places`, `strata` and `days` (sums,), integers: the place that a tally belongs to, 0 to
    n_places − 1, its stratum there and its day, if those are known; the tallies of one stratum
    are added, and those of one day of a stratum. Equals `Strata.of_places` of these totals; a
    place without tallies is one stratum of nobody. Raises ValueError for other shapes, an
    unknown place, and what `unpack` refuses.
    """
    place, stratum, day = (
        np.asarray(each, dtype=np.int64)
        for each in (places, strata, np.zeros(len(raws)) if days is None else days)
    )
    if place.shape != (len(raws),) or not place.shape == stratum.shape == day.shape:
        raise ValueError("give one place, one stratum and one day for each tally")
    if ((place < 0) | (place >= n_places)).any():
        raise ValueError("a place must be from 0 to n_places − 1")
    layout, matrix = unpack(raws)
    empty = np.setdiff1d(np.arange(n_places), place)
    place, stratum, day = (
        np.append(own, new) for own, new in ((place, empty), (stratum, 0 * empty), (day, 0 * empty))
    )
    matrix = np.vstack([matrix, np.zeros((len(empty), layout.size), dtype=np.int64)])
    order = np.lexsort((day, stratum, place))
    place, stratum, day = place[order], stratum[order], day[order]
    is_stratum = (np.diff(place, prepend=-1) != 0) | (np.diff(stratum, prepend=0) != 0)
    by_day = np.flatnonzero(is_stratum | (np.diff(day, prepend=0) != 0))
    matrix = np.add.reduceat(matrix[order], by_day, axis=0)
    starts = np.flatnonzero(is_stratum[by_day])
    totals = np.add.reduceat(matrix, starts, axis=0)
    first = np.searchsorted(place[by_day][starts], np.arange(n_places))
    rows = totals[:, :1].astype(np.float64)
    design = Design(rows, first, np.full_like(rows, np.nan))
    number = np.cumsum(is_stratum[by_day]) - 1
    return Strata(layout, totals, design, None if days is None else Days(number, matrix))
