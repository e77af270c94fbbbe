"""With more than twenty days at a counter, the page's interval is that of counter × day."""

import numpy as np
import pytest
from sqlalchemy.orm import Session

from analysis import satisfaction_index
from survey import period, reports
from survey.reports import Figure
from survey.storage import units
from tests import peers

OCTOBER = period.parse("2026-10")
# Of ten people, how many are satisfied on each day that the counter was open.
GOOD_DAYS = [*([10] * 12), *([4] * 11)]


@pytest.fixture
def code(session: Session) -> str:
    """A commune with one closed month of answers and two counters."""
    (code,) = peers.communes(session, 1)
    peers.closed(session, OCTOBER.end)
    return code


def _index(session: Session, code: str) -> Figure:
    unit = units.get(session, code, OCTOBER.start)
    report = reports.index_report(session, unit, OCTOBER)
    assert report.index is not None
    return report.index


def _release(session: Session, code: str, days: list[int]) -> None:
    counter, _other = peers.counters(session, code)
    for satisfied in days:
        peers.release(session, code, counter, OCTOBER, 10, satisfied=satisfied / 10)


def test_a_month_of_days_that_differ_has_the_wider_interval_of_its_days(
    session: Session, code: str
) -> None:
    _release(session, code, GOOD_DAYS)
    found = _index(session, code)
    day = np.repeat(np.arange(len(GOOD_DAYS)), 10)
    happy = np.concatenate([np.arange(10) < n for n in GOOD_DAYS])
    levels = np.where(happy[:, None], [4] * 6, [3, 4, 3, 2, 3, 3]).astype(np.int8)
    by_day = satisfaction_index(levels, peers.ITEMS, clusters=day)
    by_person = satisfaction_index(levels, peers.ITEMS)
    assert found.is_clustered
    assert found.standard_error == pytest.approx(by_day.standard_error, rel=1e-9)
    assert found.degrees_of_freedom == len(GOOD_DAYS) - 1
    limits = by_day.confidence_interval()
    assert (found.interval.low, found.interval.high) == pytest.approx((limits.low, limits.high))
    assert found.standard_error > 1.5 * by_person.standard_error


def test_twenty_days_are_too_few_to_go_by(session: Session, code: str) -> None:
    _release(session, code, GOOD_DAYS[:20])
    found = _index(session, code)
    assert not found.is_clustered
    assert found.degrees_of_freedom == 199
