"""The counters of the demonstration: how busy each is, and what happened to it in the year."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

# How many of those who come submit a file, collect a result, ask something.
SUBMIT, COLLECT = (0.7, 0.1, 0.2), (0.0, 0.9, 0.1)


@dataclass(frozen=True, kw_only=True)
class Counter:
    """One counter; days and months are counted back from the end of the year."""

    unit_code: str
    name: str
    field: str | None = None
    visits: tuple[float, float, float] = SUBMIT
    a_month: float = 100
    # How far its service moved, in standard deviations of an answer, evenly over the
    # last months; before that it stood still.
    moved: float = 0
    over_months: int = 4
    opened: int | None = None
    closed: int | None = None
    # Answers a month that an old form on the web still took in, and that were imported.
    imported_a_month: float = 0
    # The share of answers that came by a slip, and what the slips knew of their dossiers.
    invited: float = 0
    slips_know: str | None = None


USUAL = (
    Counter(unit_code="", name="Quầy 1: Hộ tịch, chứng thực", field="Tư pháp", a_month=120),
    Counter(unit_code="", name="Quầy 2: Đất đai, xây dựng", field="Đất đai", a_month=95),
    Counter(unit_code="", name="Quầy 3: Trả kết quả", visits=COLLECT, a_month=100),
)
# What sets a counter apart, by its unit and its place there.
STORIES: dict[tuple[str, int], dict[str, Any]] = {
    ("00004", 1): {"moved": -0.9, "over_months": 4},
    ("00006", 0): {"moved": 0.8, "over_months": 6},
    ("00003", 1): {"imported_a_month": 25},
    ("00001", 2): {"invited": 0.6, "slips_know": "on_time"},
    ("00005", 2): {"invited": 0.5, "slips_know": "deciding_agency"},
    # Few answers: three of them, so that their unit releases what no counter of it may.
    ("00010", 0): {"a_month": 5},
    ("00010", 1): {"a_month": 3.5},
    ("00010", 2): {"a_month": 4},
    ("00009", 2): {"a_month": 5},
    ("00008", 1): {"a_month": 6},
}
OTHERS = (
    Counter(unit_code="00001", name="Quầy 4: Lao động, xã hội", field="Xã hội", opened=45),
    Counter(unit_code="00002", name="Quầy lưu động", a_month=40, closed=45),
    Counter(unit_code="00007", name="Quầy cũ, đã đóng", a_month=70, closed=160),
)


def plan(communes: Iterable[str]) -> list[Counter]:
    """Return every counter that has answers: three in each commune, and the others."""
    usual = [
        replace(counter, unit_code=code, **STORIES.get((code, place), {}))
        for code in communes
        for place, counter in enumerate(USUAL)
    ]
    return [*usual, *OTHERS]
