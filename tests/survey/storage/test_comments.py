from datetime import UTC, date, datetime, timedelta

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import func, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from survey import sifting
from survey.storage import (
    comment_batches,
    comments,
    contacts,
    points,
    referrals,
    units,
    withdrawals,
)
from survey.storage.comments import Comment
from survey.storage.points import ServicePoint
from survey.storage.referrals import Referral
from tests import province, remarks
from tests.province import ROWS

DAY = date(2026, 11, 3)
AT = datetime(2026, 11, 4, 3, tzinfo=UTC)
HERE = ["31117"]


@pytest.fixture
def point(session: Session) -> ServicePoint:
    units.put(session, ROWS, date(2025, 7, 1))
    return points.add(session, "31117", "Quầy 1", AT, date(2026, 1, 2))


@pytest.fixture
def ten(session: Session, point: ServicePoint) -> list[Comment]:
    """Ten released comments, the first about waiting."""
    first = remarks.comment(session, point, DAY, "Chờ lâu ở quầy Hòa Bình.", receipt=b"first")
    written = [first, *remarks.some(session, point, DAY, 9)]
    sifting.sift(session, DAY + timedelta(days=1), 10)
    return written


def _refer(session: Session, comment: Comment) -> Referral:
    return referrals.add(
        session, comment.key, by="x@y.example", at=AT, authority="Thanh tra", reason="Đòi tiền."
    )


def _left(session: Session) -> int:
    session.expire_all()
    return session.scalar(select(func.count()).select_from(Comment)) or 0


def test_a_comment_belongs_to_the_unit_of_its_day(session: Session, point: ServicePoint) -> None:
    points.move(session, point, "31120", DAY + timedelta(days=1))
    assert remarks.comment(session, point, DAY).unit_code == "31117"
    assert remarks.comment(session, point, DAY + timedelta(days=1)).unit_code == "31120"


def test_the_comments_of_another_unit_that_had_the_code_are_not_read(
    session: Session, ten: list[Comment]
) -> None:
    assert comments.count(session, HERE) == comments.listing(session, HERE).total == 10
    province.reuse(session, "31117", DAY + timedelta(days=1))
    assert comments.count(session, HERE) == comments.listing(session, HERE).total == 0
    assert not comments.themes(session, HERE)
    with pytest.raises(NoResultFound):
        comments.released(session, ten[0].name, HERE)
    assert comments.get(session, ten[0].name, HERE) is ten[0]  # the province still moderates it


def test_the_comments_of_a_unit_on_the_first_day_of_its_code_are_read(
    session: Session, ten: list[Comment]
) -> None:
    province.reuse(session, "31117", DAY)
    assert comments.count(session, HERE) == 10
    assert comments.released(session, ten[0].name, HERE) is ten[0]


@pytest.mark.parametrize("text", ["hòa bình", "HOÀ BÌNH", "hoa binh", "cho lau"])
def test_a_search_ignores_case_and_marks(session: Session, ten: list[Comment], text: str) -> None:
    assert [c for c, _ in comments.listing(session, HERE, text=text).rows] == [ten[0]]


def test_a_search_takes_signs_for_themselves(session: Session, ten: list[Comment]) -> None:
    assert comments.listing(session, HERE, text="%").total == 0
    assert comments.listing(session, HERE, text="_").total == 0


def test_a_list_is_narrowed_by_theme_and_by_state(session: Session, ten: list[Comment]) -> None:
    comments.follow_up(ten[3], "done", "Bà Tư", "Đã thêm ghế.")
    session.flush()
    assert [c for c, _ in comments.listing(session, HERE, theme="wait").rows] == [ten[0]]
    assert comments.listing(session, HERE, theme="wai").total == 0
    assert [c for c, _ in comments.listing(session, HERE, status="done").rows] == [ten[3]]
    assert comments.themes(session, HERE) == {"wait": 1, "other": 9}


def test_another_unit_sees_and_finds_nothing(session: Session, ten: list[Comment]) -> None:
    assert comments.listing(session, ["31120"]).total == 0
    assert comments.themes(session, ["31120"]) == {}
    with pytest.raises(NoResultFound):
        comments.released(session, ten[0].name, ["31120"])


