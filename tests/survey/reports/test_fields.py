"""What is told of a peer on the group's mix of fields."""

from survey.reports.comparison.fields import side_by_side
from tests.figures import tallied

FIELD_OF = {1: "Hộ tịch", 2: "Đất đai"}


def test_a_standardised_share_whose_interval_is_too_wide_is_not_told() -> None:
    """The few of a field that weighs most widen what was narrow as counted."""
    even = [tallied(180, 200), tallied(600, 1000, point=2)]
    lopsided = [tallied(280, 300), tallied(6, 12, point=2)]
    rows = {"a": even, "b": even, "c": lopsided}
    _mix, found = side_by_side(rows, FIELD_OF)
    assert [*found] == ["a", "b"]


def test_the_method_named_is_the_one_that_gave_the_limits() -> None:
    """People of one field with one answer each are a share of people."""
    rows = {
        "a": [tallied(270, 300, items=2)],
        "b": [tallied(270, 300), tallied(30, 50, point=2)],
    }
    _mix, found = side_by_side(rows, FIELD_OF)
    assert found["a"].interval == found["a"].crude_interval
    assert [found[code].interval.method for code in rows] == ["wilson", "wilson-neff-t"]
