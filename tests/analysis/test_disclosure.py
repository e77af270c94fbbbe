from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import sparse

from analysis.disclosure import CountTree, fewest_told, follows, suppress

Cell = tuple[str, str]


def flat(total: int, *parts: int) -> CountTree[str]:
    names = [f"point {number}" for number in range(len(parts))]
    counts = dict(zip(names, parts, strict=True)) | {"unit": total}
    return CountTree(counts, {"unit": [names]})


@st.composite
def trees(
    draw: st.DrawFn, least: int = 0, remainders: tuple[int, ...] = (0, 0, 4, 25)
) -> CountTree[Cell]:
    """Three communes of two points in one province, over two months and their quarter."""
    sizes = st.one_of(st.just(least), st.integers(least, 40))
    children = {f"c{c}": [f"c{c}p{p}" for p in range(2)] for c in range(3)}
    children["province"] = [f"c{c}" for c in range(3)]
    counts: dict[Cell, int] = {}
    for month in ("m1", "m2"):
        for unit, below in children.items():
            counts |= {(point, month): draw(sizes) for point in below if point not in children}
            inside = sum(counts[part, month] for part in below)
            counts[unit, month] = inside + draw(st.sampled_from(remainders))
    units = {unit for unit, _ in counts}
    for unit in sorted(units):
        inside = counts[unit, "m1"] + counts[unit, "m2"]
        counts[unit, "q"] = inside
    for unit, below in children.items():
        assert counts[unit, "q"] >= sum(counts[part, "q"] for part in below)
    sums = {
        (unit, when): [
            *([[(part, when) for part in children[unit]]] if unit in children else []),
            *([[(unit, "m1"), (unit, "m2")]] if when == "q" else []),
        ]
        for unit, when in product(sorted(units), ("m1", "m2", "q"))
    }
    return CountTree(counts, sums)


def secrets(
    tree: CountTree[Cell], hidden: frozenset[Cell]
) -> Iterator[tuple[Cell, list[int], list[int]]]:
    """Yield every sum: its total, the counts a reader does not see, and those that he does."""
    for total, ways in tree.sums.items():
        for parts in ways:
            unseen = [tree.counts[part] for part in parts if part in hidden]
            seen = [tree.counts[part] for part in parts if part not in hidden]
            yield total, unseen, seen


@given(trees())
def test_no_small_count_follows_from_a_sum(tree: CountTree[Cell]) -> None:
    hidden = suppress(tree, 10)
    assert {cell for cell, count in tree.counts.items() if 0 < count < 10} <= hidden
    for total, unseen, seen in secrets(tree, hidden):
        left = tree.counts[total] - sum(seen)
        if total not in hidden:
            assert not 0 < left < 10, "total minus shown parts is a small count"
            # One hidden part, and nothing else unseen: it is the difference.
            assert len(unseen) != 1 or left > unseen[0]
        else:
            assert left > 0, "the shown parts add up to the hidden total"


@given(trees(least=10, remainders=(0, 10)))
def test_nothing_is_hidden_when_everything_is_large(tree: CountTree[Cell]) -> None:
    assert suppress(tree, 10) == frozenset()


@given(trees(), st.integers(2, 30))
def test_empty_cells_stay_and_the_same_tree_gives_the_same_cells(
    tree: CountTree[Cell], threshold: int
) -> None:
    hidden = suppress(tree, threshold)
    assert all(tree.counts[cell] > 0 for cell in hidden)
    assert hidden == suppress(CountTree(dict(tree.counts), dict(tree.sums)), threshold)


