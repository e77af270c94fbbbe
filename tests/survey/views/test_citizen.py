"""How a citizen's page is read stays from page to page, and every page is sent compressed."""

import gzip
import html
import re
from urllib.parse import urljoin

import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey import period
from survey.db import session
from survey.storage import points
from tests import province, sheets
from tests.province import Place

LARGE = {"lang": "en", "size": "2", "contrast": "1"}
LOOK = '<html lang="en" class="size2 contrast">'


def link(page: str, words: str) -> str:
    """Return where the link with these words leads."""
    found = re.search(rf'<a [^>]*href="([^"]+)"[^>]*>{re.escape(words)}<', page)
    assert found, page
    return html.unescape(found[1])


def text(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return answer.get_data(as_text=True)


def test_size_and_contrast_are_plain_links_that_lead_there_and_back(
    client: FlaskClient, place: Place
) -> None:
    form = f"/p/{place.token}"
    page = text(client, form)
    assert '<html lang="vi">' in page
    for words, look in (("A+", "size1"), ("A+", "size2"), ("Tương phản", "size2 contrast")):
        form = urljoin(form, link(page, words))
        page = text(client, form)
        assert f'class="{look}"' in page
    assert ">A+<" not in page
    for words, look in (("A−", "size1 contrast"), ("Màu thường", "size1")):
        form = urljoin(form, link(page, words))
        page = text(client, form)
        assert f'class="{look}"' in page
    assert link(page, "A−") == "?lang=vi"


def test_how_it_is_read_stays_through_an_error_the_thank_you_and_the_other_counters(
    client: FlaskClient, place: Place
) -> None:
    form = f"/p/{place.token}?lang=en&size=2&contrast=1"
    hidden = sheets.fields(text(client, form))
    refused = client.post(form, data=hidden)
    assert refused.status_code == 422
    assert LOOK in refused.get_data(as_text=True)
    sent = client.post(form, data=hidden | {"overall": "4"})
    assert LOOK in text(client, sent.location)
    conflict = client.post(form, data=hidden | {"overall": "1"}).get_data(as_text=True)
    assert LOOK in conflict
    assert LOOK in text(client, link(conflict, "I have already sent mine"))
    resent = client.post(
        html.unescape(re.findall(r'action="([^"]+)"', conflict)[0]), data=sheets.fields(conflict)
    )
    assert LOOK in text(client, resent.location)
    elsewhere = text(client, link(text(client, form), "Not the place you visited?"))
    assert LOOK in elsewhere
    assert LOOK in text(client, link(elsewhere, "Back to Quầy 1: Hộ tịch"))


def test_a_typed_code_keeps_how_the_page_is_read(client: FlaskClient, place: Place) -> None:
    typed = sheets.fields(text(client, "/?lang=en&size=2&contrast=1"))
    assert typed == LARGE
    opened = client.get("/", query_string=typed | {"code": place.token}, follow_redirects=True)
    assert LOOK in opened.get_data(as_text=True)


def test_a_language_link_keeps_size_and_contrast(client: FlaskClient, place: Place) -> None:
    page = text(client, f"/p/{place.token}?lang=en&size=1&contrast=1")
    assert link(page, "Tiếng Việt") == "?size=1&contrast=1"


@pytest.mark.parametrize("wrong", ["size=3", "size=", "contrast=2", "lang=xx", "fbclid=abc&size=a"])
def test_what_an_address_should_not_hold_changes_nothing_and_goes_no_further(
    client: FlaskClient, place: Place, wrong: str
) -> None:
    page = text(client, f"/p/{place.token}?{wrong}")
    assert '<html lang="vi">' in page
    assert link(page, "A+") == "?size=1"
    assert link(page, "Không phải nơi Ông/Bà vừa đến?") == f"/p/{place.token}/others"
    assert link(text(client, f"/p/{place.token}"), "A+") == "?size=1"


def test_a_managers_links_to_the_form_do_not_take_on_a_way_of_reading(
    app: Flask, place: Place
) -> None:
    manager = province.sign_in(app, place.manager)
    path = f"/points/{place.point}?size=2&contrast=1"
    page = manager.get(path, base_url="https://localhost").get_data(as_text=True)
    assert f"/p/{place.token}" in page
    assert not re.search(r"/p/[^\"]*size=2", page)


def test_the_unit_s_other_counters_are_one_link_away(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    with app.app_context():
        on, now = period.today(), period.now()
        second = points.add(session(), "31117", "Quầy 2: Đất đai", now, on)
        third = points.add(session(), "31117", "Quầy 3: Thuế", now, on)
        points.close(third, now)
        session().commit()
        token = second.code.token
    page = text(client, link(text(client, f"/p/{place.token}"), "Không phải nơi Ông/Bà vừa đến?"))
    assert "Phường Ninh Kiều" in page
    assert re.findall(r'class="button quiet" href="([^"]+)">([^<]+)', page) == [
        (f"/p/{token}?lang=vi", "Quầy 2: Đất đai")  # opened by a choice, not by a scan
    ]
    assert 'name="code"' in page


def test_a_code_that_has_ended_leads_to_no_other_counter(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    with app.app_context():
        points.add(session(), "31117", "Quầy 2: Đất đai", period.now(), period.today())
        points.close(points.any_of(session(), place.point), period.now())
        session().commit()
    assert "Quầy 2" not in text(client, f"/p/{place.token}/others", 410)


def test_the_form_is_the_same_page_compressed_and_plain(client: FlaskClient, place: Place) -> None:
    def form(**headers: str) -> tuple[bytes, str | None]:
        answer = client.get(f"/p/{place.token}", headers=headers)
        assert "Accept-Encoding" in answer.vary
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        assert int(answer.headers["Content-Length"]) == len(answer.data)
        return answer.data, answer.headers.get("Content-Encoding")

    def without_sheet(page: bytes) -> str:
        return re.sub(r'name="sheet" value="[^"]+"', "", page.decode())

    plain, none = form()
    packed, encoding = form(**{"Accept-Encoding": "gzip, deflate, br"})
    refused, no_encoding = form(**{"Accept-Encoding": "gzip;q=0, identity"})
    assert (none, encoding, no_encoding) == (None, "gzip", None)
    assert without_sheet(gzip.decompress(packed)) == without_sheet(plain) == without_sheet(refused)
    assert sheets.fields(plain.decode()) != sheets.fields(refused.decode())


def test_the_other_pages_of_a_citizen_are_compressed_too(client: FlaskClient, place: Place) -> None:
    packing = {"Accept-Encoding": "gzip"}
    for path in ("/", "/p/none", f"/p/{place.token}/others"):
        plain, packed = client.get(path), client.get(path, headers=packing)
        assert "Accept-Encoding" in plain.vary
        assert "Accept-Encoding" in packed.vary
        assert gzip.decompress(packed.data) == plain.data
    refused = client.post(f"/p/{place.token}", headers=packing)
    assert refused.status_code == 400
    assert "Phiếu không còn dùng được" in gzip.decompress(refused.data).decode()


def test_a_form_from_the_stencil_names_its_own_counter(client: FlaskClient, place: Place) -> None:
    for token, name in ((place.token, "Quầy 1: Hộ tịch"), (place.other_token, "Quầy 2: Đất đai")):
        page = text(client, f"/p/{token}")
        assert f"<h1>{name}</h1>" in page
        assert f"<title>{name} – " in page
        assert sheets.answer(client, token).status_code == 303


def test_the_script_of_the_form_is_told_only_where_the_thank_you_is(
    client: FlaskClient, place: Place
) -> None:
    hidden = sheets.open_form(client, place.token)
    asked = {"Accept": "text/plain"}
    first, again = (
        client.post(f"/p/{place.token}?size=1", data=hidden | {"overall": "4"}, headers=asked)
        for _ in range(2)
    )
    assert (first.status_code, first.mimetype) == (200, "text/plain")
    assert first.data == again.data
    assert "Đã nhận phiếu" in text(client, first.get_data(as_text=True))
    assert first.get_data(as_text=True).endswith("?size=1")
    other = client.post(f"/p/{place.token}", data=hidden | {"overall": "1"}, headers=asked)
    assert other.status_code == 409
