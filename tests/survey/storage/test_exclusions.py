from datetime import date

import pytest
from sqlalchemy.orm import Session

from survey.storage import exclusions
from survey.storage.base import Refused
from survey.storage.exclusions import Exclusion

TODAY = date(2026, 10, 31)


def _rule(starts_on: date, signs: str = "staff", written_on: date = TODAY) -> Exclusion:
    return Exclusion(
        starts_on=starts_on,
        signs=signs,
        reason="Quyết định 12",
        written_on=written_on,
        written_by="command line",
    )


def test_a_rule_holds_from_its_month_on_until_another_begins(session: Session) -> None:
    for rule in (
        _rule(date(2027, 3, 1), ""),
        _rule(date(2026, 11, 1), "staff quick"),
        _rule(date(2027, 1, 1), "staff"),
        _rule(date(2027, 1, 1), "quick"),  # written later for the same month
    ):
        exclusions.add(session, rule)
    rules = exclusions.all_(session)
    for day, signs in (
        (date(2026, 10, 31), set()),
        (date(2026, 11, 1), {"staff", "quick"}),
        (date(2026, 12, 31), {"staff", "quick"}),
        (date(2027, 2, 28), {"quick"}),
        (date(2027, 3, 1), set()),
    ):
        assert exclusions.of_day(rules, day) == signs


def test_no_rule_is_written_with_its_month_in_view(session: Session) -> None:
    exclusions.add(session, _rule(date(2026, 11, 1)))
    for written_on in (date(2026, 11, 1), date(2026, 12, 5)):
        with pytest.raises(Refused, match=r"2026-11 has begun.*name a later month"):
            exclusions.add(session, _rule(date(2026, 11, 1), written_on=written_on))
    with pytest.raises(Refused, match="not the first day of a month"):
        exclusions.add(session, _rule(date(2026, 11, 2)))
    assert len(exclusions.all_(session)) == 1
