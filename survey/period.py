"""Days in Vietnamese time, and the fixed periods that figures are released for."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

# The country keeps one zone without daylight saving, so a business day is unambiguous.
VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
DAILY_CLOSE = time(6, tzinfo=VIETNAM)
# A form lives 72 hours, and a paper form is typed in within the week.
CLOSES_AFTER = timedelta(days=7)
# \d would also take digits of other scripts; the service has no past before 2000.
NAMES = re.compile(r"(2[0-9]{3})(?:-(?:(0[1-9]|1[0-2])|Q([1-4])|H([12])))?")


@dataclass(frozen=True, order=True)
class Period:
    """A calendar month, quarter, half-year or year: the days of [start, end)."""

    start: date
    end: date

    @cached_property
    def kind(self) -> str:
        """One of "month", "quarter", "half", "year"."""
        months = (self.end.year - self.start.year) * 12 + self.end.month - self.start.month
        return next(kind for kind, length in MONTHS.items() if length == months)

    @property
    def name(self) -> str:
        """The period in addresses and commands: 2026-10, 2026-Q4, 2026-H2, 2026."""
        year, number = self.start.year, (self.start.month - 1) // MONTHS[self.kind] + 1
        forms = {"month": f"-{number:02d}", "quarter": f"-Q{number}", "half": f"-H{number}"}
        return f"{year:04d}{forms.get(self.kind, '')}"

    @property
    def title(self) -> str:
        """The period as a Vietnamese reader names it."""
        year, number = self.start.year, (self.start.month - 1) // MONTHS[self.kind] + 1
        words = {
            "month": f"Tháng {number}/{year}",
            "quarter": f"Quý {number}/{year}",
            "half": f"6 tháng {'đầu' if number == 1 else 'cuối'} năm {year}",
        }
        return words.get(self.kind, f"Năm {year}")

    @property
    def closes_on(self) -> date:
        """The day at whose 06:00 the period closes."""
        return self.end + CLOSES_AFTER

    @property
    def last_day_to_close(self) -> date:
        """The business day whose close also closes the period."""
        return self.closes_on - timedelta(days=1)

    @property
    def previous(self) -> "Period":
        """The period of the same kind before this one."""
        return containing(self.start - timedelta(days=1), self.kind)

    def __contains__(self, day: date) -> bool:
        """Say whether a day belongs to the period."""
        return self.start <= day < self.end

    def of_kind(self, kind: str) -> Sequence["Period"]:
        """Return the periods of a kind that lie within this one, in order."""
        return _parts(self, kind)

    def _of_kind(self, kind: str) -> Iterator["Period"]:
        part = containing(self.start, kind)
        while self.start <= part.start and part.end <= self.end:
            yield part
            part = containing(part.end, kind)


@lru_cache(maxsize=1024)  # asked for each counter of a province
def _parts(whole: Period, kind: str) -> tuple[Period, ...]:
    return tuple(whole._of_kind(kind))


def containing(day: date, kind: str = "month") -> Period:
    """Return the period of a kind that a day belongs to."""
    length = MONTHS[kind]
    first = (day.month - 1) // length * length + 1
    start = date(day.year, first, 1)
    after = first + length
    return Period(start, date(day.year + (after > 12), (after - 1) % 12 + 1, 1))  # noqa: PLR2004 months


def parse(name: str) -> Period:
    """Return the period with this name; ValueError says how names look."""
    found = NAMES.fullmatch(name)
    if found is None:
        raise ValueError(f"“{name}” is not a period; write 2026-10, 2026-Q4, 2026-H2 or 2026")
    year, month, quarter, half = (int(part or 0) for part in found.groups())
    for number, kind in ((month, "month"), (quarter, "quarter"), (half, "half")):
        if number:
            return containing(date(year, (number - 1) * MONTHS[kind] + 1, 1), kind)
    return containing(date(year, 1, 1), "year")


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


def last_close_due(instant: datetime) -> datetime:
    """Return the latest 06:00 in Vietnam that is not after an instant."""
    close = datetime.combine(business_day(instant), DAILY_CLOSE)
    return close if close <= instant else close - timedelta(days=1)
