import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from analysis.sums import Sums
from survey import closing, period
from survey.closing import CloseResult
from survey.db import make_engine
from survey.storage import batches, closes, marks, points, receipts, responses, tallies, units
from survey.storage.batches import Batch
from survey.storage.closes import Close
from survey.storage.points import ServicePoint
from survey.storage.receipts import Receipt
from survey.storage.responses import Response
from survey.storage.seen_nonces import SeenNonce
from survey.storage.suppressions import Suppression
from survey.storage.tallies import Tally
from tests import rows
from tests.province import ROWS, SINCE

DAY = date(2026, 10, 20)
K = 10


@pytest.fixture
def point(session: Session) -> ServicePoint:
    units.put(session, ROWS, SINCE)
    return rows.point_named(session, "31117", "Quầy 1", SINCE)


def _close(session: Session, day: date, threshold: int = K) -> CloseResult | None:
    at = datetime(day.year, day.month, day.day, 23, tzinfo=UTC)  # 06:00 of the next day
    result = closing.close_day(session, day, at=at, threshold=threshold)
    session.commit()
    return result


def _batches(session: Session) -> list[Batch]:
    return list(session.scalars(select(Batch).order_by(Batch.id)))


def test_nine_people_wait_and_the_tenth_releases_them_all(
    session: Session, point: ServicePoint
) -> None:
    rows.answers(session, point, DAY, 9)
    first = _close(session, DAY)
    assert first is not None
    assert (first.batches, first.answers, first.waiting) == (0, 0, 9)
    rows.answers(session, point, DAY + timedelta(days=1), 1)
    second = _close(session, DAY + timedelta(days=1))
    assert second is not None
    assert (second.batches, second.answers, second.waiting) == (1, 10, 0)
    (batch,) = _batches(session)
    assert (batch.unit_code, batch.point_id, batch.n) == ("31117", point.id, 10)
    assert (batch.starts_on, batch.ends_on) == (date(2026, 10, 1), date(2026, 11, 1))


def test_the_tally_of_a_batch_is_the_sum_of_its_answers(
    session: Session, point: ServicePoint
) -> None:
    for level in (1, 2, 3, 4, 5) * 2:
        rows.answer(session, point, DAY, (level, 5, 4, 6, 9, level))
    _close(session, DAY)
    (tally,) = session.scalars(select(Tally))
    sums = Sums.from_bytes(tally.sums)
    assert (tally.stream, tally.flagged, tally.n) == ("qr", False, 10)
    assert sums.levels("overall") == (2, 2, 2, 2, 2)
    assert sums.levels("A") == (0, 0, 0, 0, 10)
    assert (sums.missing("C"), sums.not_applicable("D")) == (10, 10)
    assert closing.check(session) == []


def test_answers_of_the_day_that_has_not_ended_stay_out(
    session: Session, point: ServicePoint
) -> None:
    rows.answers(session, point, DAY + timedelta(days=1), 15)
    _close(session, DAY)
    assert _batches(session) == []


def test_a_batch_never_crosses_the_end_of_its_month(session: Session, point: ServicePoint) -> None:
    rows.answers(session, point, date(2026, 10, 31), 9)
    rows.answers(session, point, date(2026, 11, 1), 9)
    result = _close(session, date(2026, 11, 2))
    assert result is not None
    assert (result.batches, result.waiting) == (0, 18)


def test_the_leftovers_of_a_unit_form_one_batch_seven_days_after_the_month(
    session: Session, point: ServicePoint
) -> None:
    other = rows.point_named(session, "31117", "Quầy 2", SINCE)
    rows.answers(session, point, DAY, 6)
    rows.answers(session, other, DAY, 4)
    _close(session, date(2026, 11, 6))
    assert _batches(session) == []
    _close(session, date(2026, 11, 7))
    (batch,) = _batches(session)
    assert (batch.unit_code, batch.point_id, batch.n) == ("31117", None, 10)
    assert (batch.starts_on, batch.ends_on) == (date(2026, 10, 1), date(2026, 11, 1))


def test_what_a_month_leaves_is_tried_at_the_quarter_and_then_at_the_year(
    session: Session, point: ServicePoint
) -> None:
    rows.answers(session, point, date(2026, 4, 3), 5)
    rows.answers(session, point, date(2026, 5, 3), 6)
    rows.answers(session, point, date(2026, 8, 3), 7)
    rows.answers(session, point, date(2026, 11, 3), 8)
    for day in (date(2026, 5, 7), date(2026, 6, 7)):
        _close(session, day)
    assert _batches(session) == []
    _close(session, date(2026, 7, 7))
    (quarter,) = _batches(session)
    assert (quarter.starts_on, quarter.ends_on, quarter.n) == (
        date(2026, 4, 1),
        date(2026, 7, 1),
        11,
    )
    _close(session, date(2027, 1, 7))
    year = _batches(session)[1]
    assert (year.starts_on, year.ends_on, year.n) == (date(2026, 1, 1), date(2027, 1, 1), 15)


