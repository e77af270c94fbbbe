"""Which sheets of the demonstration came by an invitation slip, and what it knew."""

import random

from survey.demo.counters import Counter
from survey.demo.people import ITEMS
from survey.demo.year import PLEASED, SEED, Sheet

RESULT = ITEMS.index("D")
# Who waited past the appointed day is less pleased with the result.
LATE_AND_PLEASED, LATE_AND_NOT = 0.2, 0.6
AGENCIES, AT_THE_DEPARTMENT = ("Sở Xây dựng (mẫu)", "Uỷ ban nhân dân (mẫu)"), 0.4


class Slips:
    """The slips of one counter, from a known seed of its own."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._random = random.Random(SEED)  # noqa: S311 nobody is behind these sheets

    def of(self, sheet: Sheet) -> dict[str, object]:
        """Return what a slip adds to a sheet; nothing where the sheet came without one."""
        known: dict[str, object] = {}
        if self._random.random() < self._counter.invited:
            known["channel"] = "invitation"
            if self._counter.slips_know == "on_time":
                known["on_time"] = self._random.random() >= self._late(sheet)
            else:
                known["deciding_agency"] = AGENCIES[self._random.random() >= AT_THE_DEPARTMENT]
        return known

    @staticmethod
    def _late(sheet: Sheet) -> float:
        return LATE_AND_NOT if sheet.levels[RESULT] < PLEASED else LATE_AND_PLEASED
