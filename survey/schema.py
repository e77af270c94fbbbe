"""The state of the database against this program: empty, behind, current or newer."""

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.orm import Session

from forms.questionnaire import shipped
from survey import period
from survey.db import SCHEMA_LOCK, lock
from survey.period import Calendar
from survey.storage import installation, period_limits, questionnaires

MIGRATIONS = Path(__file__).parent / "storage" / "migrations"


class SchemaError(Exception):
    """The database does not fit this program; the message says the next step."""


def state(engine: sa.Engine) -> str:
    """Return "empty", "behind", "current" or "newer"."""
    # Read-only: a look at the revision must not wait for whoever writes.
    with engine.connect().execution_options(read_only=True) as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    script = ScriptDirectory(str(MIGRATIONS))
    if found is None:
        return "empty"
    if found == script.get_current_head():
        return "current"
    known = {revision.revision for revision in script.walk_revisions()}
    return "behind" if found in known else "newer"


def require_current(engine: sa.Engine, purpose: str) -> None:
    """Raise SchemaError unless the database fits this program, WrongPurpose unless its purpose.

    It fits no program whose months are other ones than those of the figures it holds.
    """
    found = state(engine)
    if found == "newer":
        raise SchemaError(
            "The database was made by a newer version of Hài Lòng and was left untouched. "
            "Install that version (or a later one), or restore the backup made before the upgrade."
        )
    if found != "current":
        step = "Run" if found == "empty" else "Make a backup, then run"
        raise SchemaError(f"The database is {found}. {step}: flask db upgrade")
    with Session(engine.execution_options(read_only=True)) as session:
        installation.require(session, purpose)
        _require_calendar(period_limits.all_(session))


def upgrade(engine: sa.Engine, purpose: str, on: date) -> None:
    """Bring the database to this program's schema and edition of the questionnaires."""
    if state(engine) == "newer":
        require_current(engine, purpose)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.execution_options(rebuilds_tables=True).begin() as connection:
        config.attributes["connection"] = connection
        lock(connection, SCHEMA_LOCK)
        command.upgrade(config, "head")
        with Session(connection) as session:
            installation.claim(session, purpose, on)
            publish(session, on)
            session.commit()


def publish(session: Session, on: date) -> None:
    """Make every shipped questionnaire that changed a new version."""
    for questionnaire in shipped():
        questionnaires.put(
            session,
            code=questionnaire.code,
            definition=questionnaire.definition,
            measure_hash=questionnaire.measure_hash,
            wording_hashes={code: w.hash for code, w in questionnaire.wordings.items()},
            item_codes=[item.code for item in questionnaire.items],
            on=on,
        )


def _require_calendar(days: Sequence[date]) -> None:
    """Raise SchemaError where a stored period begins or ends within a month of the calendar."""
    strange = [day for day in days if not period.calendar().is_first(day)]
    if not strange:
        return
    years = range(days[0].year, days[-1].year + 2)
    fitting = [year for year in years if _fits(Calendar(year), days)]
    step = f"Set OFFICIAL_MONTHS_FROM to {fitting[0]}" if fitting else "Restore a backup"
    if _fits(Calendar(), days):
        step = f"Unset OFFICIAL_MONTHS_FROM, or set it to {fitting[0]} or later"
    raise SchemaError(
        f"Figures are stored for a period with the limit {strange[0]}, and no month begins on "
        f"that day with OFFICIAL_MONTHS_FROM={period.calendar().official_from}. What was "
        f"released cannot change its months. {step}."
    )


def _fits(calendar: Calendar, days: Iterable[date]) -> bool:
    return all(calendar.is_first(day) for day in days)
