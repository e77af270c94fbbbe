from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from survey.storage import code_checks, points, units
from tests.province import ROWS

NOW = datetime(2026, 11, 4, 3, tzinfo=UTC)
MONDAY, TUESDAY = date(2026, 11, 2), date(2026, 11, 3)


def test_the_last_look_is_that_of_the_latest_day_and_of_one_day_the_last_recorded(
    session: Session,
) -> None:
    units.put(session, ROWS, date(2025, 7, 1))
    code = points.add(session, "31117", "Quầy 1", NOW, MONDAY).code
    other = points.add(session, "31117", "Quầy 2", NOW, MONDAY).code
    for result, on in (("missing", TUESDAY), ("ok", TUESDAY), ("covered", MONDAY)):
        code_checks.add(session, code, result, on=on, by="a@hailong.example", at=NOW)
        session.flush()
    found = code_checks.latest(session, [code.id, other.id])
    assert {key: check.result for key, check in found.items()} == {code.id: "ok"}
    assert (found[code.id].checked_on, found[code.id].recorded_at) == (TUESDAY, NOW)
