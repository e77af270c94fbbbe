from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey import period


def test_an_answer_from_five_in_the_afternoon_utc_belongs_to_the_next_vietnamese_date() -> None:
    assert period.business_day(datetime(2026, 10, 31, 16, 59, tzinfo=UTC)) == date(2026, 10, 31)
    assert period.business_day(datetime(2026, 10, 31, 17, 0, tzinfo=UTC)) == date(2026, 11, 1)


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        period.business_day(datetime(2026, 10, 31))  # noqa: DTZ001 the point of the test


@pytest.mark.parametrize(
    ("name", "start", "end", "title"),
    [
        ("2026-10", date(2026, 10, 1), date(2026, 11, 1), "Tháng 10/2026"),
        ("2026-12", date(2026, 12, 1), date(2027, 1, 1), "Tháng 12/2026"),
        ("2026-Q4", date(2026, 10, 1), date(2027, 1, 1), "Quý 4/2026"),
        ("2026-H1", date(2026, 1, 1), date(2026, 7, 1), "6 tháng đầu năm 2026"),
        ("2026-H2", date(2026, 7, 1), date(2027, 1, 1), "6 tháng cuối năm 2026"),
        ("2026", date(2026, 1, 1), date(2027, 1, 1), "Năm 2026"),
    ],
)
def test_a_period_is_named_titled_and_bounded(
    name: str, start: date, end: date, title: str
) -> None:
    found = period.parse(name)
    assert (found.start, found.end) == (start, end)
    assert (found.name, found.title) == (name, title)


@pytest.mark.parametrize(
    "name", ["2026-13", "2026-Q5", "2026-1", "26-10", "2026-10-01", "٢٠٢٦", ""]
)
def test_what_is_no_period_is_refused_with_the_names_there_are(name: str) -> None:
    with pytest.raises(ValueError, match="2026-10, 2026-Q4, 2026-H2 or 2026"):
        period.parse(name)


@given(st.dates(date(2000, 1, 1), date(2900, 1, 1)), st.sampled_from(list(period.MONTHS)))
def test_the_period_around_a_day_holds_it_and_follows_the_one_before(day: date, kind: str) -> None:
    found = period.containing(day, kind)
    assert day in found
    assert found.kind == kind
    assert period.parse(found.name) == found
    assert found.previous.end == found.start


def test_a_year_has_its_quarters_in_order_and_every_month_once() -> None:
    year = period.parse("2026")
    assert [part.name for part in year.of_kind("quarter")] == [f"2026-Q{n}" for n in range(1, 5)]
    assert len(list(year.of_kind("month"))) == 12


def test_a_month_closes_at_six_of_the_seventh_day_after_its_end() -> None:
    october = period.parse("2026-10")
    assert october.closes_on == date(2026, 11, 8)
    assert october.last_day_to_close == date(2026, 11, 7)


@pytest.mark.parametrize(("hour", "day"), [(22, 21), (23, 22)])
def test_the_close_due_is_the_last_six_o_clock_in_vietnam(hour: int, day: int) -> None:
    # 23:00 UTC is 06:00 of the next day in Vietnam.
    due = period.last_close_due(datetime(2026, 11, 21, hour, tzinfo=UTC))
    assert due == datetime(2026, 11, day, 6, tzinfo=period.VIETNAM)
