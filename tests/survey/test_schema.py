import threading
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import func, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.orm import Session

from survey import period, schema
from survey.db import make_engine
from survey.schema import SchemaError
from survey.storage import units
from survey.storage.base import Base
from survey.storage.comments import Comment
from survey.storage.contacts import Contact
from survey.storage.installation import WrongPurpose
from survey.storage.questionnaires import QuestionnaireVersion
from tests import peers, rows
from tests.province import ROWS, SINCE

DAY = date(2026, 11, 2)
POINT = "id, public_id, name, is_test, scale_order, opened_at, search_key, sort_key"
COMMENT = "key, point_id, receipt_digest, business_day, language, is_test, text"
CONTACT = "key, comment_key, encrypted, consent_version, consent_text, left_on"
OLD_ROWS = f"""
INSERT INTO service_point ({POINT}) VALUES (1, 'p', 'Q', 0, 'official', '2026-01-01', 'q', x'00')
INSERT INTO point_assignment (point_id, unit_code, valid_from) VALUES (1, 'A', '2026-06-01')
INSERT INTO comment ({COMMENT}) VALUES (2, 1, x'01', '2026-01-01', 'vi', 0, 't')
INSERT INTO contact ({CONTACT}) VALUES (3, 2, x'00', '1', 'x', '2026-01-01')
"""


def test_the_migrations_make_exactly_the_tables_of_the_models(database_url: str) -> None:
    engine = make_engine(database_url)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    engine.dispose()


def test_upgrading_again_changes_nothing(database_url: str) -> None:
    engine = make_engine(database_url)
    schema.upgrade(engine, "real", DAY)
    with Session(engine) as session:
        assert session.scalar(select(func.count(QuestionnaireVersion.id))) == 2
    assert schema.state(engine) == "current"
    engine.dispose()


def test_an_empty_database_is_named_and_not_served(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path}/new.db")
    assert schema.state(engine) == "empty"
    with pytest.raises(SchemaError, match="flask db upgrade"):
        schema.require_current(engine, "real")
    engine.dispose()


def test_a_database_of_a_newer_version_is_left_untouched(database_url: str) -> None:
    engine = make_engine(database_url)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    assert schema.state(engine) == "newer"
    with pytest.raises(SchemaError, match="newer version of Hài Lòng and was left untouched"):
        schema.upgrade(engine, "real", DAY)
    engine.dispose()


def test_a_demonstration_never_opens_a_real_database(database_url: str) -> None:
    engine = make_engine(database_url)
    for open_as_demo in (
        lambda: schema.upgrade(engine, "demo", DAY),
        lambda: schema.require_current(engine, "demo"),
    ):
        with pytest.raises(WrongPurpose, match="holds real data and was opened as demo"):
            open_as_demo()
    engine.dispose()


@pytest.mark.parametrize(
    ("months", "chosen", "step"),
    [
        (("2026-10", "2026-11"), 2026, "Unset OFFICIAL_MONTHS_FROM, or set it to 2027 or later."),
        (("2027-02", "2027-03"), None, "Set OFFICIAL_MONTHS_FROM to 2027."),
        (("2027-01", "2027"), None, "Set OFFICIAL_MONTHS_FROM to 2027."),
        (("2027-01", "2027"), 2028, "Set OFFICIAL_MONTHS_FROM to 2027."),
        (("2027-01", "2027"), 2026, "Set OFFICIAL_MONTHS_FROM to 2027."),
    ],
)
def test_a_server_with_other_months_than_its_figures_does_not_start(
    session: Session, months: tuple[str, ...], chosen: int | None, step: str
) -> None:
    engine = session.get_bind().engine
    units.put(session, ROWS, SINCE)
    point = rows.point_named(session, "31117", "Quầy 1", SINCE)
    period.use(None if "2026-10" in months else 2027)
    for name in months:
        peers.release(session, "31117", point.id, period.parse(name), 12, satisfied=0.5)
    session.commit()
    schema.require_current(engine, "real")
    period.use(chosen)
    with pytest.raises(SchemaError, match="no month begins on that day") as refused:
        schema.require_current(engine, "real")
    assert str(refused.value).endswith(f"cannot change its months. {step}")


def test_official_months_may_begin_with_a_later_year_than_any_figure(session: Session) -> None:
    units.put(session, ROWS, SINCE)
    point = rows.point_named(session, "31117", "Quầy 1", SINCE)
    for name in ("2026-12", "2026-Q4", "2026"):
        peers.release(session, "31117", point.id, period.parse(name), 12, satisfied=0.5)
    session.commit()
    period.use(2027)
    schema.require_current(session.get_bind().engine, "real")


def test_several_upgrades_at_once_do_the_work_of_one(
    postgresql_server: URL, postgresql_url: str
) -> None:
    name = make_url(postgresql_url).database
    admin = sa.create_engine(postgresql_server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text(f'CREATE DATABASE "{name}_empty"'))
    address = make_url(postgresql_url).set(database=f"{name}_empty")
    failures: list[Exception] = []

    def upgrade() -> None:
        engine = make_engine(address.render_as_string(hide_password=False))
        try:
            schema.upgrade(engine, "real", DAY)
        except Exception as error:  # noqa: BLE001 whatever it is, it is the finding
            failures.append(error)
        engine.dispose()

    threads = [threading.Thread(target=upgrade) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with admin.connect() as connection:
        connection.execute(sa.text(f'DROP DATABASE "{name}_empty" WITH (FORCE)'))
    admin.dispose()


def test_an_upgrade_keeps_what_refers_to_a_table_it_makes_anew(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path}/old.db")
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0004")
        for statement in OLD_ROWS.strip().split("\n"):
            connection.exec_driver_sql(statement)
    schema.upgrade(engine, "real", DAY)
    with Session(engine) as session:
        assert session.scalars(select(Comment.unit_code)).all() == ["A"]
        assert session.scalars(select(Contact.comment_key)).all() == [2]
        assert session.connection().exec_driver_sql("PRAGMA foreign_key_check").all() == []
        assert session.connection().exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    engine.dispose()