def test_two_communes_never_share_a_batch(session: Session, point: ServicePoint) -> None:
    other = rows.point_named(session, "31120", "Quầy 9", SINCE)
    rows.answers(session, point, DAY, 6)
    rows.answers(session, other, DAY, 6)
    _close(session, date(2027, 1, 7))
    assert _batches(session) == []


def test_a_move_closes_the_batch_of_the_unit_that_was(
    session: Session, point: ServicePoint
) -> None:
    rows.answers(session, point, DAY, 6)
    moved_on = DAY + timedelta(days=1)
    rows.answers(session, point, moved_on, 2)
    points.move(session, point, "31120", moved_on)
    responses.follow_move(session, point, moved_on)
    rows.answers(session, point, moved_on, 8)
    _close(session, moved_on)
    (batch,) = _batches(session)
    assert (batch.unit_code, batch.n) == ("31120", 10)


def test_trials_are_never_released(session: Session, point: ServicePoint) -> None:
    for _ in range(12):
        rows.answer(session, point, DAY, channel="test")
    _close(session, date(2027, 1, 7))
    assert _batches(session) == []


def test_an_answer_of_a_closed_day_has_no_receipt_and_a_nonce_no_content(
    session: Session, point: ServicePoint
) -> None:
    rows.answers(session, point, DAY, 10)
    rows.answers(session, rows.point_named(session, "31117", "Quầy 2", SINCE), DAY, 3)
    _close(session, DAY)
    assert session.scalar(select(func.count()).select_from(Receipt)) == 0
    assert set(session.scalars(select(SeenNonce.content))) == {b""}
    _close(session, DAY + timedelta(days=10))
    assert session.scalar(select(func.count()).select_from(SeenNonce)) == 0


def test_released_answers_are_written_anew_in_the_order_of_their_random_keys(
    session: Session, point: ServicePoint
) -> None:
    rows.answers(session, point, DAY, 40)
    session.commit()
    _close(session, DAY)
    if session.get_bind().dialect.name == "postgresql":
        query = text("SELECT key, xmin::text FROM response ORDER BY ctid")
        found = session.execute(query).all()
        assert [row.key for row in found] == sorted(row.key for row in found)
        assert len({row.xmin for row in found}) == 1
    assert set(session.scalars(select(Response.batch_id))) == {_batches(session)[0].id}


def test_closing_a_day_again_does_nothing(session: Session, point: ServicePoint) -> None:
    rows.answers(session, point, DAY, 10)
    assert _close(session, DAY) is not None
    rows.answers(session, point, DAY, 10)
    assert _close(session, DAY) is None
    assert len(_batches(session)) == 1


def test_two_closes_at_once_do_the_work_of_one(
    database_url: str, session: Session, point: ServicePoint
) -> None:
    rows.answers(session, point, DAY, 30)
    session.commit()
    results: list[CloseResult | None] = []
    gate = threading.Barrier(2)

    def run() -> None:
        engine = make_engine(database_url)
        with Session(engine) as own:
            gate.wait(10)
            results.append(_close(own, DAY))
        engine.dispose()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    session.expire_all()
    assert sorted(result is None for result in results) == [False, True]
    assert [batch.n for batch in _batches(session)] == [30]
    assert session.scalar(select(func.sum(Tally.n))) == 30
    assert closing.check(session) == []


