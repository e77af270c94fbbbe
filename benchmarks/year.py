"""A province's year in the tables, as daily closes would have left it; seeded."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import insert

from analysis import Item, tally
from survey import accounts, cells, period, themes
from survey.cli import nightly
from survey.db import session
from survey.demo.comments import CONTENT
from survey.demo.people import ITEMS, VISITS, answers
from survey.period import DAILY_CLOSE, Period
from survey.storage import closes, names, points, questionnaires, units, users
from survey.storage.batches import Batch
from survey.storage.comments import Comment
from survey.storage.points import ServicePoint
from survey.storage.responses import NOT_PUT, Response
from survey.storage.tallies import Tally
from survey.storage.units import UnitRow
from tests import province

PROVINCE, COMMUNES, COMMUNE = "92", 100, "31100"
WHO = "tinh@hailong.example"
FIELDS = ("Tư pháp", "Đất đai", "Xã hội")
MONTHS = 12
# The smallest batch, which is what a close every day releases again and again.
K = 10
# One in so many on paper, irregular, with a comment.
PAPER, IRREGULAR, COMMENT = 0.15, 0.03, 0.01


def build(responses: int, n_points: int) -> int:
    """Fill an empty database with twelve closed months and the present one; return the answers."""
    months = _until(period.containing(period.today()), MONTHS + 1)
    last = period.today() - timedelta(days=1)
    opened = _register(n_points, months[0].start)
    writer = _Writer(np.random.default_rng(2026))
    for month in months:
        for point in opened:
            writer.write(point, month, responses / n_points / MONTHS, min(month.end, last))
        writer.flush()
    at = datetime.combine(last + timedelta(days=1), DAILY_CLOSE)
    closes.claim(session(), last, at, K)
    for year in sorted({month.year for month in months}):
        cells.hide(session(), year, last, K)
    session().commit()
    nightly.show_streams(last, K)
    nightly.show_splits(K)
    nightly.watch(last, period.today())
    return writer.n


def wait(n: int) -> int:
    """Let answers of today wait for its close, at every counter about as many; return them."""
    opened = [point for point, _code in points.assigned(session(), _codes(), _today())]
    writer = _Writer(np.random.default_rng(2027))
    for point in opened:
        writer.wait(point, period.today(), n / len(opened))
    writer.flush()
    session().commit()
    return writer.n


class _Writer:
    """Writes the answers, batches, tallies and comments of counters, many in a statement."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng, self.n, self._batch = rng, 0, 0
        self._version = questionnaires.current(session(), "mot-cua")
        self._columns = [ITEMS.index(c) if c in ITEMS else -1 for c in self._version.item_codes]
        self._items = [Item(code, None if code == "overall" else code) for code in ITEMS]
        self._rows: dict[type, list[dict[str, Any]]] = {}

    def write(self, point: ServicePoint, month: Period, busy: float, until: date) -> None:
        """Write what came to a counter in a month, batch after batch."""
        days = max((until - month.start).days, 1)
        n = int(self._rng.poisson(busy * days / (month.end - month.start).days))
        mood, visits = np.full(n, self._rng.normal(0, 0.2)), self._rng.integers(0, 3, n)
        levels = answers(self._rng, mood, visits)
        for start in range(0, n - n % K, K):
            batch = slice(start, start + K)
            self._release(point, month, levels[batch], visits[batch], days)

    def wait(self, point: ServicePoint, day: date, busy: float) -> None:
        """Write what came to a counter on a day and belongs to no batch yet."""
        n = int(self._rng.poisson(busy))
        self.n += n
        for row in answers(self._rng, np.zeros(n), self._rng.integers(0, 3, n)):
            unit = point.assignments[0].unit_code
            own = self._of_answer(point, unit, day, row, "qr", flagged=False)
            self._put(Response, own | {"batch_id": None})

    def _release(
        self, point: ServicePoint, month: Period, levels: Any, visits: Any, days: int
    ) -> None:
        self._batch += 1
        self.n += len(levels)
        unit = point.assignments[0].unit_code
        is_closed = month.last_day_to_close < period.today()
        day = month.start + timedelta(days=int(self._rng.integers(days)))
        self._put(Batch, self._of_batch(point, unit, month, len(levels), day, is_closed=is_closed))
        paper = self._rng.random(len(levels)) < PAPER
        flagged = self._rng.random(len(levels)) < IRREGULAR
        for row, visit, is_paper, is_flagged in zip(levels, visits, paper, flagged, strict=True):
            stream = "paper" if is_paper else "qr"
            answer = self._of_answer(point, unit, day, row, stream, flagged=is_flagged)
            self._put(Response, answer | {"visit": VISITS[visit]})
        for is_paper, is_flagged in sorted({*zip(paper.tolist(), flagged.tolist(), strict=True)}):
            part = levels[(paper == is_paper) & (flagged == is_flagged)]
            self._put(Tally, self._of_tally("paper" if is_paper else "qr", is_flagged, part))
        for _ in range(int(self._rng.binomial(len(levels), COMMENT))):
            self._put(Comment, self._of_comment(point, unit, day))

    def flush(self) -> None:
        """Send what was gathered."""
        for table in (Batch, Response, Tally, Comment):
            if rows := self._rows.pop(table, []):
                statement = insert(table).execution_options(render_nulls=True)
                session().execute(statement, rows)

    def _put(self, table: type, row: dict[str, Any]) -> None:
        self._rows.setdefault(table, []).append(row)

    def _of_batch(
        self, point: ServicePoint, unit: str, month: Period, n: int, day: date, *, is_closed: bool
    ) -> dict[str, Any]:
        return {
            "id": self._batch,
            "unit_code": unit,
            "point_id": point.id,
            "starts_on": month.start,
            "ends_on": month.end,
            "questionnaire_id": self._version.id,
            "measure_hash": self._version.measure_hash,
            "is_imported": False,
            "n": n,
            "closed_on": day,
            "marks_apart": False if is_closed else None,
        }

    def _of_answer(
        self, point: ServicePoint, unit: str, day: date, row: Any, stream: str, *, flagged: bool
    ) -> dict[str, Any]:
        return {
            "key": int(self._rng.integers(2**63)),
            "point_id": point.id,
            "unit_code": unit,
            "code_id": point.code.id,
            "questionnaire_id": self._version.id,
            "wording_hash": self._version.wording_hashes["vi"],
            "language": "vi",
            "business_day": day,
            "channel": stream,
            "scale_order": "official",
            "drawn": "",
            "duration_class": 2,
            "answers": bytes(NOT_PUT if c < 0 else int(row[c]) for c in self._columns),
            "flagged": bool(flagged),
            "signs": "fast" if flagged else "",
            "left_out": False,
            "batch_id": self._batch,
        }

    def _of_tally(self, stream: str, flagged: bool, part: Any) -> dict[str, Any]:
        sums = tally(part.astype(np.int8), self._items).to_bytes()
        own = {"batch_id": self._batch, "stream": stream, "flagged": flagged}
        return own | {"n": len(part), "sums": sums}

    def _of_comment(self, point: ServicePoint, unit: str, day: date) -> dict[str, Any]:
        text = CONTENT[int(self._rng.integers(len(CONTENT)))]
        return {
            "key": int(self._rng.integers(2**63)),
            "point_id": point.id,
            "unit_code": unit,
            "receipt_digest": self._rng.bytes(32),
            "business_day": day,
            "language": "vi",
            "is_test": False,
            "text": text,
            "masked": text,
            "search_key": names.fold(text),
            "themes": " ".join(themes.of(text)),
            "holds": "",
            "released_on": day + timedelta(days=2),
            "shows_point": True,
        }


