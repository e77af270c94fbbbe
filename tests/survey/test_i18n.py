from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.interval import ConfidenceInterval
from survey import i18n


def _limits(low: float, high: float) -> ConfidenceInterval[float]:
    return ConfidenceInterval(low, high, 0.95, "wilson")


WIDE, NARROW = _limits(0.8251, 0.8949), _limits(0.8567, 0.8733)


def test_a_share_has_whole_points_unless_its_interval_is_narrower_than_two() -> None:
    assert i18n.percent(0.8645, WIDE) == "86%"
    assert i18n.percent(0.8645, NARROW) == "86,5%"
    assert i18n.percent(0.8645) == "86%"
    assert i18n.interval(WIDE) == "83–89%"
    assert i18n.interval(NARROW) == "85,7–87,3%"


def test_an_interval_of_exactly_two_points_is_not_narrow() -> None:
    assert not i18n.is_narrow(_limits(0.5, 0.52))
    assert i18n.is_narrow(_limits(0.5, 0.5199))


@pytest.mark.parametrize(
    ("share", "shown"), [(0.005, "1%"), (0.285, "29%"), (0.995, "100%"), (0.0, "0%"), (1.0, "100%")]
)
def test_halves_are_rounded_up_as_they_are_written(share: float, shown: str) -> None:
    assert i18n.percent(share) == shown


def test_a_share_is_told_as_so_many_of_a_hundred_or_of_a_thousand_answers() -> None:
    assert i18n.of_answers(0.8645, WIDE) == "86"
    assert i18n.of_answers(0.8645, NARROW) == "865"


def test_numbers_are_grouped_and_split_as_in_vietnamese() -> None:
    assert i18n.number(1240) == "1.240"
    assert i18n.number(1234567) == "1.234.567"
    assert i18n.number(92.35, 2) == "92,35"


def test_an_instant_is_told_in_vietnamese_time() -> None:
    assert i18n.moment(datetime(2026, 11, 21, 23, 0, tzinfo=UTC)) == "06:00 ngày 22/11/2026"


@given(st.floats(0, 1), st.floats(0, 1))
def test_what_is_shown_differs_from_the_figure_by_half_a_unit_at_most(a: float, b: float) -> None:
    limits = _limits(min(a, b), max(a, b))
    unit = 0.1 if i18n.is_narrow(limits) else 1
    shown = float(i18n.percent(a, limits).rstrip("%").replace(",", "."))
    assert abs(shown - a * 100) <= unit / 2 + 1e-9
