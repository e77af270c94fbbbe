"""Communes beside each other for tests: counters, and tallies of released batches."""

from collections.abc import Sequence
from datetime import date, datetime, time

import numpy as np
from sqlalchemy.orm import Session

from analysis import Item, tally
from survey import period
from survey.period import Period
from survey.storage import batches, closes, points, questionnaires, tallies, units
from survey.storage.batches import Batch
from survey.storage.tallies import Tally
from survey.storage.units import UnitRow

SINCE = date(2025, 7, 1)
PROVINCE = "92"
ITEMS = [Item("overall", None), *(Item(code, code) for code in "ABCDE")]
FIELDS = ("Hộ tịch", "Đất đai")


def communes(session: Session, n: int, kind: str = "phuong", first: int = 31100) -> list[str]:
    """Put a province with n communes of a kind into the register; return their codes."""
    province = UnitRow(number=1, code=PROVINCE, name="Cần Thơ", level="province", type="thanh-pho")
    codes = [str(first + number) for number in range(n)]
    rows = [
        UnitRow(
            number=number,
            code=code,
            name=f"Phường {number:03d}",
            level="commune",
            type=kind,
            parent_code=PROVINCE,
        )
        for number, code in enumerate(codes, 2)
    ]
    units.put(session, [province, *rows], SINCE)
    return codes


def counters(session: Session, code: str, fields: Sequence[str | None] = FIELDS) -> list[int]:
    """Open a counter of each field in a commune; return their numbers."""
    at = datetime.combine(SINCE, time(8, tzinfo=period.VIETNAM))
    return [
        points.add(session, code, f"Quầy {number}", at, SINCE, field=field).id
        for number, field in enumerate(fields, 1)
    ]


def release(
    session: Session,
    code: str,
    point_id: int | None,
    when: Period,
    n: int,
    *,
    satisfied: float,
    is_imported: bool = False,
    stream: str = "qr",
) -> None:
    """Release n people of a counter in a month, this share of them satisfied with everything.

    Who is not has one item of five satisfied, so that people differ within.
    """
    happy = round(n * satisfied)
    levels = np.array([[4] * 6] * happy + [[3, 4, 3, 2, 3, 3]] * (n - happy)).reshape(n, 6)
    version = questionnaires.current(session, "mot-cua")
    batch = batches.add(
        session,
        Batch(
            unit_code=code,
            point_id=point_id,
            starts_on=when.start,
            ends_on=when.end,
            questionnaire_id=version.id,
            measure_hash=version.measure_hash,
            is_imported=is_imported,
            n=n,
            closed_on=when.end,
            marks_apart=False,
        ),
    )
    sums = tally(levels, ITEMS).to_bytes()
    tallies.put(
        session, batch.id, [Tally(batch_id=batch.id, stream=stream, flagged=False, n=n, sums=sums)]
    )


def closed(session: Session, day: date) -> None:
    """Note that a day was closed."""
    closes.claim(session, day, datetime.combine(day, time(23, tzinfo=period.VIETNAM)), 10)
