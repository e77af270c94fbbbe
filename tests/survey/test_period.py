import itertools
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
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


@pytest.mark.parametrize(
    ("name", "start", "end", "days"),
    [
        ("2026-12", date(2026, 12, 1), date(2027, 1, 1), ""),
        ("2027-01", date(2027, 1, 1), date(2027, 1, 15), "1/1–14/1"),
        ("2027-02", date(2027, 1, 15), date(2027, 2, 15), "15/1–14/2"),
        ("2027-Q4", date(2027, 9, 15), date(2027, 12, 15), "15/9–14/12"),
        ("2027-H1", date(2027, 1, 1), date(2027, 6, 15), "1/1–14/6"),
        ("2027-H2", date(2027, 6, 15), date(2027, 12, 15), "15/6–14/12"),
        ("2027", date(2027, 1, 1), date(2027, 12, 15), "1/1–14/12"),
        ("2028-01", date(2027, 12, 15), date(2028, 1, 15), "15/12/2027–14/1/2028"),
        ("2028", date(2027, 12, 15), date(2028, 12, 15), "15/12/2027–14/12/2028"),
    ],
)
def test_official_months_begin_with_their_first_year_and_say_their_days(
    name: str, start: date, end: date, days: str
) -> None:
    title = period.parse(name).title
    period.use(2027)
    found = period.parse(name)
    assert (found.start, found.end, found.days) == (start, end, days)
    assert (found.name, found.title) == (name, title)


def test_an_official_month_closes_seven_days_after_its_fourteenth() -> None:
    period.use(2026)
    assert period.parse("2026-10").closes_on == date(2026, 10, 22)


calendars = st.none() | st.integers(2002, 2900)
days = st.dates(date(2001, 1, 1), date(2900, 1, 1))


@st.composite
def turns(draw: st.DrawFn) -> tuple[int | None, date]:
    """Return a calendar and a day, often near the beginning of its first official year."""
    official_from = draw(calendars)
    if official_from is None or draw(st.booleans()):
        return official_from, draw(days)
    return official_from, date(official_from, 1, 1) + timedelta(draw(st.integers(-400, 800)))


@given(turns(), st.sampled_from(list(period.MONTHS)))
def test_the_period_around_a_day_holds_it_and_follows_the_one_before(
    turn: tuple[int | None, date], kind: str
) -> None:
    official_from, day = turn
    period.use(official_from)
    found = period.containing(day, kind)
    assert day in found
    assert found.kind == kind
    assert period.parse(found.name) == found
    assert found.previous.end == found.start
    assert found.previous.kind == kind
    assert date(found.year, (found.number - 1) * period.MONTHS[kind] + 1, 1) in found
    assert found.closes_on - found.end == period.CLOSES_AFTER


@given(turns(), st.sampled_from(list(period.MONTHS)))
def test_every_period_is_made_of_whole_periods_of_each_shorter_kind(
    turn: tuple[int | None, date], kind: str
) -> None:
    official_from, day = turn
    period.use(official_from)
    whole = period.containing(day, kind)
    for shorter, length in period.MONTHS.items():
        parts = whole.of_kind(shorter)
        assert len(parts) == period.MONTHS[kind] // length
        edges = [part.start for part in parts] + [whole.end] if parts else []
        assert [(p.start, p.end) for p in parts] == list(itertools.pairwise(edges))
        assert edges[:1] in ([], [whole.start])
        assert {part.year for part in parts} <= {whole.year}


@given(turns())
def test_the_first_of_a_month_lies_in_the_month_of_that_name_on_any_calendar(
    turn: tuple[int | None, date],
) -> None:
    official_from, day = turn
    period.use(official_from)
    first = period.containing(day.replace(day=1))
    assert (first.year, first.number) == (day.year, day.month)


def test_today_belongs_to_the_next_official_year_from_the_fifteenth_of_december_on() -> None:
    with time_machine.travel(datetime(2026, 12, 20, tzinfo=UTC)):
        assert period.this_year() == 2026
        period.use(2026)
        assert period.this_year() == 2027


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


def test_no_part_of_a_period_is_remembered_from_another_calendar() -> None:
    whole = period.parse("2027")
    assert whole.of_kind("month")[0].end == date(2027, 2, 1)
    period.use(2027)
    assert whole.of_kind("month")[0].end == date(2027, 1, 15)


def test_a_day_begins_a_month_or_lies_within_one() -> None:
    calendar = period.Calendar(2027)
    days = [date(2026, 12, 15), date(2027, 1, 1), date(2027, 1, 15), date(2027, 2, 1)]
    assert [calendar.is_first(day) for day in days] == [False, True, True, False]
