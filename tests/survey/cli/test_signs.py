from datetime import date, datetime

import pytest
import time_machine
from click.testing import Result
from flask import Flask

from survey import period
from survey.db import session
from survey.storage import audit_entries, exclusions

NOW = datetime(2026, 10, 20, 9, tzinfo=period.VIETNAM)


def _run(app: Flask, *arguments: str) -> Result:
    with time_machine.travel(NOW, tick=False):
        return app.test_cli_runner().invoke(args=["signs", *arguments])


def test_a_rule_is_written_said_and_recorded(both_app: Flask) -> None:
    done = _run(both_app, "exclude", "staff", "quick", "--from", "2026-11", "--reason", "QĐ 12")
    assert done.exit_code == 0, done.output
    assert done.output == "From 2026-11 on left out: quick staff\n"
    with both_app.app_context():
        (rule,) = exclusions.all_(session())
        assert (rule.starts_on, rule.signs) == (date(2026, 11, 1), "quick staff")
        (entry,) = audit_entries.page(session()).rows
        assert (entry.actor, entry.act, entry.subject) == (
            "command line",
            "write exclusion rule",
            "2026-11",
        )
    listed = _run(both_app, "rules").output
    assert listed == "From 2026-11 on left out: quick staff (command line, 2026-10-20: QĐ 12)\n"


def test_a_rule_without_signs_counts_everything_again(app: Flask) -> None:
    assert "only honeypot hits" in _run(app, "rules").output
    done = _run(app, "exclude", "--from", "2027-01", "--reason", "QĐ 13")
    assert "From 2027-01 on left out: nothing but honeypot hits" in done.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["staff", "--from", "2026-10", "--reason", "x"], "2026-10 has begun"),
        (["stafff", "--from", "2026-11", "--reason", "x"], "'stafff' is not one of"),
        (["staff", "--from", "11/2026", "--reason", "x"], "does not match the format"),
        (["staff", "--from", "2026-11"], "Missing option '--reason'"),
    ],
)
def test_a_wrong_rule_is_refused_and_nothing_kept(
    app: Flask, arguments: list[str], message: str
) -> None:
    refused = _run(app, "exclude", *arguments)
    assert refused.exit_code != 0
    assert message in refused.output
    with app.app_context():
        assert exclusions.all_(session()) == []
        assert audit_entries.page(session()).total == 0
