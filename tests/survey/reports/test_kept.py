"""What is kept of a release is added up exactly, and gone with the next one."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from survey import period
from survey.reports import kept
from survey.storage import tallies
from tests import peers

OCTOBER = period.parse("2026-10")


@pytest.fixture
def code(session: Session) -> str:
    (code,) = peers.communes(session, 1)
    point, _other = peers.counters(session, code)
    for n in (10, 12, 300):
        peers.release(session, code, point, OCTOBER, n, satisfied=0.5)
    peers.release(session, code, None, OCTOBER, 11, satisfied=0.5)
    session.commit()
    return code


@pytest.fixture
def reading(session: Session) -> Iterator[Session]:
    """A session that writes nothing, as pages have."""
    engine = session.get_bind().engine.execution_options(read_only=True)
    with Session(engine) as opened:
        yield opened


def test_batches_of_one_cell_become_one_row_that_keeps_the_sums_of_each(
    session: Session, code: str
) -> None:
    one, whole = sorted(kept.released(session, [code], OCTOBER).rows, key=lambda row: row.n)
    batches = [row for row in tallies.vectors(session, [code], OCTOBER) if row.point_id]
    assert (one.point_id, one.n, whole.n) == (None, 11, 322)
    assert len(batches) > 1
    assert dict(zip(whole.batches, whole.sums, strict=True)) == {
        row.batches[0]: row.sums[0] for row in batches
    }


def test_what_is_read_stays_until_more_is_released(
    session: Session, code: str, reading: Session
) -> None:
    before = kept.released(reading, [code], OCTOBER)
    assert kept.released(reading, [code], OCTOBER) is before
    assert kept.released(reading, [code], OCTOBER, "another shape") is not before
    reading.rollback()
    peers.release(session, code, None, OCTOBER, 10, satisfied=0.5)
    session.commit()
    after = kept.released(reading, [code], OCTOBER)
    assert sum(row.n for row in after.rows) == sum(row.n for row in before.rows) + 10


def test_a_close_that_releases_nothing_ends_it_too(
    session: Session, code: str, reading: Session
) -> None:
    before = kept.released(reading, [code], OCTOBER)
    reading.rollback()
    peers.closed(session, OCTOBER.end)
    session.commit()
    assert kept.released(reading, [code], OCTOBER) is not before


def test_a_session_that_may_write_keeps_nothing(session: Session, code: str) -> None:
    first = kept.released(session, [code], OCTOBER)
    assert kept.released(session, [code], OCTOBER) is not first


def test_forgetting_reads_anew(code: str, reading: Session) -> None:
    before = kept.released(reading, [code], OCTOBER)
    kept.forget(reading)
    assert kept.released(reading, [code], OCTOBER) is not before


def test_the_longest_unused_is_dropped_when_there_is_too_much(
    code: str, reading: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = kept.released(reading, [code], OCTOBER, "first")
    monkeypatch.setattr(kept, "MOST_TALLIES", first.size)
    second = kept.released(reading, [code], OCTOBER, "second")
    assert kept.released(reading, [code], OCTOBER, "second") is second
    assert kept.released(reading, [code], OCTOBER, "first") is not first


def test_work_is_done_once_for_each_key(session: Session, code: str) -> None:
    own = kept.released(session, [code], OCTOBER)
    assert [own.once("a", lambda: 1), own.once("a", lambda: 2), own.once("b", lambda: 3)] == [
        1,
        1,
        3,
    ]
