from dataclasses import replace
from random import Random

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analysis.sums import Item, Sums, stack, tally

ITEMS = (Item("A1", "A"), Item("A2", "A"), Item("B1", "B"), Item("overall", None))
CODES = [0, 1, 2, 3, 4, 5, 6, 9]
Levels = npt.NDArray[np.int8]


def answers(columns: int = len(ITEMS)) -> st.SearchStrategy[Levels]:
    shape = st.tuples(st.integers(0, 8), st.just(columns))
    return shape.flatmap(lambda s: arrays(np.int8, s, elements=st.sampled_from(CODES)))


def by_hand(levels: Levels, columns: list[int]) -> dict[int, list[int]]:
    """Recount, person by person, the six sums by number of answers."""
    found: dict[int, list[int]] = {}
    for person in levels.tolist():
        given = [person[column] for column in columns if 1 <= person[column] <= 5]
        a, b, level = sum(x >= 4 for x in given), len(given), sum(given)
        for place, value in enumerate([1, a, a * a, a == b, level, level * level]):
            found.setdefault(b, [0] * 6)[place] += value
    return found


@given(answers())
def test_sums_are_what_the_rows_say(levels: Levels) -> None:
    sums = tally(levels, ITEMS)
    assert sums.n_respondents == len(levels)
    for column, item in enumerate(ITEMS):
        own = levels[:, column].tolist()
        assert sums.levels(item.code) == tuple(own.count(level) for level in range(1, 6))
        assert sums.missing(item.code) == own.count(6)
        assert sums.not_applicable(item.code) == own.count(9)
    for index, columns in ((None, [0, 1, 2]), ("A", [0, 1]), ("B", [2])):
        expected = by_hand(levels, columns)
        for b, row in enumerate(sums.layout.people(sums.vector, index).tolist(), start=1):
            assert row == expected.get(b, [0] * 6)


@given(answers())
def test_pooled_levels_are_those_of_the_items(levels: Levels) -> None:
    sums = tally(levels, ITEMS)
    for factor, codes in ((None, ("A1", "A2", "B1")), ("A", ("A1", "A2"))):
        together = zip(*(sums.levels(code) for code in codes), strict=True)
        assert sums.pooled_levels(factor) == tuple(map(sum, together))


@given(answers(), answers(), answers())
def test_sums_add_in_any_order(one: Levels, two: Levels, three: Levels) -> None:
    a, b, c = (tally(levels, ITEMS) for levels in (one, two, three))
    whole = tally(np.concatenate([one, two, three]), ITEMS)
    assert whole == a + b + c == c + (b + a) == sum([b, c, a]) == Sums.total([c, a, b])
    assert whole - b == a + c
    assert hash(whole) == hash(c + b + a)


@given(answers(), st.permutations(range(len(ITEMS))), st.randoms())
def test_the_order_of_people_and_of_columns_does_not_matter(
    levels: Levels, order: list[int], random: Random
) -> None:
    rows = list(range(len(levels)))
    random.shuffle(rows)
    shuffled = tally(levels[rows][:, order], [ITEMS[column] for column in order])
    assert shuffled == tally(levels, ITEMS)
    assert shuffled.to_bytes() == tally(levels, ITEMS).to_bytes()


@given(answers(), answers(2))
def test_an_item_that_one_side_lacks_counts_as_not_put(one: Levels, two: Levels) -> None:
    others = (Item("A2", "A"), Item("C1", "C"))
    wide = np.zeros((len(one) + len(two), 5), dtype=np.int8)
    wide[: len(one), :4] = one
    wide[len(one) :, [1, 4]] = two
    added = tally(one, ITEMS) + tally(two, others)
    everybody = tally(wide, (*ITEMS, Item("C1", "C")))
    assert added.items == everybody.items
    for code in ("A1", "A2", "B1", "C1", "overall"):
        assert added.levels(code) == everybody.levels(code)
    layout, matrix = stack([added, everybody])
    for index in (None, "A", "B", "C"):
        ours, theirs = layout.people(matrix, index)
        assert (ours == theirs).all()