@pytest.mark.parametrize(
    ("tree", "hidden"),
    [
        (flat(100, 5, 60, 35), {0, 2}),  # the sibling with the next-lowest count
        (flat(100, 5, 6, 89), {0, 1}),  # two that hold 11 together protect each other
        (flat(95, 3, 4, 53, 35), {0, 1, 3}),  # two that hold 7 do not
        (flat(85, 5, 40, 40), {0, 1}),  # of equals, the first
        (flat(40, 5, 0, 35), {0, 2}),  # an empty cell protects nothing
        (flat(66, 30, 32), {0}),  # the remainder of 4 is a small count too
        (flat(80, 30, 32), set()),  # a large remainder needs no cover
        (flat(80, 30, 32, 5), {2}),  # a large remainder covers a small part
        (flat(38, 30, 5), {0, 1}),  # remainder 3 and part 5 hold only 8
        (flat(0, 0, 0), set()),
    ],
)
def test_the_complement_is_the_smallest_that_is_enough(
    tree: CountTree[str], hidden: set[int]
) -> None:
    assert suppress(tree) == {f"point {number}" for number in hidden}


def test_a_total_without_another_part_to_hide_is_hidden_itself() -> None:
    # b covers a; the half-year that is b alone would give b away.
    counts = {"province": 75, "a": 5, "b": 30, "c": 40, "half": 30, "year": 90, "later": 60}
    sums = {"province": [["a", "b", "c"]], "half": [["b"]], "year": [["half", "later"]]}
    assert suppress(CountTree(counts, sums)) == {"a", "b", "half", "later"}


def test_a_small_total_is_hidden_with_its_parts() -> None:
    assert suppress(flat(9, 0, 9)) == {"unit", "point 1"}
    assert suppress(flat(4, 0)) == {"unit"}


def test_cells_hidden_for_another_reason_get_their_complement() -> None:
    tree = flat(97, 40, 0, 32, 25)
    assert suppress(tree) == frozenset()
    assert suppress(tree, also={"point 0", "point 1"}) == {"point 0", "point 3"}


def test_a_hidden_unit_is_not_shown_through_its_points() -> None:
    counts = {"province": 75, "a": 5, "b": 30, "c": 40, "b1": 12, "b2": 18}
    tree = CountTree(counts, {"province": [["a", "b", "c"]], "b": [["b1", "b2"]]})
    assert suppress(tree) == {"a", "b", "b1"}


def test_what_one_sum_hides_the_others_protect() -> None:
    # Hiding February of the small point hides March of it, and the other point in both.
    counts = {"feb": 60, "mar": 70, "q": 130, "x feb": 4, "x mar": 20, "x q": 24}
    counts |= {"y feb": 56, "y mar": 50, "y q": 106}
    sums = {month: [[f"x {month}", f"y {month}"]] for month in ("feb", "mar")}
    sums |= {place + "q": [[place + "feb", place + "mar"]] for place in ("", "x ", "y ")}
    sums["q"].append(["x q", "y q"])
    assert suppress(CountTree(counts, sums)) == {"x feb", "y feb", "x mar", "y mar"}


def test_twenty_thousand_cells_are_decided_at_once() -> None:
    months = [f"m{month}" for month in range(12)]
    counts = {(unit, month): (unit * 7 + 3) % 50 for unit in range(1500) for month in months}
    sums: dict[tuple[int, str], list[list[tuple[int, str]]]] = {}
    for unit in range(1500):
        counts[unit, "year"] = 12 * ((unit * 7 + 3) % 50)
        sums[unit, "year"] = [[(unit, month) for month in months]]
    for when in (*months, "year"):
        counts[-1, when] = sum(counts[unit, when] for unit in range(1500))
        sums[-1, when] = [[(unit, when) for unit in range(1500)]]
    hidden = suppress(CountTree(counts, sums))
    assert {(unit, month) for unit, month in hidden if month != "year"} >= {
        cell for cell, count in counts.items() if 0 < count < 10
    }


