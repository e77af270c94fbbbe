"""The year of the demonstration in the tables: received, closed and released week by week."""

import hashlib
import random
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from forms.questionnaire import parse
from survey import closing
from survey.demo.counters import Counter
from survey.demo.people import ITEMS
from survey.demo.slips import Slips
from survey.demo.year import SEED, Sheet, Year
from survey.period import DAILY_CLOSE
from survey.storage import imports, questionnaires
from survey.storage.base import Base
from survey.storage.comments import Comment
from survey.storage.imports import Import
from survey.storage.points import ServicePoint
from survey.storage.responses import NOT_PUT, Response

INSTRUMENT = "mot-cua"
# As on a server that was switched on once a week: daily closes would show much the same
# figures after ten times the wait.
WEEKS = 53


def fill(
    session: Session,
    counters: Sequence[Counter],
    points: Sequence[ServicePoint],
    last: date,
    *,
    closed_until: date,
    threshold: int,
    closed: Callable[[int], object],
) -> None:
    """Let a year of answers up to a day come in, and close it week by week.

    `closed` is told of each close. Everything happens in the caller's transaction.
    """
    year, desk = Year(counters, last), _Desk(session, points, counters)
    sheets = year.at_counters()
    for end, week in _weeks(sheets, closed_until):
        desk.receive(week)
        if end == closed_until:
            desk.bring_in(year.of_old_form(), closed_until)
        at = datetime.combine(end + timedelta(days=1), DAILY_CLOSE)
        closing.close_day(session, end, at=at, threshold=threshold)
        closed(1)
    desk.receive(sheets[_until(sheets, closed_until) :])


def _weeks(sheets: Sequence[Sheet], last: date) -> Iterator[tuple[date, Sequence[Sheet]]]:
    """Yield the last day and the sheets of every week up to a day."""
    ends = [last - timedelta(weeks=back) for back in reversed(range(WEEKS))]
    start = 0
    for end in ends:
        stop = _until(sheets, end)
        yield end, sheets[start:stop]
        start = stop


def _until(sheets: Sequence[Sheet], day: date) -> int:
    return bisect_right(sheets, day, key=lambda sheet: sheet.day)


class _Desk:
    """Takes sheets in, without the checks and the receipts that a person needs.

    Keys and draws come from a known seed, which would be wrong anywhere else: nobody is
    behind these sheets whom they could give away.
    """

    def __init__(
        self, session: Session, points: Sequence[ServicePoint], counters: Sequence[Counter]
    ) -> None:
        self._session, self._points = session, points
        self._slips = [Slips(counter) for counter in counters]
        self._version = questionnaires.current(session, INSTRUMENT)
        self._paper = parse(self._version.definition)
        self._random = random.Random(SEED)  # noqa: S311 see above

    def receive(self, sheets: Sequence[Sheet], brought: Import | None = None) -> None:
        """Store sheets and what was written with them."""
        rows = [self._row(sheet, brought) for sheet in sheets]
        self._insert(Response, rows)
        self._insert(Comment, [self._comment(sheet) for sheet in sheets if sheet.comment])

    def bring_in(self, sheets: Sequence[Sheet], on: date) -> None:
        """Store sheets as an import that counts."""
        digest = hashlib.sha256(b"the old form of the demonstration").digest()
        brought = imports.begin(self._session, digest, on)
        brought.counted_on = on
        self.receive(sheets, brought)

    def _row(self, sheet: Sheet, brought: Import | None) -> dict[str, Any]:
        point = self._points[sheet.counter]
        levels = dict(zip(ITEMS, sheet.levels, strict=True))
        return {
            "key": sheet.key,
            "point_id": point.id,
            "unit_code": point.assignments[0].unit_code,
            "code_id": None if brought else point.code.id,
            "questionnaire_id": self._version.id,
            "wording_hash": self._version.wording_hashes[sheet.language],
            "language": sheet.language,
            "business_day": sheet.day,
            "channel": "imported" if brought else "qr",
            "visit": sheet.visit,
            "scale_order": "official",
            "drawn": "" if brought else self._drawn(),
            "duration_class": sheet.duration_class,
            "answers": bytes(levels.get(code, NOT_PUT) for code in self._version.item_codes),
            "flagged": False,
            "import_id": brought.id if brought else None,
            **({} if brought else self._slips[sheet.counter].of(sheet)),
        }

    def _drawn(self) -> str:
        return " ".join(self._random.sample(self._paper.drawable, self._paper.draws))

    def _comment(self, sheet: Sheet) -> dict[str, Any]:
        return {
            "key": self._random.getrandbits(63),
            "point_id": self._points[sheet.counter].id,
            "unit_code": self._points[sheet.counter].assignments[0].unit_code,
            "receipt_digest": self._random.randbytes(32),
            "business_day": sheet.day,
            "language": "vi",
            "is_test": False,
            "text": sheet.comment,
        }

    def _insert(self, table: type[Base], rows: Sequence[dict[str, Any]]) -> None:
        if rows:  # with nulls written out, all rows are one statement: four times as fast
            self._session.execute(insert(table).execution_options(render_nulls=True), rows)
