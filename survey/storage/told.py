"""What people told besides their answers, after the thank-you: how many said what."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from survey.period import Period
from survey.storage import batches
from survey.storage.batches import Batch
from survey.storage.responses import Response

HELPED = "helped_by"
# Citizens are promised that only those above the unit see these.
OF_SUPERIORS = ("paid_extra", "trips", "apology")
COLUMNS = (HELPED, *OF_SUPERIORS)


def counts(
    session: Session, codes: Collection[str], period: Period, first_days: Mapping[str, date]
) -> dict[str, Counter[str | None]]:
    """Return how many said what to each question, in the whole batches of units and a period.

    Not those from files; who was not asked or said nothing is not counted. `first_days`: since
    when a code is its unit's.
    """
    columns = [Response.__table__.c[name] for name in COLUMNS]
    query = (
        select(*columns, func.count())
        .join(Batch, Batch.id == Response.batch_id)
        .where(
            batches.are_of(codes, first_days),
            Batch.starts_on >= period.start,
            Batch.ends_on <= period.end,
            Batch.is_imported.is_(False),
            ~Response.left_out,
            or_(*(column.is_not(None) for column in columns)),
        )
        .group_by(*columns)
    )
    found: dict[str, Counter[str | None]] = {name: Counter() for name in COLUMNS}
    for *values, n in session.execute(query):
        for name, value in zip(COLUMNS, values, strict=True):
            found[name][value] += n
    for people in found.values():
        del people[None]
    return found
