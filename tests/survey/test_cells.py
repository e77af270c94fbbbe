import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from survey import period
from survey.cells import Cell, Table, hidden_cells
from survey.period import Period
from survey.storage.tallies import CellCount

K = 20
PARENTS = {"92": None, "31117": "92", "31120": "92", "31123": "92"}
JULY, YEAR = period.parse("2026-07"), period.parse("2026")


def _count(
    n: int,
    unit: str = "31117",
    point: int | None = 1,
    when: str = "2026-07",
    *,
    imported: bool = False,
) -> CellCount:
    span = period.parse(when)
    return CellCount(
        unit_code=unit,
        point_id=point,
        starts_on=span.start,
        ends_on=span.end,
        measure_hash="m",
        is_imported=imported,
        n=n,
    )


def _hidden(*counts: CellCount, split: str = "headline", k: int = K) -> set[tuple[str, str, int]]:
    cells = hidden_cells(counts, PARENTS, k)[split]
    return {(cell.period.name, cell.unit_code, cell.point_id) for cell in cells}


def test_a_cell_counts_everybody_below_it_in_every_period_around_it() -> None:
    people = Table([_count(12), _count(15, point=2), _count(11, point=None)], PARENTS).people
    assert people[Cell(JULY, "31117", 1)] == 12
    assert people[Cell(JULY, "31117", 0)] == 38
    assert people[Cell(YEAR, "92", 0)] == 38


def test_large_cells_are_all_shown() -> None:
    assert _hidden(_count(20), _count(25, point=2), _count(30, when="2026-08")) == set()


def test_a_small_counter_takes_its_smallest_neighbour_along() -> None:
    months = ("2026-07", "2026-Q3", "2026-H2", "2026")
    found = _hidden(_count(12), _count(25, point=2), _count(40, point=3))
    assert found == {(month, "31117", point) for month in months for point in (1, 2)}


def test_a_small_month_is_not_left_over_from_its_quarter() -> None:
    found = _hidden(_count(12), _count(40, when="2026-08"), _count(50, when="2026-09"))
    assert {("2026-07", "31117", 1), ("2026-08", "31117", 1)} <= found
    assert ("2026-Q3", "31117", 1) not in found


def test_imported_answers_protect_themselves() -> None:
    counts = (_count(40), _count(12, imported=True), _count(30, point=2, imported=True))
    assert _hidden(*counts) == set()
    assert ("2026-07", "31117", 1) in _hidden(*counts, split="imported")


@st.composite
def _years(draw: st.DrawFn) -> list[CellCount]:
    """Whole batches of at least 10 people under a k that was raised to 20 since."""
    points, months = st.sampled_from([1, 2, 3]), st.sampled_from(["2026-07", "2026-08", "2026-10"])
    whens = st.one_of(months, st.sampled_from(["2026-Q3", "2026"]))
    size = draw(st.integers(1, 14))
    return [
        _count(
            draw(st.integers(10, 45)),
            draw(st.sampled_from(["31117", "31120", "31123"])),
            *draw(st.one_of(st.tuples(points, months), st.tuples(st.none(), whens))),
        )
        for _ in range(size)
    ]


@settings(max_examples=200)
@given(_years())
def test_no_hidden_small_cell_can_be_worked_out_from_those_shown(counts: list[CellCount]) -> None:
    people = Table(counts, PARENTS).people
    hidden = hidden_cells(counts, PARENTS, K)["headline"]
    atoms = sorted({_atom(count) for count in counts}, key=str)
    shown = np.array([_members(cell, atoms) for cell in people if cell not in hidden])
    for cell, n in people.items():
        if n < K:
            assert cell in hidden
            assert not _follows(_members(cell, atoms), shown)


Atom = tuple[str, int, Period]


def _atom(count: CellCount) -> Atom:
    return count.unit_code, count.point_id or 0, Period(count.starts_on, count.ends_on)


def _members(cell: Cell, atoms: list[Atom]) -> list[float]:
    return [float(_is_in(atom, cell)) for atom in atoms]


def _is_in(atom: Atom, cell: Cell) -> bool:
    unit, point, when = atom
    here = cell.unit_code in (unit, "92") and (not cell.point_id or point == cell.point_id)
    inside = cell.period.start <= when.start and when.end <= cell.period.end
    return here and inside and (cell.unit_code != "92" or not cell.point_id)


def _follows(wanted: list[float], shown: np.ndarray) -> bool:
    """Say whether a sum is a linear combination of those shown."""
    if not len(shown):
        return False
    rank = np.linalg.matrix_rank
    return bool(rank(np.vstack([shown, wanted])) == rank(shown))
