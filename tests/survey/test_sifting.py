"""What the close does with comments, on both databases."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from survey import sifting
from survey.storage import comment_batches, comments, points, units
from survey.storage.comments import Comment
from survey.storage.points import ServicePoint
from tests import remarks
from tests.province import ROWS

DAY = date(2026, 11, 3)
BEFORE = DAY - timedelta(days=1)
K = 10


@pytest.fixture
def point(session: Session) -> ServicePoint:
    units.put(session, ROWS, date(2025, 7, 1))
    return points.add(
        session, "31117", "Quầy 1", datetime(2026, 1, 2, tzinfo=UTC), date(2026, 1, 2)
    )


@pytest.fixture
def beside(session: Session, point: ServicePoint) -> ServicePoint:
    return points.add(
        session, "31117", "Quầy 2", datetime(2026, 1, 2, tzinfo=UTC), date(2026, 1, 2)
    )


def _shown(session: Session) -> list[Comment]:
    return [row[0] for row in comments.listing(session, ["31117"]).rows]


def test_the_close_masks_sorts_and_holds(session: Session, point: ServicePoint) -> None:
    plain = remarks.comment(session, point, DAY, "Chị Lan ở quầy 3 cho chờ lâu, gọi 0912345678.")
    held = remarks.comment(session, point, DAY, "Anh Hùng đòi thêm 200k.")
    sifting.sift(session, DAY, K)
    masked = "Chị [tên người] ở quầy 3 cho chờ lâu, gọi [số điện thoại]."
    assert (plain.masked, plain.themes, plain.holds) == (masked, "wait", "")
    assert held.holds == "money"
    assert held.masked == "Anh [tên người] đòi thêm 200k."
    assert "0912345678" in (plain.text or "")
    # What is searched must not find what is masked.
    assert "lan" not in plain.search_key.split()


def test_a_comment_of_today_is_left_for_the_next_close(
    session: Session, point: ServicePoint
) -> None:
    written = remarks.comment(session, point, DAY + timedelta(days=1))
    sifting.sift(session, DAY, K)
    assert written.masked is None


def test_nine_wait_and_the_tenth_releases_all(session: Session, point: ServicePoint) -> None:
    remarks.some(session, point, BEFORE, K - 1)
    sifting.sift(session, DAY, K)
    assert _shown(session) == []
    remarks.comment(session, point, BEFORE)
    sifting.sift(session, DAY + timedelta(days=1), K)
    assert len(_shown(session)) == K
    assert {c.released_on for c in _shown(session)} == {DAY + timedelta(days=2)}


def test_what_is_younger_than_a_day_waits_and_does_not_count(
    session: Session, point: ServicePoint
) -> None:
    remarks.some(session, point, BEFORE, K - 1)
    remarks.comment(session, point, DAY)
    sifting.sift(session, DAY, K)
    assert _shown(session) == []
    sifting.sift(session, DAY + timedelta(days=1), K)
    assert len(_shown(session)) == K


def test_after_a_batch_the_next_comment_waits_again(session: Session, point: ServicePoint) -> None:
    remarks.some(session, point, BEFORE, K)
    sifting.sift(session, DAY, K)
    remarks.comment(session, point, DAY)
    sifting.sift(session, DAY + timedelta(days=1), K)
    assert len(_shown(session)) == K


def test_held_and_trial_comments_fill_no_batch(session: Session, point: ServicePoint) -> None:
    remarks.some(session, point, BEFORE, K - 2)
    remarks.comment(session, point, BEFORE, "Phải lót tay mới xong.")
    remarks.comment(session, point, BEFORE, is_test=True)
    sifting.sift(session, DAY, K)
    assert _shown(session) == []


def test_a_batch_of_a_point_names_it_and_one_of_a_unit_does_not(
    session: Session, point: ServicePoint, beside: ServicePoint
) -> None:
    remarks.some(session, point, BEFORE, K)
    sifting.sift(session, DAY, K)
    assert {c.shows_point for c in _shown(session)} == {True}
    remarks.some(session, point, DAY, K - 1)
    remarks.comment(session, beside, DAY)
    sifting.sift(session, DAY + timedelta(days=1), K)
    assert len(_shown(session)) == 2 * K
    assert comments.count(session, ["31117"]) == 2 * K
    # Else the page of a counter would say how many of the unit's batch were its own.
    assert comments.count(session, ["31117"], point_id=beside.id) == 0
    assert comments.count(session, ["31117"], point_id=point.id) == K


def test_units_do_not_fill_each_others_batches(session: Session, point: ServicePoint) -> None:
    other = points.add(
        session, "31120", "Quầy 1", datetime(2026, 1, 2, tzinfo=UTC), date(2026, 1, 2)
    )
    remarks.some(session, point, BEFORE, K // 2)
    remarks.some(session, other, BEFORE, K // 2)
    sifting.sift(session, DAY, K)
    assert _shown(session) == []


def test_the_order_inside_a_batch_is_not_that_of_the_queue(
    session: Session, point: ServicePoint
) -> None:
    written = remarks.some(session, point, BEFORE, 40)
    sifting.sift(session, DAY, K)
    shown = _shown(session)
    assert [c.key for c in shown] == sorted(c.key for c in written)
    assert [c.key for c in shown] != [c.key for c in written]


def test_what_is_let_go_joins_the_next_batch_and_never_comes_alone(
    session: Session, point: ServicePoint
) -> None:
    held = remarks.comment(session, point, BEFORE, "Phải lót tay mới xong.")
    remarks.some(session, point, BEFORE, K)
    sifting.sift(session, DAY, K)
    comment_batches.let_go(held)
    sifting.sift(session, DAY + timedelta(days=1), K)
    assert held.released_on is None
    remarks.some(session, point, DAY, K - 1)
    sifting.sift(session, DAY + timedelta(days=2), K)
    assert held in _shown(session)


def test_what_is_held_later_disappears_and_comes_back(
    session: Session, point: ServicePoint
) -> None:
    first, *_rest = remarks.some(session, point, BEFORE, K)
    sifting.sift(session, DAY, K)
    comment_batches.hold(first, "moderator")
    session.flush()
    assert first not in _shown(session)
    comment_batches.let_go(first)
    session.flush()
    assert first in _shown(session)


def test_a_close_does_not_read_again_what_a_person_corrected(
    session: Session, point: ServicePoint
) -> None:
    written = remarks.comment(session, point, BEFORE, "Bác Ba tốt bụng.")
    sifting.sift(session, DAY, K)
    comments.correct(written, "Bác [tên người] làm tốt.")
    sifting.sift(session, DAY + timedelta(days=1), K)
    assert written.masked == "Bác [tên người] làm tốt."
