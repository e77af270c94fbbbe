"""A result stays what it was computed as: no array of it can be written to."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from analysis import funnel, proportion, rank_sets, xmr_chart
from analysis.gathering import strata_of_tallies
from analysis.stabiliser import Stabiliser
from analysis.sums import tally
from analysis.table import index_table

VALUES = [0.8, 0.9, 0.7, 0.8, 0.85]
SUMS = [tally([[level], [4]] * 9, ["A"]).to_bytes() for level in (1, 5)]
TABLE = index_table(
    strata_of_tallies(SUMS, [0, 1], [0, 0], 2),
    rollup="pooled",
    profile="t2b-pooled",
    prior=Stabiliser(),
)
RESULTS = {
    "rank sets": rank_sets(VALUES, [0.1] * 5),
    "tau-best": rank_sets(VALUES, [0.1] * 5, method="tau-best", tau=2),
    "funnel": funnel([9, 8, 9, 10], [10] * 4),
    "chart": xmr_chart(VALUES),
    "shares": proportion([5, 6], [10, 10]),
    "limits": proportion([5, 6], [10, 10]).confidence_interval(),
    "indices": TABLE.indices.values,
    "limits of indices": TABLE.indices.values.confidence_interval(),
}


def _arrays(result: Any) -> Iterator[np.ndarray[Any, Any]]:
    for value in vars(result).values():
        if isinstance(value, np.ndarray):
            yield value
        elif hasattr(value, "__dataclass_fields__"):
            yield from _arrays(value)


@pytest.mark.parametrize("name", RESULTS)
def test_no_array_of_a_result_can_be_written_to(name: str) -> None:
    arrays = [*_arrays(RESULTS[name])]
    assert len(arrays) > 1
    assert not any(each.flags.writeable for each in arrays)


def test_what_was_handed_in_stays_its_owners_to_write() -> None:
    mine = np.array(VALUES)
    ranks = rank_sets(mine, np.full(5, 0.1))
    mine += 1
    assert ranks.rank[1] == 1
    with pytest.raises(ValueError, match="read-only"):
        ranks.rank[1] = 5
