import math
from itertools import pairwise

import pytest

from survey import period
from survey.reports import TrendMonth
from survey.reports.control import controlled
from tests.figures import share, wide

YEAR = list(period.parse("2026").of_kind("month"))
STEADY = (80, 82, 80, 81, 79, 80, 81, 80, 79, 81, 80)


def _months(*satisfied: int | None, broken: int | None = None) -> list[TrendMonth]:
    """Return months of a hundred people each; one of them may be a break."""
    return [
        TrendMonth(
            month,
            None if n is None else share(n, 100),
            ("channels",) if number == broken else (),
        )
        for number, (month, n) in enumerate(zip(YEAR, satisfied, strict=False))
    ]


def test_the_months_before_the_last_draw_the_limits_by_wheelers_rule() -> None:
    found = controlled(_months(*STEADY, 80))
    limits = found[0].limits
    assert limits is not None
    mean = sum(STEADY) / 11
    ranges = [abs(a - b) for a, b in pairwise(STEADY)]
    reach = 3 * sum(ranges) / 10 / 1.128
    assert limits.centre == pytest.approx(mean / 100)
    assert (limits.lower, limits.upper) == (
        pytest.approx((mean - reach) / 100),
        pytest.approx((mean + reach) / 100),
    )
    assert {month.limits for month in found} == {limits}
    assert not any(month.signals for month in found)


def test_a_last_month_far_off_is_a_signal_and_moves_no_limit() -> None:
    steady, fallen = controlled(_months(*STEADY, 80)), controlled(_months(*STEADY, 60))
    assert "beyond_limits" in fallen[-1].signals
    assert fallen[0].limits == steady[0].limits


def test_fewer_than_eight_months_before_the_last_draw_nothing() -> None:
    assert controlled(_months(*STEADY[:8], 20))[-1].signals
    few = controlled(_months(*STEADY[:7], 20))
    assert all(month.limits is None and not month.signals for month in few)


def test_months_before_a_break_count_for_nothing() -> None:
    months = _months(*[20] * 3, *STEADY[:8], 80, broken=3)
    found = controlled(months)
    assert found[:3] == tuple(months[:3])
    assert found[3].limits is not None
    assert found[3].limits.centre == pytest.approx(sum(STEADY[:8]) / 800)
    assert all(month.limits is None for month in controlled(_months(*STEADY, 80, broken=6)))


def test_a_month_without_a_share_is_a_gap() -> None:
    months = _months(*STEADY, 80)
    months[4], months[5] = TrendMonth(YEAR[4], None), TrendMonth(YEAR[5], wide())
    found = controlled(months)
    assert found[0].limits is not None
    assert math.isclose(
        found[0].limits.centre, sum(n for i, n in enumerate(STEADY) if i not in {4, 5}) / 900
    )


def test_months_that_are_all_alike_have_no_limits() -> None:
    assert controlled(_months(*[80] * 12))[0].limits is None


def test_nothing_gives_nothing() -> None:
    assert controlled([]) == ()