@pytest.mark.parametrize(
    ("counts", "sums", "reason"),
    [
        ({"a": -1}, {}, "below 0"),
        ({"a": 5}, {"a": [["b"]]}, "'b' has no count"),
        ({"a": 5}, {"b": [["a"]]}, "'b' has no count"),
        ({"a": 5, "b": 6}, {"a": [["b"]]}, "more people"),
    ],
)
def test_counts_that_do_not_add_up_are_refused(
    counts: dict[str, int], sums: dict[str, list[list[str]]], reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        suppress(CountTree(counts, sums))


def _sums(*rows: list[int]) -> sparse.csr_array:
    return sparse.csr_array(np.array(rows, dtype=float))


def test_a_difference_of_shown_sums_follows_and_a_part_of_an_undivided_one_does_not() -> None:
    shown = _sums([1, 1, 1, 0], [0, 1, 1, 0], [0, 0, 1, 1])
    wanted = _sums([1, 0, 0, 0], [0, 1, 0, 0], [0, 1, 0, -1], [1, 1, 1, 1])
    assert follows(wanted, shown).tolist() == [True, False, True, False]


@given(arrays(np.int8, (4, 7), elements=st.integers(0, 1)), st.integers(0, 6))
def test_what_follows_is_what_rank_says(shown: npt.NDArray[np.int8], part: int) -> None:
    wanted = np.eye(7)[[part]]
    rank = np.linalg.matrix_rank
    combined = rank(np.vstack([shown, wanted])) == rank(shown)
    assert follows(sparse.csr_array(wanted), _sums(*shown.tolist())).tolist() == [combined]


def test_in_a_large_table_two_hidden_cells_of_two_rows_do_not_follow_but_a_third_does() -> None:
    places, months = 60, 50
    cell = np.arange(places * months).reshape(places, months)
    sums = [*cell, *cell.T, cell.ravel(), *cell[:, :12].reshape(-1, 12)]
    hidden = {*cell[:2, :2].ravel().tolist(), int(cell[3, 3])}
    alone = [[each] for each in cell.ravel().tolist() if each not in hidden]
    wanted = [[int(cell[0, 0])], [int(cell[3, 3])], cell[0, :2].tolist(), cell[:2, :2].ravel()]
    told = follows(_rows(wanted, cell.size), _rows([*sums, *alone], cell.size))
    assert told.tolist() == [False, True, True, True]


def _rows(sums: Sequence[Sequence[int] | npt.NDArray[np.int_]], n: int) -> sparse.csr_array:
    matrix = sparse.lil_array((len(sums), n))
    for row, parts in enumerate(sums):
        matrix[row, parts] = 1
    return matrix.tocsr()


def _fewest(table: npt.NDArray[np.int64]) -> int:
    """Try every way of parting rows and columns in two, apart from the program."""
    n_rows, size = len(table), sum(table.shape)
    found = []
    for sides in product((0, 1), repeat=size):
        rows, columns = np.array(sides[:n_rows]), np.array(sides[n_rows:])
        cut = int(table[rows[:, None] != columns].sum())
        found.append(cut)
    return min((cut for cut in found if cut), default=0)


@given(
    arrays(np.int64, st.tuples(st.integers(1, 4), st.integers(1, 4)), elements=st.integers(0, 9))
)
def test_the_fewest_that_totals_tell_of_are_those_of_the_smallest_cut(
    table: npt.NDArray[np.int64],
) -> None:
    assert fewest_told(table) == _fewest(table)


def test_a_row_less_a_column_within_it_tells_of_the_one_left() -> None:
    # Twelve came on the last day, eleven of them late, and nobody else was late.
    assert fewest_told([[30, 0], [1, 11]]) == 1
    assert fewest_told([[30, 0], [10, 11]]) == 10
    assert fewest_told([[20, 0], [0, 11]]) == 11  # each total is one of the others
    assert fewest_told(np.zeros((2, 3), dtype=int)) == 0


def test_a_table_with_a_negative_count_is_refused() -> None:
    with pytest.raises(ValueError, match="below 0"):
        fewest_told([[3, -1]])
