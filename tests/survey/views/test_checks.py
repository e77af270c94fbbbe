from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient

from survey import period
from survey.db import session
from survey.storage import code_checks, points
from tests import province
from tests.posters import codes, pages, texts
from tests.province import Place

PATH = "/checks?unit=31117"


def _found(app: Flask, place: Place) -> code_checks.CodeCheck | None:
    with app.app_context():
        code = points.any_of(session(), place.point).code
        return code_checks.latest(session(), [code.id]).get(code.id)


def _send(client: FlaskClient, place: Place, result: str, on: str | None = None) -> int:
    found = {f"found-{place.point.upper()}-01": result, "on": on or period.today().isoformat()}
    return province.post(client, PATH, **found).status_code


def test_a_manager_of_one_unit_sees_its_codes_at_once(manager: FlaskClient, place: Place) -> None:
    page = province.get(manager, "/checks").get_data(as_text=True)
    assert f"{place.point.upper()}-01" in page
    assert place.token[-4:] in page
    assert "Quầy thử" not in page


def test_a_province_first_chooses_a_unit(app: Flask, place: Place) -> None:
    provincial = province.sign_in(app, place.provincial)
    assert "Tiếp tục" in province.get(provincial, "/checks").get_data(as_text=True)
    page = province.get(provincial, "/checks?unit=92").get_data(as_text=True)
    assert "Quầy 2: Đất đai" in page
    assert "Quầy 1: Hộ tịch" in page


def test_what_was_found_is_kept_and_shown_in_the_list(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    assert _send(manager, place, "covered") == 303
    found = _found(app, place)
    assert found is not None
    assert (found.result, found.checked_by) == ("covered", place.manager)
    assert found.checked_on == period.today()
    assert "Mã bị dán đè" in province.get(manager, "/points").get_data(as_text=True)
    assert "bị dán đè" in province.get(manager, PATH).get_data(as_text=True)
    assert _send(manager, place, "ok") == 303
    assert "Mã còn tốt" in province.get(manager, "/points").get_data(as_text=True)


def test_a_code_left_open_stays_as_it_was(app: Flask, manager: FlaskClient, place: Place) -> None:
    for result in ("missing", "", "burnt"):
        assert _send(manager, place, result) == 303
    found = _found(app, place)
    assert found is not None
    assert found.result == "missing"


def test_a_day_that_has_not_come_or_is_none_is_refused(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    tomorrow = (period.today() + timedelta(days=1)).isoformat()
    for on in (tomorrow, "32/13/2026"):
        assert _send(manager, place, "ok", on) == 422
    assert _found(app, place) is None


def test_the_sheet_to_take_along_holds_the_codes_of_the_unit(
    manager: FlaskClient, place: Place
) -> None:
    _send(manager, place, "missing")
    sent = province.get(manager, "/checks/sheet.pdf?unit=31117")
    assert sent.mimetype == "application/pdf"
    (text,) = texts(sent.data)
    assert "Quầy 1: Hộ tịch" in text
    assert ": mất" in text
    assert codes(pages(sent.data, 4)[0]) == [f"https://hailong.example.vn/p/{place.token}"]


def test_without_a_public_address_there_is_no_sheet_and_the_page_says_why(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    app.config["PUBLIC_BASE_URL"] = None
    assert province.get(manager, "/checks/sheet.pdf?unit=31117").status_code == 303
    assert "PUBLIC_BASE_URL" in province.get(manager, PATH).get_data(as_text=True)


def test_the_codes_of_another_unit_cannot_be_reached(manager: FlaskClient, place: Place) -> None:
    for path in ("/checks?unit=31120", "/checks/sheet.pdf?unit=31120", "/checks/sheet.pdf"):
        assert province.get(manager, path).status_code == 404
    assert province.post(manager, "/checks?unit=31120", PATH, on="2026-11-01").status_code == 404
