"""Days in Vietnamese time: the business day an answer belongs to."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

# The country keeps one zone without daylight saving, so a business day is unambiguous.
VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def now() -> datetime:
    """Return the current instant, aware and in UTC."""
    return datetime.now(UTC)


def business_day(instant: datetime) -> date:
    """Return the Vietnamese date of an aware instant."""
    if instant.tzinfo is None:
        raise ValueError("a business day needs an aware instant; attach its time zone first")
    return instant.astimezone(VIETNAM).date()


def today() -> date:
    """Return the current Vietnamese date."""
    return business_day(now())
