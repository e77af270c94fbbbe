import ipaddress
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from unittest import mock

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from survey import arrivals, period, signs, tokens
from survey.config import Networks
from survey.db import session
from survey.storage import points, questionnaires
from tests import province, rows, sheets
from tests.province import Place

OFFICE: Networks = (
    ipaddress.ip_network("10.5.0.0/16"),
    ipaddress.ip_network("2001:db8:5::/48"),
)
# Answers of yesterday and before at a quiet counter.
A_WEEK = (2, 0, 0, 0, 0, 0, 1)


@pytest.mark.parametrize(
    ("address", "inside"),
    [
        ("10.5.7.8", True),
        ("::ffff:10.5.7.8", True),
        ("10.6.0.1", False),
        ("2001:db8:5::1", True),
        ("2001:db8:6::1", False),
        ("fe80::1%eth0", False),
        ("", False),
        ("unix:", False),
    ],
)
def test_an_address_is_of_the_office_in_both_families(address: str, inside: bool) -> None:
    assert signs.is_within(address, OFFICE) is inside


@pytest.mark.parametrize(
    ("levels", "seconds", "hurried"),
    [
        ([5, 5, 5, 5, 5, 5], 5.9, True),
        ([5, 5, 5, 5, 5, 9], 4.9, True),
        ([5, 5, 5, 5, 5, 5], 6.0, False),  # content, and at a person's pace
        ([5, 5, 5, 5, 5, 4], 3.0, False),
        ([5, 6, 6, 6, 6, 6], 0.5, False),  # one answer is no line
    ],
)
def test_one_level_throughout_is_a_sign_only_together_with_haste(
    levels: list[int], seconds: float, hurried: bool
) -> None:
    assert signs.is_hurried_line(levels, seconds) is hurried


def test_a_quiet_counter_is_judged_mildly_and_a_new_one_more_mildly() -> None:
    assert signs.busiest_minutes(3, days_known=7) == signs.busiest_minutes(20, days_known=28) == 1
    assert signs.busiest_minutes(200, days_known=28) == 10
    assert signs.busiest_minutes(3, days_known=6) == 10


def _sheet(client: FlaskClient, token: str) -> dict[str, str]:
    """Return the fields of a form that was opened half a minute ago."""
    with time_machine.travel(period.now() - timedelta(seconds=30), tick=False):
        return sheets.open_form(client, token)


def _post(client: FlaskClient, token: str, hidden: dict[str, str], **chosen: str) -> TestResponse:
    sent = sheets.send(client, token, hidden, **chosen)
    assert sent.status_code in {303, 409}, sent.get_data(as_text=True)
    return sent


def _found(app: Flask) -> list[str]:
    """Return the signs of every answer of today, in the order of their letters."""
    today = period.today()
    return sorted(row.signs for row in sheets.stored(app) if row.business_day == today)


def test_an_ordinary_answer_has_no_sign(both_app: Flask) -> None:
    place, client = province.build(both_app), both_app.test_client()
    _post(client, place.token, _sheet(client, place.token))
    (stored,) = sheets.stored(both_app)
    assert (stored.signs, stored.flagged, stored.left_out) == ("", False, False)


