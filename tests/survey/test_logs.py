import json
from unittest import mock

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from tests import sheets
from tests.province import Place


def test_a_line_says_what_was_asked_and_nothing_about_who_or_what_was_answered(
    client: FlaskClient, place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    sent = sheets.answer(client, place.token, overall="1", visit="ask")
    client.get(sent.location, headers={"User-Agent": "Zalo iOS"})
    out = capsys.readouterr().out
    lines = [json.loads(line) for line in out.splitlines()]
    assert [line["endpoint"] for line in lines] == ["answer.show", "answer.submit", "thanks.show"]
    assert [line["status"] for line in lines] == [200, 303, 200]
    assert all({"request_id", "ms", "timestamp"} <= line.keys() for line in lines)
    assert not any(word in out for word in ("127.0.0.1", "Zalo", place.token, "ask", "/p/"))


def test_a_failure_is_logged_with_the_id_the_page_shows(
    app: Flask, client: FlaskClient, place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False

    def fail() -> str:
        raise RuntimeError("broken")

    fail.is_public = True  # type: ignore[attr-defined]
    app.view_functions["answer.find"] = fail
    answer = client.get("/")
    said = capsys.readouterr()
    failure, request = (json.loads(line) for line in said.out.splitlines())
    assert said.err == ""
    assert answer.status_code == 500
    assert "RuntimeError: broken" in failure["exception"]
    assert failure["request_id"] == request["request_id"]
    assert failure["request_id"] in answer.get_data(as_text=True)


def test_a_database_error_is_logged_without_what_was_answered(
    client: FlaskClient, place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    hidden = sheets.open_form(client, place.token)
    refusal = OperationalError("INSERT", {"visit": "ask"}, Exception("row (1, 'ask') is wrong"))
    with mock.patch("survey.storage.responses.add", side_effect=refusal):
        sheets.send(client, place.token, hidden, overall="1", visit="ask")
    said = capsys.readouterr()
    assert '"event": "database"' in said.out
    assert "ask" not in said.out + said.err
