import html
import re
import subprocess
import sys
import time
from datetime import date, timedelta
from urllib.parse import urljoin

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from survey import db, period, scans
from survey.db import session
from survey.scans import ScanCounter
from survey.storage import points
from survey.storage import scans as stored
from tests import dossiers, live, province, sheets
from tests.province import Place


def _stored(app: Flask) -> dict[date, int]:
    with app.app_context():
        return stored.by_day(session(), date(2020, 1, 1), date(2100, 1, 1))


def _flush(app: Flask) -> None:
    with app.app_context():
        scans.counter().flush()


def test_opening_a_form_counts_once_and_writes_nothing_by_itself(both_app: Flask) -> None:
    place = province.build(both_app)
    client = both_app.test_client()
    for _ in range(3):
        assert client.get(f"/p/{place.token}").status_code == 200
    assert _stored(both_app) == {}
    _flush(both_app)
    assert _stored(both_app) == {period.today(): 3}


@pytest.mark.parametrize("query", ["?lang=en", "?size=1", "?contrast=1", "?trial=x"])
def test_a_choice_on_the_page_and_a_trial_are_no_scan(app: Flask, place: Place, query: str) -> None:
    app.test_client().get(f"/p/{place.token}{query}")
    app.test_client().head(f"/p/{place.token}")
    app.test_client().get(f"/p/{place.test_token}")
    _flush(app)
    assert _stored(app) == {}


@pytest.mark.parametrize("query", ["", "lang=en", "size=1&contrast=1"])
def test_a_code_that_was_typed_is_a_scan_however_the_page_is_read(
    app: Flask, place: Place, query: str
) -> None:
    client = app.test_client()
    answer = client.get(f"/?code={place.token}&{query}", follow_redirects=True)
    assert answer.status_code == 200
    links = re.findall(r'href="([^"]*)"', answer.get_data(as_text=True))
    again = [link for link in links if link.startswith("?")]
    assert again
    for link in again:
        client.get(urljoin(f"/p/{place.token}", html.unescape(link)))
    client.get(f"/p/{place.token}?typed=1&trial=x")
    _flush(app)
    assert _stored(app) == {period.today(): 1}


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("/p/{token}?contrast=1", "Màu thường"),
        ("/p/{token}?size=1", "A−"),
        ("/p/{token}?lang=en", "Tiếng Việt"),
        ("/p/{token}/others", "Trở lại"),
        ("{thanks}", "Người khác trả lời"),
        ("/m/{slip}", "Mở phiếu của quầy"),
    ],
)
def test_a_form_reached_by_a_link_was_not_scanned(
    app: Flask, place: Place, page: str, words: str
) -> None:
    client, slip = app.test_client(), dossiers.issue(app, place.point)[0]
    sheet = client.get(f"/p/{place.token}?lang=vi").get_data(as_text=True)
    thanks = sheets.send(client, place.token, sheets.fields(sheet)).location
    address = page.format(token=place.token, thanks=thanks, slip=slip)
    with time_machine.travel(period.now() + timedelta(days=4), tick=False):
        shown = client.get(address).get_data(as_text=True)
        (link,) = re.findall(rf'href="([^"]*)"[^>]*>{words}', shown)
        assert client.get(urljoin(address, html.unescape(link))).status_code == 200
    _flush(app)
    assert _stored(app) == {}


def test_what_a_messenger_adds_to_the_address_is_a_scan(app: Flask, place: Place) -> None:
    app.test_client().get(f"/p/{place.token}?utm_source=zalo")
    _flush(app)
    assert _stored(app) == {period.today(): 1}


def test_scanning_a_code_that_has_ended_counts_for_that_code(app: Flask, place: Place) -> None:
    with app.app_context():
        point = points.any_of(session(), place.point)
        points.close(point, period.now())
        session().commit()
    assert app.test_client().get(f"/p/{place.token}").status_code == 410
    _flush(app)
    assert _stored(app) == {period.today(): 1}


def test_sending_a_form_is_no_scan(app: Flask, place: Place) -> None:
    client = app.test_client()
    hidden = sheets.fields(client.get(f"/p/{place.token}").get_data(as_text=True))
    client.post(f"/p/{place.token}", data=hidden | {"overall": "4"})
    _flush(app)
    assert sum(_stored(app).values()) == 1


def test_what_cannot_be_written_is_kept_for_the_next_time(app: Flask, place: Place) -> None:
    app.test_client().get(f"/p/{place.token}")
    with app.app_context():
        with Session(db.engine()) as own:
            own.execute(sa.text("ALTER TABLE scan RENAME TO away"))
            own.commit()
        scans.counter().flush()
        with Session(db.engine()) as own:
            own.execute(sa.text("ALTER TABLE away RENAME TO scan"))
            own.commit()
        scans.counter().flush()
    assert sum(_stored(app).values()) == 1


def test_the_counter_writes_by_itself_and_its_thread_ends(app: Flask, place: Place) -> None:
    with app.app_context():
        code = points.any_of(session(), place.point).code.id
        session().close()
        counter = ScanCounter(db.engine(), seconds=0.02)
    counter.add(code, date(2026, 11, 2))
    end = time.monotonic() + 20
    while counter.is_busy and time.monotonic() < end:
        time.sleep(0.01)
    assert _stored(app) == {date(2026, 11, 2): 1}
    counter.add(code, date(2026, 11, 2))
    while counter.is_busy and time.monotonic() < end:
        time.sleep(0.01)
    assert _stored(app) == {date(2026, 11, 2): 2}


@pytest.mark.parametrize("day", ["2026-11-23", "2026-11-25", "2026-11-29"])
def test_what_is_shown_ends_with_the_last_week_that_is_over(day: str) -> None:
    start, end = scans.whole_weeks(date.fromisoformat(day))
    assert (end, end - start) == (date(2026, 11, 23), timedelta(weeks=4))


@time_machine.travel("2026-11-25T17:30:00Z", tick=False)
def test_a_scan_after_midnight_in_vietnam_belongs_to_the_new_day(app: Flask, place: Place) -> None:
    app.test_client().get(f"/p/{place.token}")
    _flush(app)
    assert _stored(app) == {date(2026, 11, 26): 1}


def test_a_process_that_ends_writes_its_last_scans(
    app: Flask, place: Place, sqlite_url: str
) -> None:
    code = (
        "from survey.app import create_app\n"
        f"app = create_app({{'DATABASE_URL': {sqlite_url!r}, 'SCAN_SECONDS': 3600}})\n"
        f"app.test_client().get('/p/{place.token}')\n"
    )
    settings = {"FLASK_INSTANCE_PATH": app.instance_path}
    subprocess.run(
        [sys.executable, "-c", code], env=live.environment() | settings, cwd=live.ROOT, check=True
    )
    assert sum(_stored(app).values()) == 1
