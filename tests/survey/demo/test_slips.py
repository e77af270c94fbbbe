"""Which sheets of the demonstration came by a slip."""

from datetime import date

from survey.demo.counters import Counter
from survey.demo.people import ITEMS
from survey.demo.slips import AGENCIES, Slips
from survey.demo.year import Sheet


def _sheet(result: int) -> Sheet:
    levels = [4] * len(ITEMS)
    levels[ITEMS.index("D")] = result
    return Sheet(0, date(2026, 11, 2), 1, bytes(levels), None, "vi", 2, None)


def _slips(know: str | None, result: int, invited: float = 0.5) -> list[dict[str, object]]:
    slips = Slips(Counter(unit_code="1", name="Q", invited=invited, slips_know=know))
    return [slips.of(_sheet(result)) for _ in range(1000)]


def test_a_share_of_the_sheets_of_some_counters_came_by_a_slip() -> None:
    assert not any(_slips(None, 4, 0))
    known = [slip for slip in _slips("deciding_agency", 4) if slip]
    assert 450 < len(known) < 550
    assert {slip["channel"] for slip in known} == {"invitation"}
    assert {slip["deciding_agency"] for slip in known} == set(AGENCIES)


def test_who_got_the_result_late_is_less_pleased_with_it() -> None:
    late = {
        result: sum(slip.get("on_time") is False for slip in _slips("on_time", result, 1))
        for result in (2, 5)
    }
    assert 150 < late[5] < 250
    assert 550 < late[2] < 650
