from datetime import UTC, date, datetime, timedelta

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from survey.storage import comment_batches, comments, contacts, referrals, units
from survey.storage.comments import Comment
from survey.storage.contacts import Contact
from survey.storage.points import ServicePoint
from tests import rows
from tests.province import ROWS, SINCE

DAY = date(2026, 10, 20)
OLD, NEW = contacts.new_key(), contacts.new_key()


@pytest.fixture
def point(session: Session) -> ServicePoint:
    units.put(session, ROWS, SINCE)
    return rows.point_named(session, "31117", "Quầy 1", SINCE)


def _comment(session: Session, point: ServicePoint, receipt: bytes = b"r") -> Comment:
    written = comments.add(
        session,
        point,
        "Ghế chờ ít quá.",
        receipt_digest=receipt,
        language="vi",
        business_day=DAY,
        nonce=receipt,
        nonce_expires_at=datetime(2026, 10, 25, tzinfo=UTC),
    )
    session.flush()
    return written


def _contact(
    session: Session,
    point: ServicePoint,
    receipt: bytes = b"r",
    *,
    number: str = "0912345678",
    keys: tuple[str, ...] = (OLD,),
) -> Contact:
    written = _comment(session, point, receipt)
    consent = {"consent_version": "2026-11", "consent_text": "Tôi đồng ý."}
    return contacts.add(session, written.key, number, keys, on=DAY, **consent)


def _left(session: Session) -> int:
    return len(session.scalars(select(Contact.key)).all())


def test_a_number_opens_with_its_key_and_with_no_other(
    session: Session, point: ServicePoint
) -> None:
    contact = _contact(session, point)
    assert contacts.number(contact, [NEW, OLD]) == "0912345678"
    assert contacts.number(contact, [NEW]) is None
    assert contacts.number(contact, []) is None
    assert b"0912345678" not in contact.encrypted


def test_what_is_stored_tells_no_time(session: Session, point: ServicePoint) -> None:
    contact = _contact(session, point)
    assert Fernet(OLD).extract_timestamp(contact.encrypted) == 0
    contacts.rotate(session, [NEW, OLD])
    assert Fernet(NEW).extract_timestamp(contact.encrypted) == 0


def test_contacts_are_found_by_their_comments(session: Session, point: ServicePoint) -> None:
    first, second = _contact(session, point, b"1"), _contact(session, point, b"2")
    alone = _comment(session, point, b"3")
    found = contacts.of_comments(session, [first.comment_key, alone.key])
    assert found == {first.comment_key: first}
    assert second.comment_key not in found


def test_a_contact_goes_with_its_comment(session: Session, point: ServicePoint) -> None:
    _contact(session, point)
    session.execute(delete(Comment))
    assert _left(session) == 0


def test_a_withdrawn_number_leaves_its_comment(session: Session, point: ServicePoint) -> None:
    _contact(session, point, b"1")
    _contact(session, point, b"2")
    assert contacts.withdraw(session, b"1")
    assert not contacts.withdraw(session, b"1")
    assert _left(session) == 1
    assert len(session.scalars(select(Comment.key)).all()) == 2


def test_a_number_ends_ninety_days_after_its_first_closing(
    session: Session, point: ServicePoint
) -> None:
    contact = _contact(session, point)
    closed = DAY + timedelta(days=10)
    assert contacts.close(session, contact.comment_key, closed)
    assert contacts.close(session, contact.comment_key, closed + timedelta(days=50))
    assert not contacts.close(session, contact.comment_key + 1, closed)
    assert contacts.expire(session, closed + timedelta(days=89)) == 0
    assert contacts.expire(session, closed + timedelta(days=90)) == 1
    assert _left(session) == 0


def test_a_number_that_nobody_closes_ends_after_half_a_year(
    session: Session, point: ServicePoint
) -> None:
    late = _contact(session, point, b"2")
    _contact(session, point, b"1")
    contacts.close(session, late.comment_key, DAY + timedelta(days=179))
    assert contacts.expire(session, DAY + timedelta(days=179)) == 0
    assert contacts.expire(session, DAY + timedelta(days=180)) == 2


def test_a_decision_that_keeps_the_comment_does_not_keep_the_number(
    session: Session, point: ServicePoint
) -> None:
    contact = _contact(session, point)
    at = datetime(2026, 10, 25, tzinfo=UTC)
    decision = {"by": "a@b.example", "at": at, "authority": "Thanh tra", "reason": "Nói về tiền"}
    referrals.add(session, contact.comment_key, **decision)
    last = DAY + timedelta(days=180)
    assert contacts.kept_until(contact) == last
    comment_batches.expire(session, last)
    assert contacts.expire(session, last) == 1
    assert session.scalars(select(Comment.text)).all() == ["Ghế chờ ít quá."]


def test_the_day_a_number_goes_is_the_earlier_of_its_two(
    session: Session, point: ServicePoint
) -> None:
    contact = _contact(session, point)
    for closed, last in ((DAY, 90), (DAY + timedelta(days=95), 180)):
        contact.closed_on = closed
        assert contacts.kept_until(contact) == DAY + timedelta(days=last)
        assert contacts.expire(session, DAY + timedelta(days=last - 1)) == 0


def test_after_a_rotation_the_old_key_is_not_needed(session: Session, point: ServicePoint) -> None:
    kept = [_contact(session, point, bytes([n]), number=f"091234567{n}") for n in range(3)]
    assert contacts.rotate(session, [NEW, OLD]) == (3, 0)
    session.commit()
    session.expire_all()
    opened = [contacts.number(contact, [NEW]) for contact in kept]
    assert opened == ["0912345670", "0912345671", "0912345672"]
    assert contacts.number(kept[0], [OLD]) is None


def test_a_number_whose_key_is_missing_is_left_as_it_is(
    session: Session, point: ServicePoint
) -> None:
    shut = _contact(session, point, b"1")
    _contact(session, point, b"2", keys=(NEW,))
    before = shut.encrypted
    assert contacts.rotate(session, [NEW]) == (1, 1)
    assert shut.encrypted == before
