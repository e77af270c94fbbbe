from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.engine import URL, make_url
from sqlalchemy.orm import Session

from survey import schema
from survey.db import make_engine
from survey.storage import sign_ins, units, users
from survey.storage.users import PAGE_SIZE, User
from tests import province

OLD_ACCOUNT = (
    "INSERT INTO role (id, name) VALUES (1, 'manager')",
    """INSERT INTO "user" (id, email, active, fs_uniquifier, unit_code, created_at)
       VALUES (5, 'a@x.example', true, 'u', '92', '2026-01-01')""",
    "INSERT INTO roles_users (user_id, role_id) VALUES (5, 1)",
)
AT = datetime(2026, 11, 25, 7, 30, tzinfo=UTC)


def person(session: Session, email: str, *held: tuple[str, str]) -> User:
    user = users.add(session, email, held[0][1], held[0][0], AT)
    for role, unit in held[1:]:
        users.grant(session, user, role, unit, AT + timedelta(days=1))
    return user


def test_a_role_is_given_once_and_taken_once(session: Session) -> None:
    user = person(session, "A@x.example", ("clerk", "1"))
    assert users.grant(session, user, "reader", "2", AT)
    assert not users.grant(session, user, "reader", "2", AT)
    assert [role.name for role in user.roles] == ["clerk", "reader"]
    assert users.revoke(session, user, "reader", "2")
    assert not users.revoke(session, user, "reader", "2")
    session.commit()
    session.expire_all()
    found = users.by_email(session, "a@X.example")
    assert found is not None
    assert [(each.role, each.unit_code) for each in found.assignments] == [("clerk", "1")]


@pytest.mark.parametrize(
    ("held", "days"),
    [
        ([("province-admin", "1")], 0),
        ([("moderator", "1")], 0),
        ([("manager", "1")], 7),
        ([("reader", "1"), ("manager", "1")], 8),  # the second role is a day younger
        ([("manager", "1"), ("index-admin", "1")], 1),
        ([("reader", "1"), ("clerk", "1"), ("auditor", "1")], None),
    ],
)
def test_a_second_factor_is_due_with_the_strictest_role(
    session: Session, held: list[tuple[str, str]], days: int | None
) -> None:
    due = person(session, "a@x.example", *held).factor_due
    assert due == (None if days is None else AT + timedelta(days=days))


@pytest.mark.parametrize("role", ["reader", "auditor", "clerk", "manager"])
def test_at_a_province_a_second_factor_is_due_at_once(session: Session, role: str) -> None:
    units.put(session, province.ROWS, province.SINCE)
    assert person(session, "a@x.example", (role, "92")).factor_due == AT
    below = person(session, "b@x.example", (role, "31117"))
    assert below.factor_due == (AT + timedelta(days=7) if role == "manager" else None)
    both = person(session, "c@x.example", (role, "31117"), (role, "92"))
    assert both.factor_due == AT + timedelta(days=1)


def test_the_list_holds_who_has_a_role_there_and_is_searched_and_paged(session: Session) -> None:
    for n in range(PAGE_SIZE + 1):
        person(session, f"p{n:03d}_@x.example", ("reader", "1"), ("clerk", "2"))
    person(session, "q@x.example", ("reader", "3"))
    found = users.listing(session, {"1", "2"})
    assert (found.total, found.last, len(found.rows)) == (PAGE_SIZE + 1, 2, PAGE_SIZE)
    last = users.listing(session, {"1"}, page=9)
    assert [user.email for user in last.rows] == [f"p{PAGE_SIZE:03d}_@x.example"]
    assert users.listing(session, {"1"}, text="P007_").total == 1
    assert users.listing(session, {"1"}, text="%").total == 0
    assert users.listing(session, {"3"}).rows[0].email == "q@x.example"


def test_sign_ins_are_found_noted_and_ended_one_by_one_or_together(session: Session) -> None:
    user = person(session, "a@x.example", ("reader", "1"))
    keys = [sign_ins.begin(session, user.id, AT + timedelta(hours=n)) for n in range(3)]
    assert sign_ins.find(session, user.id, keys[0], AT) is None
    found = sign_ins.find(session, user.id, keys[1], AT)
    assert found is not None
    assert sign_ins.find(session, user.id + 1, keys[1], AT) is None
    assert sign_ins.find(session, user.id, None, AT) is None
    sign_ins.note_seen(session, found.id, AT + timedelta(hours=9))
    sign_ins.forget(session, AT + timedelta(hours=2))
    assert [each.key for each in sign_ins.listing(session, user.id, AT)] == [keys[1]]
    last = sign_ins.begin(session, user.id, AT)
    sign_ins.end(session, user.id, but=last)
    assert [each.key for each in sign_ins.listing(session, user.id, AT - timedelta(1))] == [last]
    sign_ins.end(session, user.id)
    assert sign_ins.listing(session, user.id, AT - timedelta(1)) == []


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.Engine]:
    """A database without a table, of either kind."""
    if request.param == "sqlite":
        engine = make_engine(f"sqlite:///{tmp_path}/old.db")
        yield engine
        engine.dispose()
        return
    server: URL = request.getfixturevalue("postgresql_server")
    name = f"{make_url(request.getfixturevalue('postgresql_url')).database}_old"
    admin = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
        engine = make_engine(server.set(database=name).render_as_string(hide_password=False))
        yield engine
        engine.dispose()
        connection.execute(sa.text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    admin.dispose()


def test_accounts_of_an_older_version_keep_their_role_and_unit(empty: sa.Engine) -> None:
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    with empty.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0006")
        for statement in OLD_ACCOUNT:
            connection.execute(sa.text(statement))
    schema.upgrade(empty, "real", date(2026, 11, 25))
    with Session(empty) as session:
        (user,) = users.every(session)
        assert [(each.role, each.unit_code) for each in user.assignments] == [("manager", "92")]
        # The week until a second factor is demanded begins with the upgrade.
        assert user.factor_due is not None
        assert user.factor_due > datetime.now(UTC) + timedelta(days=6)