@pytest.mark.parametrize("name", ["x", "", "0", "zz", "f" * 40])
def test_a_name_that_is_none_is_not_found(session: Session, ten: list[Comment], name: str) -> None:
    with pytest.raises(NoResultFound):
        comments.get(session, name, HERE)


def test_a_waiting_a_held_and_an_unread_comment_are_not_released(
    session: Session, point: ServicePoint
) -> None:
    unread = remarks.comment(session, point, DAY)
    with pytest.raises(NoResultFound):
        comments.get(session, unread.name, HERE)
    sifting.sift(session, DAY, 10)
    assert comments.get(session, unread.name, HERE, to_change=True) is unread
    with pytest.raises(NoResultFound):
        comments.released(session, unread.name, HERE)


def test_its_receipt_takes_back_a_comment_also_when_it_is_released(
    session: Session, ten: list[Comment]
) -> None:
    assert comments.withdraw(session, b"first")
    assert not comments.withdraw(session, b"first")
    assert (_left(session), comments.listing(session, HERE).total) == (9, 9)


def test_a_referred_comment_is_kept_unseen_until_that_is_settled(
    session: Session, ten: list[Comment]
) -> None:
    referral = _refer(session, ten[0])
    assert comments.withdraw(session, b"first")
    assert not comments.withdraw(session, b"first")
    comment_batches.expire(session, DAY)
    assert (_left(session), comments.listing(session, HERE).total) == (10, 9)
    assert comment_batches.moderated(session, HERE, "recent").total == 9
    assert comment_batches.moderated(session, HERE, "passed").total == 1
    referrals.end(referral, by="x@y.example", at=AT)
    session.flush()
    comment_batches.expire(session, DAY)
    assert _left(session) == 9


def test_a_kept_comment_that_is_withdrawn_keeps_no_number(
    session: Session, ten: list[Comment]
) -> None:
    key = Fernet.generate_key().decode()
    values = {"consent_version": "1", "consent_text": "x", "on": DAY}
    contacts.add(session, ten[0].key, "0912 345 678", [key], **values)
    _refer(session, ten[0])
    assert withdrawals.comment(session, b"first", DAY)
    assert contacts.of_comments(session, [ten[0].key]) == {}
    assert _left(session) == 10


def test_raw_words_live_for_90_days_and_masked_ones_for_two_years(
    session: Session, ten: list[Comment]
) -> None:
    for days, raw, left in ((90, 10, 10), (91, 0, 10), (730, 0, 10), (731, 0, 0)):
        comment_batches.expire(session, DAY + timedelta(days=days))
        assert _left(session) == left
        with_text = select(func.count()).where(Comment.text.is_not(None))
        assert session.scalar(with_text) == raw, days
    assert comment_batches.raw_until(Comment(business_day=DAY)) == DAY + timedelta(days=90)


def test_an_open_referral_suspends_both_deletions(session: Session, ten: list[Comment]) -> None:
    referral = _refer(session, ten[0])
    comment_batches.expire(session, DAY + timedelta(days=1000))
    assert _left(session) == 1
    assert ten[0].text == "Chờ lâu ở quầy Hòa Bình."
    referrals.end(referral, by="x@y.example", at=AT)
    session.flush()
    comment_batches.expire(session, DAY + timedelta(days=1000))
    assert _left(session) == 0
    assert session.scalar(select(func.count()).select_from(Referral)) == 0


def test_a_trial_goes_after_90_days_and_an_unread_comment_keeps_its_words(
    session: Session, point: ServicePoint
) -> None:
    remarks.comment(session, point, DAY, is_test=True)
    unread = remarks.comment(session, point, DAY)
    comment_batches.expire(session, DAY + timedelta(days=91))
    assert _left(session) == 1
    assert unread.text


def test_a_page_beyond_the_last_is_the_last(session: Session, point: ServicePoint) -> None:
    remarks.some(session, point, DAY, 51)
    sifting.sift(session, DAY + timedelta(days=1), 10)
    found = comments.listing(session, HERE, page=9)
    assert (found.number, found.last, len(found.rows)) == (2, 2, 1)
