import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from survey.db import make_engine
from survey.storage import audit_entries
from survey.storage.audit_entries import PAGE_SIZE, AuditEntry, AuditHead

AT = datetime(2026, 11, 25, 7, 30, 15, 123456, tzinfo=UTC)


def write(session: Session, n: int = 1, **changes: object) -> None:
    values = {"actor": "a@hailong.example", "act": "rename point", "subject": "p1", "at": AT}
    for _ in range(n):
        audit_entries.record(session, **values | changes)  # type: ignore[arg-type]
    session.commit()


def test_entries_are_numbered_and_the_chain_stands(session: Session) -> None:
    assert audit_entries.verify(session) is None
    write(session, 3, detail="Quầy 1 → Quầy 2")
    session.expire_all()
    assert session.scalars(select(AuditEntry.number)).all() == [1, 2, 3]
    assert audit_entries.verify(session) is None


def test_a_log_longer_than_a_chunk_is_verified_whole(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_entries, "CHUNK", 2)
    write(session, 5)
    assert audit_entries.verify(session) is None
    session.execute(update(AuditEntry).where(AuditEntry.number == 5).values(act="x"))
    assert audit_entries.verify(session) == 5


def test_the_same_act_twice_has_two_digests(session: Session) -> None:
    write(session, 2)
    assert len(set(session.scalars(select(AuditEntry.digest)))) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"actor": "b@hailong.example"},
        {"act": "move point"},
        {"subject": "p2"},
        {"detail": "x"},
        {"at": AT + timedelta(microseconds=1)},
        {"digest": bytes(32)},
        {"number": 99},
    ],
    ids=lambda change: next(iter(change)),
)
def test_any_altered_value_is_noticed_at_its_entry(
    session: Session, change: dict[str, object]
) -> None:
    write(session, 3)
    session.execute(update(AuditEntry).where(AuditEntry.number == 2).values(change))
    session.expire_all()
    assert audit_entries.verify(session) == 2


def test_an_altered_entry_sealed_anew_is_noticed_at_the_next(session: Session) -> None:
    write(session, 3)
    first, second = session.scalars(select(AuditEntry).order_by(AuditEntry.number).limit(2))
    second.actor = "b@hailong.example"
    second.digest = audit_entries._seal(first.digest, second)
    session.flush()
    assert audit_entries.verify(session) == 3


@pytest.mark.parametrize(("gone", "noticed_at"), [(1, 1), (2, 2), (3, 3)])
def test_a_deleted_entry_is_noticed_also_the_last(
    session: Session, gone: int, noticed_at: int
) -> None:
    write(session, 3)
    session.execute(delete(AuditEntry).where(AuditEntry.number == gone))
    session.expire_all()
    assert audit_entries.verify(session) == noticed_at


def test_an_entry_put_before_the_first_is_noticed(session: Session) -> None:
    write(session, 2)
    forged = {"number": -7, "at": AT, "actor": "b@hailong.example", "act": "view raw comment"}
    session.execute(insert(AuditEntry), forged | {"subject": "", "detail": "", "digest": bytes(32)})
    assert audit_entries.verify(session) == 1


@pytest.mark.parametrize("n_heads", [0, 2])
def test_an_end_that_is_missing_or_there_twice_is_noticed(session: Session, n_heads: int) -> None:
    write(session, 2)
    if n_heads:
        session.execute(insert(AuditHead), {"id": 99, "number": 2, "digest": bytes(32)})
    else:
        session.execute(delete(AuditHead))
    assert audit_entries.verify(session) == 3


def test_entries_that_changed_places_are_noticed(session: Session) -> None:
    write(session, 2)
    write(session, subject="p2")
    for number, place in ((2, 99), (3, 2), (99, 3)):
        session.execute(update(AuditEntry).where(AuditEntry.number == number).values(number=place))
    assert audit_entries.verify(session) == 2


def test_a_cut_that_hides_itself_is_noticed_by_an_anchor_kept_elsewhere(session: Session) -> None:
    write(session, 2)
    shorter = session.scalars(select(AuditHead)).one()
    number, digest = shorter.number, shorter.digest
    write(session)
    kept = audit_entries.anchor(session)
    assert audit_entries.verify(session, kept) is None
    session.execute(delete(AuditEntry).where(AuditEntry.number == 3))
    session.execute(update(AuditHead).values(number=number, digest=digest))
    session.commit()
    assert audit_entries.verify(session) is None
    assert audit_entries.verify(session, kept) == 3
    write(session, subject="another")
    assert audit_entries.verify(session, kept) == 3


def test_an_anchor_of_the_past_stands_while_the_log_grows(session: Session) -> None:
    empty = audit_entries.anchor(session)
    write(session)
    kept = audit_entries.anchor(session)
    write(session, 2)
    assert audit_entries.verify(session, empty) is None
    assert audit_entries.verify(session, kept) is None


def test_what_is_no_anchor_is_refused(session: Session) -> None:
    for text in ("x", "1", "1:xyz", f"-1:{bytes(32).hex()}"):
        with pytest.raises(ValueError, match="is no anchor"):
            audit_entries.verify(session, text)


def test_an_entry_that_is_taken_back_leaves_no_gap(session: Session) -> None:
    write(session)
    audit_entries.record(session, actor="a", act="b", subject="c", at=AT)
    session.rollback()
    write(session)
    assert session.scalars(select(AuditEntry.number)).all() == [1, 2]
    assert audit_entries.verify(session) is None


def test_writers_at_once_make_one_chain(database_url: str) -> None:
    engine = make_engine(database_url)
    failures: list[Exception] = []

    def write_some(name: str) -> None:
        try:
            for _ in range(5):
                with Session(engine) as own:
                    write(own, 2, actor=name)
        except Exception as error:  # noqa: BLE001 whatever it is, it is the finding
            failures.append(error)

    threads = [threading.Thread(target=write_some, args=[f"w{n}"]) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with Session(engine) as own:
        assert audit_entries.page(own).total == 40
        assert audit_entries.verify(own) is None
    engine.dispose()


def test_a_moment_is_the_same_in_every_zone(session: Session) -> None:
    write(session, at=AT.astimezone(timezone(timedelta(hours=7))))
    session.expire_all()
    assert session.scalars(select(AuditEntry.at)).one() == AT
    assert audit_entries.verify(session) is None


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_any_text_comes_back_as_it_was_sealed(session: Session, text: str) -> None:
    write(session, subject=text, detail=text)
    session.expire_all()
    assert audit_entries.verify(session) is None


def test_a_page_holds_the_newest_first_and_can_be_narrowed(session: Session) -> None:
    write(session, PAGE_SIZE + 1)
    write(session, actor="b@hailong.example", act="move point", at=AT + timedelta(days=1))
    found = audit_entries.page(session)
    assert (found.total, found.last, found.rows[0].number) == (PAGE_SIZE + 2, 2, PAGE_SIZE + 2)
    assert [row.number for row in audit_entries.page(session, number=9).rows] == [2, 1]
    assert audit_entries.page(session, actor="b@hailong.example").total == 1
    assert audit_entries.page(session, act="rename point").total == PAGE_SIZE + 1
    assert audit_entries.page(session, span=(AT, AT + timedelta(days=1))).total == PAGE_SIZE + 1
    assert audit_entries.page(session, span=(AT + timedelta(days=1), AT + timedelta(days=2))).total
    assert audit_entries.actors(session) == ["a@hailong.example", "b@hailong.example"]
    assert audit_entries.acts(session) == ["move point", "rename point"]
