"""The compiled kernel counts what NumPy counts."""

import os
import shutil
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.random import mtrand

from analysis import compiled
from analysis.compiled import LIBRARY, MOST_ITEMS, SOURCE, Kernel, load
from analysis.counting import CHUNK, MANY, by_kernel, by_numpy, count
from analysis.layout import Integers, Item, Layout, layout

Bytes = npt.NDArray[np.uint8]

CODES = [0, 1, 2, 3, 4, 5, 6, 9]
OUTSIDE = Item("overall", None)


@pytest.fixture(scope="session")
def kernel() -> Kernel:
    if shutil.which("cc") is None:
        pytest.skip("no C compiler: answers are counted by NumPy alone")
    found = compiled.kernel()
    assert found is not None, (
        f"run make: {LIBRARY.name} is missing, broken or older than its source"
    )
    return found


@st.composite
def counted(draw: st.DrawFn) -> tuple[Bytes, Layout, Integers, int]:
    """Answers to items of some factors and of none, and groups in any order, some of them empty."""
    factors = draw(st.lists(st.sampled_from(["A", "B", "C", None]), min_size=1, max_size=9))
    items = tuple(Item(f"{number}", factor) for number, factor in enumerate(factors))
    people, groups = draw(st.integers(0, 40)), draw(st.integers(1, 6))
    answers = arrays(np.uint8, (people, len(items)), elements=st.sampled_from(CODES))
    group = arrays(np.int64, people, elements=st.integers(0, groups - 1))
    return draw(answers), layout(items, 5), draw(group), groups


@given(case=counted())
def test_the_kernel_and_numpy_count_the_same(
    kernel: Kernel, case: tuple[Bytes, Layout, Integers, int]
) -> None:
    assert by_kernel(kernel, *case).tolist() == by_numpy(*case).tolist()


def drawn(people: int, items: tuple[Item, ...], groups: int) -> tuple[Bytes, Layout, Integers, int]:
    random = np.random.default_rng(people)
    answers = random.choice(CODES, (people, len(items))).astype(np.uint8)
    return answers, layout(items, 5), random.integers(0, groups, people), groups


def factors(sizes: dict[str, int]) -> tuple[Item, ...]:
    return tuple(Item(f"{f}{number:03}", f) for f, size in sizes.items() for number in range(size))


@pytest.mark.parametrize("groups", [1, 3, 700])
def test_more_people_than_one_thread_or_cache_takes_are_all_counted(
    kernel: Kernel, monkeypatch: pytest.MonkeyPatch, groups: int
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    case = drawn(2 * CHUNK + 77, (*factors({"A": 4, "B": 5}), OUTSIDE), groups)
    assert (by_kernel(kernel, *case) == by_numpy(*case)).all()


def test_as_many_satisfied_answers_as_the_kernel_can_hold_do_not_overflow(kernel: Kernel) -> None:
    _, together, group, _ = drawn(600, factors({"A": MOST_ITEMS}), 2)
    best = np.full((600, MOST_ITEMS), 5, dtype=np.uint8)
    sums = by_kernel(kernel, best, together, group, 2)
    n = np.bincount(group)
    for index in (None, "A"):
        six = np.outer(n, [1, 255, 255**2, 1, 1275, 1275**2])
        assert together.people(sums, index)[:, -1].tolist() == six.tolist()
    assert together.item_counts(sums)[:, :, 4].tolist() == np.outer(n, [1] * MOST_ITEMS).tolist()


@pytest.mark.parametrize("wrong", [7, 8, 10, 128, 255])
@pytest.mark.parametrize("column", [0, 9])
def test_a_code_that_is_no_answer_is_refused_inside_and_outside_the_index(
    kernel: Kernel, wrong: int, column: int
) -> None:
    case = drawn(300, (*factors({"A": 4, "B": 5}), OUTSIDE), 3)
    case[0][[17, 18], column] = wrong
    with pytest.raises(ValueError, match="0 to 6 or 9"):
        by_kernel(kernel, *case)
    with pytest.raises(ValueError, match="0 to 6 or 9"):
        by_numpy(*case)


@pytest.mark.parametrize("place", [-1, 3])
def test_what_would_be_written_elsewhere_is_refused(kernel: Kernel, place: int) -> None:
    answers, together, group, groups = drawn(9, factors({"A": 2}), 3)
    with pytest.raises(ValueError, match="a group from 0 to 2"):
        by_kernel(kernel, answers, together, np.full(9, place), groups)
    for wrong in (answers[:, :1], answers[:8]):
        with pytest.raises(ValueError, match="every item"):
            by_kernel(kernel, wrong, together, group, groups)


def test_many_people_are_counted_by_the_kernel_where_there_is_one(
    kernel: Kernel, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = drawn(MANY, factors({"A": 3}), 2)
    called = []

    def watched(*arguments: object) -> None:
        called.append(len(arguments))
        kernel(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(compiled, "kernel", lambda: watched)
    expected = by_numpy(*case).tolist()
    assert count(*case).tolist() == expected
    assert called
    monkeypatch.setattr(compiled, "kernel", lambda: None)
    assert count(*case).tolist() == expected


def test_few_people_and_very_many_items_are_left_to_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(compiled, "kernel", lambda: refused)
    few = drawn(MANY - 1, factors({"A": 3}), 2)
    wide = drawn(MANY, factors({"A": MOST_ITEMS + 1}), 1)
    for case in (few, wide):
        assert count(*case)[:, 0].sum() == len(case[0])


def test_a_library_that_is_missing_or_foreign_or_another_leaves_it_to_numpy(tmp_path: Path) -> None:
    assert load(tmp_path / "none.so") is None
    foreign = tmp_path / "foreign.so"
    foreign.write_bytes(b"\x7fELF of another machine")
    assert load(foreign) is None
    another = tmp_path / "another.so"
    shutil.copyfile(mtrand.__file__, another)
    assert load(another) is None


@pytest.mark.usefixtures("kernel")
def test_a_library_older_than_its_source_is_not_used(tmp_path: Path) -> None:
    old = tmp_path / "old.so"
    shutil.copyfile(LIBRARY, old)
    assert load(old) is not None
    before = SOURCE.stat().st_mtime - 1
    os.utime(old, (before, before))
    assert load(old) is None
