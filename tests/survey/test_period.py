from datetime import UTC, date, datetime

import pytest

from survey import period


def test_an_answer_from_five_in_the_afternoon_utc_belongs_to_the_next_vietnamese_date() -> None:
    assert period.business_day(datetime(2026, 10, 31, 16, 59, tzinfo=UTC)) == date(2026, 10, 31)
    assert period.business_day(datetime(2026, 10, 31, 17, 0, tzinfo=UTC)) == date(2026, 11, 1)


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        period.business_day(datetime(2026, 10, 31))  # noqa: DTZ001 the point of the test
