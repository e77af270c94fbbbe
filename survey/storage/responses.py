"""Answer sheets, one row each: what was answered, and nothing about who did.

No address, no user agent, no device, no time finer than the business day. The key is
random, because a serial number would keep the order of the queue.
"""

import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import itemgetter

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    ForeignKey,
    Index,
    and_,
    case,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from survey.period import Period
from survey.storage import batches, boundary_changes, points, receipts, seen_nonces
from survey.storage.base import CHUNK, AnyRow, Base, chunks
from survey.storage.batches import Batch
from survey.storage.imports import Import
from survey.storage.points import ServicePoint
from survey.storage.questionnaires import QuestionnaireVersion

NOT_PUT, LEFT, NOT_APPLICABLE = 0, 6, 9
LEVELS = range(1, 6)
# Signs whose answers are left out at once: a machine's, or the same person's once more.
LEFT_OUT = ("duplicate", "honeypot")
# Upper ends in seconds of the duration classes 0 to 4; class 5 is anything longer.
DURATIONS = (10, 30, 120, 600, 3600)


class Response(Base):
    """One answer sheet; `answers` is one byte per item of its questionnaire version.

    1–5 are levels, 9 not applicable, 6 put and left or skipped, 0 not put.
    """

    __tablename__ = "response"
    # WITHOUT ROWID: SQLite's hidden serial number would keep the order of the queue.
    __table_args__ = (
        Index(None, "unit_code", "business_day"),
        {"sqlite_with_rowid": False},
    )

    key: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    point_id: Mapped[int] = mapped_column(ForeignKey("service_point.id"), index=True)
    # The unit the point belonged to on the business day.
    unit_code: Mapped[str]
    # Empty for answers that came in without a code.
    code_id: Mapped[int | None] = mapped_column(ForeignKey("point_code.id"))
    questionnaire_id: Mapped[int] = mapped_column(ForeignKey("questionnaire_version.id"))
    wording_hash: Mapped[str]
    language: Mapped[str]
    business_day: Mapped[date]
    channel: Mapped[str]
    visit: Mapped[str | None]
    scale_order: Mapped[str]
    drawn: Mapped[str]
    duration_class: Mapped[int]
    answers: Mapped[bytes]
    # Signs of irregular answering, as counted; a change waits for a close to take effect.
    flagged: Mapped[bool] = mapped_column(default=False)
    flagged_next: Mapped[bool | None]
    # Which signs those are, by their codes, and whether no headline counts the answer at all.
    signs: Mapped[str] = mapped_column(default="")
    left_out: Mapped[bool] = mapped_column(default=False)
    # What its giver said after the thank-you; never part of an index.
    helped_by: Mapped[str | None]
    paid_extra: Mapped[str | None]
    trips: Mapped[str | None]
    apology: Mapped[str | None]
    # What an invitation slip knew of its dossier.
    field: Mapped[str | None]
    deciding_agency: Mapped[str | None]
    on_time: Mapped[bool | None]
    batch_id: Mapped[int | None] = mapped_column(ForeignKey(Batch.id), index=True)
    import_id: Mapped[int | None] = mapped_column(ForeignKey(Import.id), index=True)


