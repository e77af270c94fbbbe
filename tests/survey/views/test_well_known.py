from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask

from survey import period

MakeApp = Callable[..., Flask]
PATH = "/.well-known/security.txt"


def _fields(app: Flask) -> dict[str, str]:
    answer = app.test_client().get(PATH)
    assert answer.status_code == 200
    assert answer.content_type == "text/plain; charset=utf-8"
    lines = answer.get_data(as_text=True).splitlines()
    found = dict(line.split(": ", 1) for line in lines)
    assert len(found) == len(lines)  # each field once
    return found


@pytest.mark.parametrize("day", ["2026-11-25T01:00:00+00:00", "2027-02-28T17:30:00+00:00"])
def test_whoever_finds_a_weakness_learns_where_to_report_it(make_app: MakeApp, day: str) -> None:
    app = make_app(SECURITY_CONTACT="an-toan@cantho.example")
    with time_machine.travel(datetime.fromisoformat(day)):
        fields = _fields(app)
        ahead = datetime.fromisoformat(fields.pop("Expires")) - period.now()
    assert timedelta(days=170) < ahead < timedelta(days=365)
    assert fields == {
        "Contact": "mailto:an-toan@cantho.example",
        "Preferred-Languages": "vi, en",
        "Canonical": f"https://hailong.example.vn{PATH}",
    }


def test_an_address_that_is_not_https_is_not_called_canonical(make_app: MakeApp) -> None:
    for base in ("http://127.0.0.1:8000", None):
        app = make_app(SECURITY_CONTACT="a@b.example", PUBLIC_BASE_URL=base)
        assert set(_fields(app)) == {"Contact", "Expires", "Preferred-Languages"}


def test_without_a_contact_there_is_no_file_and_the_reason_is_said(app: Flask) -> None:
    answer = app.test_client().get(PATH)
    assert answer.status_code == 404
    assert answer.mimetype == "text/plain"
    assert "No SECURITY_CONTACT is set" in answer.get_data(as_text=True)