def test_an_answer_within_two_seconds_is_thanked_and_marked(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    _post(client, place.token, sheets.open_form(client, place.token), overall="5")
    (stored,) = sheets.stored(app)
    assert (stored.signs, stored.flagged, stored.left_out) == ("quick", True, False)


def test_what_fills_the_field_that_nobody_sees_is_thanked_and_left_out(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    _post(client, place.token, _sheet(client, place.token), overall="5", again="http://x.example")
    (stored,) = sheets.stored(app)
    assert (stored.signs, stored.flagged, stored.left_out) == ("honeypot", True, True)


@pytest.mark.parametrize(("forwarded", "found"), [("10.5.1.1", "staff"), ("113.160.0.1", "")])
def test_the_office_network_is_seen_behind_the_proxy_and_only_the_sign_is_kept(
    make_app: Callable[..., Flask], forwarded: str, found: str
) -> None:
    app = make_app(PROXY_HOPS=1, STAFF_NETWORKS="10.5.0.0/16, 2001:db8:5::/48")
    place, client = province.build(app), app.test_client()
    data = _sheet(client, place.token) | sheets.CHOICES
    client.post(f"/p/{place.token}", data=data, headers={"X-Forwarded-For": forwarded})
    assert _found(app) == [found]


def test_an_office_address_is_in_no_table_and_in_no_line_of_the_log(
    both_app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    both_app.config["STAFF_NETWORKS"] = OFFICE
    place, client = province.build(both_app), both_app.test_client()
    address = ipaddress.ip_address("10.5.77.213")
    client.environ_base["REMOTE_ADDR"] = str(address)
    thanks = _post(client, place.token, _sheet(client, place.token)).location
    assert client.post(thanks, data={"text": "Chờ lâu."}).status_code == 303
    printed, stored = capsys.readouterr(), " ".join(_everything(both_app))
    assert "staff" in stored
    assert '"endpoint": "answer.submit"' in printed.out
    for written in (str(address), repr(address.packed), str(int(address)), address.packed.hex()):
        assert written not in printed.out + printed.err + stored


def _everything(app: Flask) -> list[str]:
    """Return every value of every table."""
    tables = sa.MetaData()
    with app.app_context():
        tables.reflect(session().connection())
        rows = [row for table in tables.sorted_tables for row in session().execute(table.select())]
    return [value if isinstance(value, str) else repr(value) for row in rows for value in row]


@pytest.mark.parametrize("hour", [0, 3, 23])
def test_an_answer_in_the_night_is_no_sign(app: Flask, place: Place, hour: int) -> None:
    night = datetime.combine(period.today() + timedelta(days=1), time(hour, 5), period.VIETNAM)
    with time_machine.travel(night, tick=False):
        client = app.test_client()
        for _person in range(3):
            _post(client, place.token, _sheet(client, place.token))
        assert _found(app) == [""] * 3
    assert not any(row.flagged or row.left_out for row in sheets.stored(app))


def test_a_tablet_that_staff_hand_out_is_no_sign_on_their_own_network(
    make_app: Callable[..., Flask],
) -> None:
    app = make_app(STAFF_NETWORKS="127.0.0.0/8")
    place, client = province.build(app), app.test_client()
    for channel in ("qr", "tablet"):
        with app.app_context(), time_machine.travel(period.now() - timedelta(minutes=1)):
            version = questionnaires.current(session(), "mot-cua").id
            sheet = tokens.new_sheet(
                code=place.token,
                version=version,
                language="vi",
                scale_order="official",
                drawn=[],
                channel=channel,
            )
        _post(client, place.token, {"sheet": sheet.signed})
    assert {row.channel: row.signs for row in sheets.stored(app)} == {"qr": "staff", "tablet": ""}


def _other_person(client: FlaskClient, token: str, hidden: dict[str, str], n: int) -> str:
    """Answer as one more person on the same phone; return the sheet that was renewed for it."""
    levels = {code: str(1 + n // 5**place % 5) for place, code in enumerate("ABC")}
    conflict = _post(client, token, hidden, overall="4", **levels)
    again = sheets.fields(conflict.get_data(as_text=True))
    assert client.post(f"/p/{token}", data=again).status_code == 303
    return again["sheet"]


@pytest.mark.parametrize("back", ["to the first sheet", "to the last sheet"])
def test_six_of_a_family_on_one_phone_have_no_sign_and_the_seventh_has(
    app: Flask, client: FlaskClient, place: Place, back: str
) -> None:
    hidden = _sheet(client, place.token)
    _post(client, place.token, hidden)
    for number in range(6):
        assert _found(app) == [""] * (number + 1)
        renewed = _other_person(client, place.token, hidden, number)
        hidden = hidden if back == "to the first sheet" else {"sheet": renewed}
    assert _found(app) == [""] * 6 + ["reused"]


def test_the_same_once_more_by_the_same_way_is_left_out(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    hidden = _sheet(client, place.token)
    _post(client, place.token, hidden)
    for _ in range(2):
        _other_person(client, place.token, hidden, 7)
    *counted, again = sorted(sheets.stored(app), key=lambda row: row.signs)
    assert [row.left_out for row in counted] == [False, False]
    assert (again.signs, again.left_out) == ("duplicate", True)
    assert again.answers in [row.answers for row in counted]


def test_seven_answers_within_ten_minutes_are_none_and_eight_are_a_burst(both_app: Flask) -> None:
    place, client = province.build(both_app), both_app.test_client()
    _known(both_app, place, *A_WEEK)
    _send(client, place.token, 7)
    assert set(_found(both_app)) == {""}
    _send(client, place.other_token, 1)
    _send(client, place.token, 1)
    with both_app.app_context():
        bursts = {r.point_id for r in sheets.stored(both_app) if r.signs == "burst"}
        assert bursts == {points.any_of(session(), place.point).id}
    assert _found(both_app) == ["", *["burst"] * 8]


def test_a_point_known_to_be_busy_may_be_as_busy_again(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    _known(app, place, 60, 0, 0, 0, 0, 0, 1)
    _send(client, place.token, 12)
    assert set(_found(app)) == {""}


def test_a_point_that_just_opened_is_taken_for_a_busy_one(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    _send(client, place.token, 20)
    assert set(_found(app)) == {""}


def test_more_in_a_minute_than_any_hall_has_are_a_burst_wherever(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    with mock.patch.object(signs, "MOST_A_MINUTE", 3):
        _send(client, place.token, 3)
        assert set(_found(app)) == {""}
        _send(client, place.token, 1)
    assert _found(app) == ["burst"] * 4


def test_what_was_marked_before_does_not_make_a_point_busy(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    _known(app, place, 60, flagged=True)
    _known(app, place, *A_WEEK)
    _send(client, place.token, 8)
    assert _found(app).count("burst") == 8


def test_a_resend_is_nobody_who_came(app: Flask, client: FlaskClient, place: Place) -> None:
    _known(app, place, *A_WEEK)
    hidden = _sheet(client, place.token)
    for _ in range(20):
        _post(client, place.token, hidden)
    with app.app_context():
        point = points.any_of(session(), place.point)
        assert arrivals.current().note(point.id, 0).in_window == 2


@contextmanager
def _no_commit(app: Flask) -> Iterator[None]:
    """Cut the connection to the database at the moment of each commit."""

    def cut(connection: sa.Connection) -> None:
        connection.connection.dbapi_connection.close()  # type: ignore[union-attr]

    engine = app.extensions["engine"]
    sa.event.listen(engine, "commit", cut)
    yield
    sa.event.remove(engine, "commit", cut)


def test_an_answer_that_could_not_be_stored_and_is_sent_again_has_no_sign(both_app: Flask) -> None:
    place, client = province.build(both_app), both_app.test_client()
    hidden = _sheet(client, place.token)
    for _ in range(signs.MOST_OF_A_SHEET):
        with _no_commit(both_app):
            assert sheets.send(client, place.token, hidden).status_code == 503
    assert _found(both_app) == []
    _post(client, place.token, hidden)
    assert _found(both_app) == [""]
    with both_app.app_context():
        (stored,) = sheets.stored(both_app)
        assert arrivals.current().recent(stored.point_id) == [stored.key]


def test_a_burst_that_could_not_be_written_down_is_marked_with_the_next_answer(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    _known(app, place, *A_WEEK)
    _send(client, place.token, 7)
    with _no_commit(app):
        assert sheets.send(client, place.token, _sheet(client, place.token)).status_code == 503
    assert set(_found(app)) == {""}
    _send(client, place.token, 1)
    assert _found(app) == ["burst"] * 8


def test_a_trial_is_not_looked_at(app: Flask, client: FlaskClient, place: Place) -> None:
    _post(
        client, place.test_token, sheets.open_form(client, place.test_token), overall="5", again="x"
    )
    assert _found(app) == [""]


def test_each_of_four_processes_takes_its_quarter_for_a_burst(
    make_app: Callable[..., Flask],
) -> None:
    app = make_app(PROCESSES=4)
    place, client = province.build(app), app.test_client()
    _known(app, place, *A_WEEK)
    _send(client, place.token, 5)
    assert set(_found(app)) == {""}
    _send(client, place.token, 1)
    assert _found(app) == ["burst"] * 6


def _known(app: Flask, place: Place, *counts: int, flagged: bool = False) -> None:
    """Let a point have so many answers of yesterday, of the day before, …"""
    with app.app_context():
        point = points.any_of(session(), place.point)
        for back, n in enumerate(counts, 1):
            for row in rows.answers(session(), point, period.today() - timedelta(back), n):
                row.flagged = flagged
        session().commit()


def _send(client: FlaskClient, token: str, many: int) -> None:
    """Send answers of many people, each at a person's pace, all within a moment."""
    for number in range(many):
        levels = {code: str(1 + number // 5**n % 5) for n, code in enumerate("ABC")}
        _post(client, token, _sheet(client, token), overall="5", **levels)
