"""What answers may be told apart by: visit, field, deciding agency and punctuality.

Of whole batches of one counter and month; none imported.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey.period import Period
from survey.storage.base import AnyRow
from survey.storage.batches import Batch
from survey.storage.points import ServicePoint
from survey.storage.responses import Response

# A slip knows the field of its dossier; else the counter may have one.
_FIELD = func.coalesce(Response.field, ServicePoint.field).label("field")
_TRAITS = (Response.on_time, _FIELD, Response.deciding_agency, Response.visit)
_CELL = (Batch.unit_code, Batch.point_id, Batch.measure_hash)


@dataclass(frozen=True, kw_only=True)
class TraitCount:
    """How many people of a batch and stream share all four."""

    unit_code: str
    point_id: int
    measure_hash: str
    batch_id: int
    marks_apart: bool | None
    stream: str
    on_time: bool | None
    field: str | None
    deciding_agency: str | None
    visit: str | None
    n: int


def counts(session: Session, month: Period) -> Sequence[TraitCount]:
    """Return how many people of the whole tree share what, over a month's batches of counters."""
    keys = (*_CELL, Response.batch_id, Batch.marks_apart, Response.channel, *_TRAITS)
    query = (
        select(*_CELL, Response.batch_id, Batch.marks_apart, Response.channel.label("stream"))
        .add_columns(*_TRAITS, func.count().label("n"))
        .join(Batch, Batch.id == Response.batch_id)
        .join(ServicePoint, ServicePoint.id == Batch.point_id)
        .where(
            Batch.starts_on == month.start,
            Batch.ends_on == month.end,
            Batch.is_imported.is_(False),
            ~Response.left_out,
        )
        .group_by(*keys)
    )
    return [TraitCount(**row) for row in session.execute(query).mappings()]


def answers(session: Session, batch_ids: Collection[int]) -> Sequence[AnyRow]:
    """Return the answers that these batches of counters count, with what they share."""
    query = (
        select(*_CELL, Response.channel.label("stream"), *_TRAITS)
        .add_columns(Response.questionnaire_id, Response.answers)
        .join(Batch, Batch.id == Response.batch_id)
        .join(ServicePoint, ServicePoint.id == Batch.point_id)
        .where(Response.batch_id.in_(batch_ids), ~Response.left_out)
    )
    return session.execute(query).all()