def _register(n_points: int, since: date) -> Sequence[ServicePoint]:
    """Put the province, its communes, its counters and its administrator into the tables."""
    top = UnitRow(number=1, code=PROVINCE, name="Cần Thơ", level="province", type="thanh-pho")
    codes = _codes()
    below = [
        UnitRow(
            number=number,
            code=code,
            name=f"Phường {number:03d}" if number % 3 else f"Xã {number:03d}",
            level="commune",
            type="phuong" if number % 3 else "xa",
            parent_code=PROVINCE,
        )
        for number, code in enumerate(codes, 2)
    ]
    units.put(session(), [top, *below], since)
    at = datetime.combine(since, DAILY_CLOSE)
    user = users.add(session(), WHO, PROVINCE, users.PROVINCE_ADMIN, at)
    accounts.set_password(user, province.PASSWORD)
    return [
        points.add(
            session(),
            codes[number % COMMUNES],
            f"Quầy {number // COMMUNES + 1}",
            at,
            since,
            field=FIELDS[number % len(FIELDS)],
        )
        for number in range(n_points)
    ]


def _codes() -> list[str]:
    return [str(int(COMMUNE) + number) for number in range(COMMUNES)]


def _today() -> Period:
    return Period(period.today(), period.today() + timedelta(days=1))


def _until(month: Period, n: int) -> list[Period]:
    found = [month]
    while len(found) < n:
        found.append(found[-1].previous)
    return found[::-1]