def test_closes_of_two_days_at_once_release_each_answer_once(
    database_url: str, session: Session, point: ServicePoint
) -> None:
    rows.answers(session, point, DAY, 30)
    session.commit()
    gate = threading.Barrier(2)

    def run(day: date) -> None:
        engine = make_engine(database_url)
        with Session(engine) as own:
            gate.wait(10)
            _close(own, day)
        engine.dispose()

    threads = [threading.Thread(target=run, args=(DAY + timedelta(days=n),)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    session.expire_all()
    assert session.scalar(select(func.sum(Batch.n))) == 30
    assert session.scalar(select(func.count()).select_from(Response)) == 30
    assert session.scalar(select(func.count()).select_from(Close)) == 2


def test_a_close_that_is_cut_off_has_not_happened(session: Session, point: ServicePoint) -> None:
    rows.answers(session, point, DAY, 12)
    session.commit()
    closing.close_day(session, DAY, at=datetime(2026, 10, 21, tzinfo=UTC), threshold=K)
    session.rollback()
    assert closes.last(session, date.max) is None
    assert set(session.scalars(select(Response.batch_id))) == {None}
    assert _close(session, DAY) is not None


def test_a_falsified_answer_or_tally_is_found_by_the_check(
    session: Session, point: ServicePoint
) -> None:
    rows.answers(session, point, DAY, 12)
    _close(session, DAY)
    (batch,) = _batches(session)
    key = session.scalars(select(Response.key).limit(1)).one()
    session.execute(
        update(Response).where(Response.key == key).values(answers=bytes([1] * 6 + [0] * 16))
    )
    session.commit()
    assert closing.check(session) == [batch.id]


def test_a_withdrawn_answer_is_gone_until_the_close_and_stays_after_it(
    session: Session, point: ServicePoint
) -> None:
    kept = rows.answers(session, point, DAY, 11)
    digests = list(session.scalars(select(Receipt.digest).order_by(Receipt.response_key)))
    assert responses.withdraw(session, digests[0])
    assert not responses.withdraw(session, digests[0])
    _close(session, DAY)
    assert _batches(session)[0].n == len(kept) - 1
    assert receipts.response_key(session, digests[1]) is None
    assert not responses.withdraw(session, digests[1])


def test_a_mark_in_an_open_month_takes_effect_at_the_next_close(
    session: Session, point: ServicePoint
) -> None:
    rows.answers(session, point, DAY, 12)
    _close(session, DAY)
    keys = list(session.scalars(select(Response.key).limit(2)))
    marks.put(session, keys, flagged=True)
    assert session.scalar(select(func.sum(Tally.n)).where(Tally.flagged)) is None
    _close(session, DAY + timedelta(days=1))
    assert session.scalar(select(func.sum(Tally.n)).where(Tally.flagged)) == 2
    assert closing.check(session) == []


def test_marks_that_come_after_the_close_of_their_month_change_nothing_any_more(
    session: Session, point: ServicePoint
) -> None:
    rows.answers(session, point, DAY, 30)
    _close(session, date(2026, 11, 7))
    marks.put(session, list(session.scalars(select(Response.key))), flagged=True)
    _close(session, date(2026, 11, 8))
    assert session.scalar(select(func.sum(Tally.n)).where(Tally.flagged)) is None
    assert closing.check(session) == []


@pytest.mark.parametrize(
    ("marked", "apart"),
    [
        ((0, 0), False),
        ((5, 4), False),
        ((5, 5), True),
        ((11, 10), False),  # nine are not marked
        ((15, 0), True),  # a batch by itself, known already
        ((12, 1), False),  # all but three of one batch, and one of the other
    ],
)
def test_marks_stand_apart_where_ten_are_marked_and_ten_are_not(
    session: Session, point: ServicePoint, marked: tuple[int, int], apart: bool
) -> None:
    keys = list[int]()
    for number, n_marked in enumerate(marked):
        day = DAY + timedelta(days=number)
        keys += [row.key for row in rows.answers(session, point, day, 15)[:n_marked]]
        _close(session, day)
    marks.put(session, keys, flagged=True)
    assert {batch.marks_apart for batch in _batches(session)} == {None}
    _close(session, date(2026, 11, 7))
    session.expire_all()
    assert [batch.marks_apart for batch in _batches(session)] == [apart, apart]


def test_a_batch_that_comes_late_is_decided_by_itself(
    session: Session, point: ServicePoint
) -> None:
    rows.answers(session, point, DAY, 30)
    marks.put(session, list(session.scalars(select(Response.key).limit(12))), flagged=True)
    _close(session, date(2026, 11, 7))
    rows.answers(session, point, DAY, 11)
    _close(session, date(2026, 11, 8))
    assert [batch.marks_apart for batch in _batches(session)] == [True, False]


def test_a_day_closed_by_a_clock_that_was_ahead_counts_once_it_has_passed(
    session: Session, point: ServicePoint
) -> None:
    _close(session, date(2030, 1, 1))
    _close(session, DAY)
    last = closes.last(session, DAY + timedelta(days=1))
    assert last is not None
    assert last.day == DAY
    assert not closes.is_closed(period.parse("2026-10"), last)


def test_a_larger_k_makes_larger_batches(session: Session, point: ServicePoint) -> None:
    rows.answers(session, point, DAY, 15)
    result = _close(session, DAY, threshold=20)
    assert result is not None
    assert (result.batches, result.waiting) == (0, 15)


def test_a_raised_k_hides_what_was_released_under_the_smaller_one(
    session: Session, point: ServicePoint
) -> None:
    other = rows.point_named(session, "31117", "Quầy 2", SINCE)
    rows.answers(session, point, DAY, 12)
    rows.answers(session, other, DAY, 40)
    _close(session, DAY)
    assert session.scalars(select(Suppression)).all() == []
    _close(session, date(2029, 3, 1), threshold=20)
    hidden = {row.point_id for row in session.scalars(select(Suppression))}
    assert hidden == {point.id, other.id}


def test_batches_are_found_in_runs_and_by_their_period(
    session: Session, point: ServicePoint
) -> None:
    rows.answers(session, point, DAY, 10)
    _close(session, DAY)
    (ids,) = batches.id_chunks(session)
    assert [t.batch_id for t in tallies.of_batches(session, ids)] == list(ids)
    assert batches.latest_month(session, ["31117"]) == date(2026, 10, 1)
    assert batches.latest_month(session, ["31120"]) is None
    assert batches.years(session) == {2026}
