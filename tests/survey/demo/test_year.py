"""What the generator makes up, without a database."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta

import pytest

from survey.demo import counters
from survey.demo.year import DAYS, Sheet, Year

LAST = date(2026, 11, 21)
COMMUNES = [f"{number:05}" for number in range(1, 11)]
PLAN = counters.plan(COMMUNES)
SHEETS = Year(PLAN, LAST).at_counters()
OVERALL, FACTORS = 0, range(1, 6)
RESULT, FEEDBACK = 4, 5


def _place(unit_code: str, name: str) -> int:
    return next(
        place for place, c in enumerate(PLAN) if c.unit_code == unit_code and name in c.name
    )


def _at(place: int) -> list[Sheet]:
    return [sheet for sheet in SHEETS if sheet.counter == place]


def _answers(sheets: Iterable[Sheet], items: Iterable[int]) -> list[int]:
    return [sheet.levels[item] for sheet in sheets for item in items]


def _satisfied(sheets: Iterable[Sheet], items: Iterable[int] = FACTORS) -> float:
    levels = [level for level in _answers(sheets, items) if level <= 5]
    return sum(level >= 4 for level in levels) / len(levels)


def _share(code: int, item: int, sheets: Iterable[Sheet] = SHEETS) -> float:
    answers = _answers(sheets, [item])
    return answers.count(code) / len(answers)


def test_the_same_day_has_the_same_year_and_another_day_another() -> None:
    again = Year(PLAN, LAST)
    assert again.at_counters() == SHEETS
    assert again.of_old_form() == _old_form()
    assert Year(PLAN, LAST + timedelta(days=1)).at_counters() != SHEETS


def _old_form() -> list[Sheet]:
    year = Year(PLAN, LAST)
    year.at_counters()
    return year.of_old_form()


def test_a_year_has_about_thirty_thousand_sheets_in_the_order_of_their_working_days() -> None:
    assert 25_000 < len(SHEETS) < 40_000
    days = [sheet.day for sheet in SHEETS]
    assert days == sorted(days)
    assert LAST - timedelta(days=DAYS) < days[0] <= days[-1] <= LAST
    assert not any(day.weekday() > 4 for day in days)
    assert len({sheet.key for sheet in SHEETS}) == len(SHEETS)


def test_every_month_has_answers_and_the_lunar_new_year_the_fewest() -> None:
    months = Counter(sheet.day.replace(day=1) for sheet in SHEETS)
    first, last = date(2025, 11, 1), date(2026, 11, 1)  # the two that are not whole
    whole = {month: n for month, n in months.items() if first < month < last}
    assert len(whole) == 11
    assert min(whole, key=whole.__getitem__) == date(2026, 2, 1)


def test_every_sheet_has_a_level_as_the_form_would_demand() -> None:
    assert all(any(1 <= level <= 5 for level in sheet.levels) for sheet in SHEETS)
    assert set(_answers(SHEETS, range(6))) == {1, 2, 3, 4, 5, 6, 9}


def test_the_province_is_satisfied_as_counters_are_and_least_with_its_feedback() -> None:
    shares = [_satisfied(SHEETS, [item]) for item in FACTORS]
    assert all(0.70 < share < 0.92 for share in shares)
    assert min(shares) == shares[FEEDBACK - 1]
    assert 0.80 < _satisfied(SHEETS, [OVERALL]) < 0.92


def test_usual_counters_lie_between_seventy_and_ninety_five_percent_and_differ() -> None:
    told = {_place("00004", "Quầy 2"), _place("00006", "Quầy 1")}
    usual = [p for p, c in enumerate(PLAN) if c.a_month > 50 and p not in told]
    shares = [_satisfied(_at(place)) for place in usual]
    assert all(0.70 < share < 0.95 for share in shares)
    assert max(shares) - min(shares) > 0.1


def test_later_items_are_left_more_often() -> None:
    left = [_share(6, item) for item in range(6)]
    assert left == sorted(left)
    assert left[OVERALL] < 0.05 < left[1] < left[FEEDBACK] < 0.25


def test_who_submits_has_no_result_yet_and_few_ever_gave_feedback() -> None:
    collected = [sheet for sheet in SHEETS if sheet.visit == "collect"]
    submitted = [sheet for sheet in SHEETS if sheet.visit == "submit"]
    assert _share(9, RESULT, submitted) > 0.4
    assert _share(9, RESULT, collected) < 0.05
    assert _share(9, FEEDBACK) > 0.4


def test_one_person_rates_the_items_alike() -> None:
    """Answers hang together, as people's do: an index of independent ones would be too sure."""
    pairs = [s.levels[1:3] for s in SHEETS if max(s.levels[1:3]) <= 5]
    both = sum(a >= 4 and b >= 4 for a, b in pairs) / len(pairs)
    apart = _satisfied(SHEETS, [1]) * _satisfied(SHEETS, [2])
    assert both > apart + 0.03


@pytest.mark.parametrize(
    ("unit", "name", "least", "most"),
    [("00004", "Quầy 2", -0.5, -0.12), ("00006", "Quầy 1", 0.08, 0.5)],
    ids=["worsens", "improves"],
)
def test_a_counter_has_a_story(unit: str, name: str, least: float, most: float) -> None:
    sheets = _at(_place(unit, name))
    before = _satisfied(s for s in sheets if s.day < LAST - timedelta(days=190))
    lately = _satisfied(s for s in sheets if s.day > LAST - timedelta(days=35))
    assert least < lately - before < most


def test_quiet_counters_get_a_handful_of_sheets_a_month() -> None:
    quiet = [place for place, counter in enumerate(PLAN) if counter.a_month < 10]
    assert len(quiet) == 5
    for place in quiet:
        assert 2 < len(_at(place)) / 12 < 10


def test_a_closed_counter_falls_silent_and_a_new_one_begins_late() -> None:
    for place, counter in enumerate(PLAN):
        days = [sheet.day for sheet in _at(place)]
        if counter.closed is not None:
            assert max(days) <= LAST - timedelta(days=counter.closed)
        if counter.opened is not None:
            assert min(days) > LAST - timedelta(days=counter.opened)
    assert sum(counter.closed is not None for counter in PLAN) == 2
    assert sum(counter.opened is not None for counter in PLAN) == 1


def test_the_old_form_served_one_counter_and_ended_months_ago() -> None:
    sheets = _old_form()
    assert {sheet.counter for sheet in sheets} == {_place("00003", "Quầy 2")}
    assert 150 < len(sheets) < 350
    assert max(sheet.day for sheet in sheets) <= LAST - timedelta(days=90)
    assert any(sheet.day.weekday() > 4 for sheet in sheets)


def test_some_tap_their_visit_some_read_english_some_write() -> None:
    assert 0.2 < sum(sheet.visit is None for sheet in SHEETS) / len(SHEETS) < 0.3
    assert 0.01 < sum(sheet.language == "en" for sheet in SHEETS) / len(SHEETS) < 0.03
    comments = [sheet.comment for sheet in SHEETS if sheet.comment]
    assert 200 < len(comments) < 500
    assert len(set(comments)) > 10