@dataclass(frozen=True)
class Received:
    """How many answers came to a point by one channel with the same signs, and how many still wait.

    Those that no headline counts stand apart from both; if a rule left them out, only in a batch:
    before, the numbers would tell of one person that she gave, say, one level throughout.
    """

    unit_code: str
    point_id: int
    channel: str
    signs: str
    n: int
    waiting: int
    left_out: int


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What one person answered, as plain values; `levels` maps item codes to stored codes."""

    questionnaire: QuestionnaireVersion
    code_id: int | None
    levels: Mapping[str, int]
    visit: str | None
    channel: str
    language: str
    scale_order: str
    drawn: tuple[str, ...]
    business_day: date
    seconds: float
    receipt_digest: bytes
    nonce_expires_at: datetime

    @property
    def packed(self) -> bytes:
        """The answers as one byte per item, in the order of the questionnaire version."""
        return bytes(self.levels.get(code, NOT_PUT) for code in self.questionnaire.item_codes)


def add(session: Session, point: ServicePoint, answer: Answer, *, nonce: bytes) -> Response:
    """Store an answer sheet with its nonce and its receipt, in the caller's transaction.

    Raises AlreadyReceived, storing nothing, when the nonce was used before.
    """
    content = answer.packed + (answer.visit or "").encode()
    seen_nonces.claim(session, nonce, content, answer.nonce_expires_at)
    response = Response(
        key=secrets.randbits(63),
        point_id=point.id,
        unit_code=points.unit_code_on(point, answer.business_day),
        code_id=answer.code_id,
        questionnaire_id=answer.questionnaire.id,
        wording_hash=answer.questionnaire.wording_hashes[answer.language],
        language=answer.language,
        business_day=answer.business_day,
        channel="test" if point.is_test else answer.channel,
        visit=answer.visit,
        scale_order=answer.scale_order,
        drawn=" ".join(answer.drawn),
        duration_class=sum(answer.seconds >= end for end in DURATIONS),
        answers=answer.packed,
    )
    session.add(response)
    session.flush()
    receipts.add(session, answer.receipt_digest, response.key)
    return response


def add_imported(
    session: Session,
    import_id: int,
    version: QuestionnaireVersion,
    rows: Iterable[tuple[ServicePoint, date, str | None, bytes]],
) -> None:
    """Store answers from a file: point, business day, visit and packed answers of each.

    In the order of their random keys, which is not the order of the file.
    """
    values = [
        {
            "key": secrets.randbits(63),
            "point_id": point.id,
            "unit_code": points.unit_code_on(point, day),
            "questionnaire_id": version.id,
            "wording_hash": version.wording_hashes["vi"],
            "language": "vi",
            "business_day": day,
            "channel": "imported",
            "visit": visit,
            "scale_order": "official",
            "drawn": "",
            "duration_class": 0,  # unknown: a file says when it was sent, not when opened
            "answers": answers,
            "import_id": import_id,
            "signs": "",
            "left_out": False,
        }
        for point, day, visit, answers in rows
    ]
    session.execute(insert(Response), sorted(values, key=itemgetter("key")))


def drop_imported(session: Session, import_id: int) -> bool:
    """Delete some answers of an import that does not count; False when none was left."""
    some = select(Response.key).where(Response.import_id == import_id).limit(CHUNK)
    keys = session.scalars(some).all()
    session.execute(delete(Response).where(Response.key.in_(keys)))
    return bool(keys)


def withdraw(session: Session, receipt_digest: bytes) -> bool:
    """Delete the answer of a receipt; False when none leads to it, as after its close.

    A close at the same moment wins: its answers are never taken out of a batch.
    """
    key = receipts.response_key(session, receipt_digest)
    waits = delete(Response).where(Response.key == key, Response.batch_id.is_(None))
    return key is not None and session.execute(waits).rowcount == 1  # type: ignore[attr-defined]


def follow_move(session: Session, point: ServicePoint, on: date) -> None:
    """Let the waiting answers of a day count where their point was moved that day."""
    session.execute(
        update(Response)
        .where(
            Response.point_id == point.id,
            Response.batch_id.is_(None),
            Response.business_day >= on,
        )
        .values(unit_code=points.unit_code_on(point, on))
    )


def counted() -> ColumnElement[bool]:
    """Return the condition that an answer counts: it is one, and was not left out."""
    return and_(is_one(), ~Response.left_out)


def is_one() -> ColumnElement[bool]:
    """Return the condition that an answer is one: no trial, no unfinished import."""
    finished = select(Import.id).where(Import.counted_on.is_not(None))
    return and_(
        Response.channel != "test",
        or_(Response.import_id.is_(None), Response.import_id.in_(finished)),
    )


def _is_received() -> ColumnElement[bool]:
    """Return the condition that an answer is counted among those received."""
    at_once = or_(*(Response.signs.contains(sign) for sign in LEFT_OUT))
    return or_(~Response.left_out, and_(Response.batch_id.is_(None), ~at_once))


def count(session: Session, point: ServicePoint) -> int:
    """Return how many sheets a point has received; test sheets never count."""
    query = select(func.count()).where(Response.point_id == point.id, is_one(), _is_received())
    return session.scalar(query) or 0


def any_received(session: Session, codes: Collection[str]) -> bool:
    """Say whether these units have ever received an answer; test sheets never count."""
    query = select(Response.key).where(Response.unit_code.in_(codes), counted()).limit(1)
    return session.scalar(query) is not None


def received(
    session: Session,
    codes: Collection[str],
    period: Period,
    *,
    waiting: bool | None = None,
    first_days: Mapping[str, date] | None = None,
) -> Sequence[Received]:
    """Return how many answers the points of these units received in a period, by channel and signs.

    The one figure that is live: it holds no level. `waiting`: only those that wait for a
    close, or only the others, which no longer change. `first_days`: since when a code is its
    unit's.
    """
    n = func.sum(case((_is_received(), 1), else_=0))
    wait = func.sum(case((and_(_is_received(), Response.batch_id.is_(None)), 1), else_=0))
    keys = (Response.unit_code, Response.point_id, Response.channel, Response.signs)
    own = boundary_changes.its_own(Response.unit_code, Response.business_day, first_days or {})
    query = (
        select(*keys, n, wait, func.count() - n)
        .where(Response.business_day >= period.start, Response.business_day < period.end, is_one())
        .where(own)
        .group_by(*keys)
    )
    if waiting:  # few in all: the other index would be a search through everything received
        rows = session.execute(query.where(Response.batch_id.is_(None)))
        return [Received(*row) for row in rows if row.unit_code in codes]
    query = query.where(Response.unit_code.in_(codes))
    if waiting is False:
        query = query.where(Response.batch_id.is_not(None))
    return [Received(*row) for row in session.execute(query)]


def trials(session: Session, point: ServicePoint) -> int:
    """Return how many test sheets a point has received."""
    query = select(func.count()).where(Response.point_id == point.id, Response.channel == "test")
    return session.scalar(query) or 0


def waiting(session: Session, until: date) -> Sequence[AnyRow]:
    """Return the answers of business days up to `until` that belong to no batch, locked.

    In the order of their random keys, so that two closes lock the rows in one order.
    """
    query = (
        select(*Response.__table__.c)
        .where(Response.batch_id.is_(None), Response.business_day <= until, is_one())
        .order_by(Response.key)
        .with_for_update()
    )
    return session.execute(query).all()


def release(session: Session, rows: Sequence[AnyRow], batch_id: int) -> None:
    """Put answers into a batch by writing them anew, in the order of their random keys.

    An update in place would leave them in the order they came, on PostgreSQL even with
    different transaction numbers. Imported answers never had an order to hide: an update
    is enough, and an import may be large.
    """
    for some in chunks([row.key for row in rows if row.import_id is not None]):
        session.execute(
            update(Response).where(Response.key.in_(some)).values(batch_id=batch_id),
            execution_options={"synchronize_session": False},
        )
    own = sorted((row for row in rows if row.import_id is None), key=lambda row: int(row.key))
    for chunk in chunks(own):
        session.execute(
            delete(Response).where(Response.key.in_([row.key for row in chunk])),
            execution_options={"synchronize_session": False},
        )
    for chunk in chunks(own):
        again = [dict(row._mapping) | {"batch_id": batch_id} for row in chunk]
        # Else every pattern of empty columns becomes a statement of its own.
        session.execute(insert(Response), again, execution_options={"render_nulls": True})


def released(session: Session, batch_ids: Collection[int]) -> Sequence[AnyRow]:
    """Return batch, version, stream, flag and answers of every answer these batches count."""
    query = select(
        Response.batch_id,
        Response.questionnaire_id,
        Response.channel,
        Response.flagged,
        Response.answers,
    ).where(Response.batch_id.in_(batch_ids), ~Response.left_out)
    return session.execute(query).all()


def patterns(
    session: Session,
    codes: Collection[str],
    period: Period,
    measure_hash: str,
    first_days: Mapping[str, date],
) -> Sequence[tuple[bytes, int]]:
    """Return how many people gave the same answers, in the whole batches of units and a period.

    Not those from files. Versions of one measure have the same items in the same order.
    `first_days`: since when a code is its unit's.
    """
    query = (
        select(Response.answers, func.count())
        .join(Batch, Batch.id == Response.batch_id)
        .where(
            batches.are_of(codes, first_days),
            Batch.starts_on >= period.start,
            Batch.ends_on <= period.end,
            Batch.measure_hash == measure_hash,
            Batch.is_imported.is_(False),
            ~Response.left_out,
        )
        .group_by(Response.answers)
        .order_by(Response.answers)
    )
    return [(answers, n) for answers, n in session.execute(query)]
