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
YEAR = MONTHS["year"]
# The official month of reports goes from this day of the month before to the day before it.
OFFICIAL_DAY = 15
DAILY_CLOSE = time(6, tzinfo=VIETNAM)
# A form lives 72 hours, and a paper form is typed in within the week.
CLOSES_AFTER = timedelta(days=7)
# \d would also take digits of other scripts; the service has no past before 2000.
NAMES = re.compile(r"(2[0-9]{3})(?:-(?:(0[1-9]|1[0-2])|Q([1-4])|H([12])))?")


@dataclass(frozen=True, order=True)
class Period:
    """A month, quarter, half-year or year of the calendar in use: the days of [start, end)."""

    start: date
    end: date

    @cached_property
    def kind(self) -> str:
        """One of "month", "quarter", "half", "year"."""
        months = calendar().month_of(self.end) - calendar().month_of(self.start)
        return next(kind for kind, length in MONTHS.items() if length == months)

    @property
    def year(self) -> int:
        """The year it belongs to; an official one begins in the December before."""
        return calendar().month_of(self.start) // YEAR

    @property
    def number(self) -> int:
        """Which one of its kind it is in its year, from 1."""
        return calendar().month_of(self.start) % YEAR // MONTHS[self.kind] + 1

    @property
    def name(self) -> str:
        """The period in addresses and commands: 2026-10, 2026-Q4, 2026-H2, 2026."""
        number = self.number
        forms = {"month": f"-{number:02d}", "quarter": f"-Q{number}", "half": f"-H{number}"}
        return f"{self.year:04d}{forms.get(self.kind, '')}"

    @property
    def title(self) -> str:
        """The period as a Vietnamese reader names it."""
        year, number = self.year, self.number
        words = {
            "month": f"Tháng {number}/{year}",
            "quarter": f"Quý {number}/{year}",
            "half": f"6 tháng {'đầu' if number == 1 else 'cuối'} năm {year}",
        }
        return words.get(self.kind, f"Năm {year}")

    @property
    def days(self) -> str:
        """Its first and last day, 15/9–14/10; nothing where the title says them."""
        if self.start.day == self.end.day == 1:
            return ""
        ends = (self.start, self.end - timedelta(days=1))
        says_year = ends[0].year != ends[1].year
        return "–".join(f"{d.day}/{d.month}{f'/{d.year}' if says_year else ''}" for d in ends)

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


@dataclass(frozen=True)
class Calendar:
    """What a month is: the calendar's, or from a year on the official one, 15th to 14th.

    The first official January begins on the 1st, so that every day lies in one month. The 1st of
    a month lies in the month of that name on any calendar. Months are numbered from the year 0.
    """

    official_from: int | None = None

    def month_of(self, day: date) -> int:
        """Return the number of the month that a day belongs to."""
        month = day.year * YEAR + day.month - 1
        return month + (day >= self.begins(month + 1))

    def begins(self, month: int) -> date:
        """Return the first day of a month."""
        if self.official_from is None or month <= self.official_from * YEAR:
            return date(month // YEAR, month % YEAR + 1, 1)
        return date((month - 1) // YEAR, (month - 1) % YEAR + 1, OFFICIAL_DAY)

    def is_first(self, day: date) -> bool:
        """Say whether a month begins on a day."""
        return self.begins(self.month_of(day)) == day


class _InUse:
    calendar = Calendar()


def use(official_from: int | None) -> None:
    """Choose the calendar of this process, before it asks for any period."""
    _InUse.calendar = Calendar(official_from)
    _parts.cache_clear()


def calendar() -> Calendar:
    """Return the calendar in use."""
    return _InUse.calendar


@lru_cache(maxsize=1024)  # asked for each counter of a province
def _parts(whole: Period, kind: str) -> tuple[Period, ...]:
    return tuple(whole._of_kind(kind))


def containing(day: date, kind: str = "month") -> Period:
    """Return the period of a kind that a day belongs to."""
    length, one = MONTHS[kind], calendar()
    first = one.month_of(day) // length * length
    return Period(one.begins(first), one.begins(first + length))


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


def this_year() -> int:
    """Return the year that today belongs to."""
    return containing(today(), "year").year


def closed_by(day: date) -> date:
    """Return the day by which periods have ended that are closed once a day is."""
    return day + timedelta(days=1) - CLOSES_AFTER


def last_close_due(instant: datetime) -> datetime:
    """Return the latest 06:00 in Vietnam that is not after an instant."""
    close = datetime.combine(business_day(instant), DAILY_CLOSE)
    return close if close <= instant else close - timedelta(days=1)