@given(answers(), st.integers(1, 10**6))
def test_bytes_come_back_as_they_were(levels: Levels, times: int) -> None:
    one = tally(levels, ITEMS)
    many = Sums(one.items, one.vector * times)
    assert Sums.from_bytes(many.to_bytes()) == many


def test_bytes_take_the_smallest_width_that_fits() -> None:
    one = tally(np.full((1, 4), 5, dtype=np.int8), ITEMS)
    sizes = [
        len(Sums(one.items, one.vector * times).to_bytes()) for times in (1, 256, 2**16, 2**32)
    ]
    integers = len(one.vector)
    assert np.diff(sizes).tolist() == [integers, 2 * integers, 4 * integers]


@given(answers(), st.data())
def test_damaged_bytes_are_refused(levels: Levels, data: st.DataObject) -> None:
    raw = bytearray(tally(levels, ITEMS).to_bytes())
    place = data.draw(st.integers(1, len(raw) - 1))
    with pytest.raises(ValueError, match="damaged"):
        Sums.from_bytes(bytes(raw[:place]))
    raw[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(ValueError, match="damaged"):
        Sums.from_bytes(bytes(raw))


def test_newer_bytes_and_no_bytes_are_refused() -> None:
    raw = tally([[5]], ["A"]).to_bytes()
    with pytest.raises(ValueError, match="version 2"):
        Sums.from_bytes(b"\x02" + raw[1:])
    with pytest.raises(ValueError, match="damaged"):
        Sums.from_bytes(b"")


def test_another_scale_and_another_factor_do_not_add() -> None:
    one = tally([[5]], [Item("A1", "A")])
    layout = replace(one.layout, scale=3)
    other = Sums(one.items, np.zeros(layout.size, dtype=np.int64), scale=3)
    with pytest.raises(ValueError, match="scales"):
        one + other
    with pytest.raises(ValueError, match="scales"):
        one - other
    with pytest.raises(ValueError, match="'A1' is in factor 'A' and in 'B'"):
        one + tally([[5]], [Item("A1", "B")])
    with pytest.raises(ValueError, match="and in None"):
        one + tally([[5]], [Item("A1", None)])
    assert one != other
    assert Sums.from_bytes(other.to_bytes()) == other


def test_people_who_are_not_there_cannot_be_taken_away() -> None:
    with pytest.raises(ValueError, match="take away"):
        tally([[5]], ["A"]) - tally([[4]], ["A"])


def test_a_plain_code_is_its_own_factor() -> None:
    assert tally([[5, 4]], ["A", "B"]).items == (Item("A", "A"), Item("B", "B"))


def test_nobody_gives_zeros_and_the_sum_of_nothing_is_neutral() -> None:
    nobody = tally(np.zeros((0, 2)), ["A", "B"])
    assert (nobody.n_respondents, nobody.levels("A")) == (0, (0, 0, 0, 0, 0))
    somebody = tally([[1, 9]], ["A", "B"])
    assert nobody + somebody == somebody == Sums.total([]) + somebody


def test_sums_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        tally([[5]], ["A"]).vector[0] = 7


@pytest.mark.parametrize(
    ("levels", "items", "reason"),
    [
        ([[7]], ["A"], "0 to 6 or 9"),
        ([[4.5]], ["A"], "0 to 6 or 9"),
        ([[5, 5]], ["A"], "1 items"),
        ([5], ["A"], "1 items"),
        ([[5, 5]], ["A", "A"], "twice"),
        ([[5]], [""], "need a code"),
        ([[5]], [Item("A1", "")], "need a code"),
    ],
)
def test_what_is_no_answer_sheet_is_refused(
    levels: list[list[int]], items: list[str], reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        tally(levels, items)


def test_integers_that_do_not_fit_their_items_are_refused() -> None:
    one = tally([[5]], ["A"])
    with pytest.raises(ValueError, match="do not fit"):
        Sums(one.items, one.vector[1:])
    with pytest.raises(ValueError, match="below 0"):
        Sums(one.items, -one.vector)
    with pytest.raises(KeyError):
        one.levels("Z")
    with pytest.raises(KeyError):
        one.pooled_levels("Z")
    with pytest.raises(ValueError, match="255 bytes"):
        tally([[5]], ["ổ" * 100]).to_bytes()
