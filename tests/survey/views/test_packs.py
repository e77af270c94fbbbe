from io import BytesIO
from zipfile import ZipFile

import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey import period
from survey.db import session
from survey.storage import audit_entries, points, units
from survey.views import packs
from tests import province
from tests.posters import codes, pages
from tests.province import Place

PDF = "/posters/file?unit={}&form={}&language={}&file=pdf"


def test_a_unit_gets_one_pdf_with_the_codes_of_its_open_counters(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    assert "In mã cho cả đơn vị" in province.get(manager, "/posters").get_data(as_text=True)
    sent = province.get(manager, PDF.format("31117", "a6", "en"))
    assert sent.mimetype == "application/pdf"
    assert "ma-31117-a6.pdf" in sent.headers["Content-Disposition"]
    address = f"https://hailong.example.vn/p/{place.token}"
    assert [codes(page) for page in pages(sent.data)] == [[address]]
    with app.app_context():
        entry = audit_entries.page(session()).rows[0]
    assert (entry.actor, entry.act) == (place.manager, "print posters")
    assert (entry.subject, entry.detail) == ("31117", "a6 1")


def test_a_province_gets_a_zip_with_a_pdf_for_each_unit(app: Flask, place: Place) -> None:
    provincial = province.sign_in(app, place.provincial)
    sent = province.get(provincial, "/posters/file?unit=92&form=a5&language=&file=zip")
    with ZipFile(BytesIO(sent.data)) as archive:
        names = archive.namelist()
        found = [codes(page) for name in names for page in pages(archive.read(name))]
    assert [name[:5] for name in names] == ["31120", "31117"]
    tokens = (place.other_token, place.token)
    assert found == [[f"https://hailong.example.vn/p/{token}"] for token in tokens]


@pytest.mark.parametrize(
    "query",
    [
        "unit=31120&form=a5&language=&file=pdf",
        "unit=31117&form=a7&language=&file=pdf",
        "unit=31117&form=a5&language=km&file=pdf",
        "unit=31117&form=a5&language=&file=exe",
        "unit=&form=a5&language=&file=pdf",
    ],
)
def test_what_is_not_offered_is_refused(manager: FlaskClient, place: Place, query: str) -> None:
    assert province.get(manager, f"/posters/file?{query}").status_code == 422


def test_a_unit_without_a_code_to_print_is_told(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    with app.app_context():
        points.close(points.any_of(session(), place.point), period.now())
        session().commit()
    sent = province.get(manager, PDF.format("31117", "a5", ""))
    assert sent.status_code == 303
    assert "chưa có quầy nào đang mở" in province.get(manager, "/posters").get_data(as_text=True)


def test_a_name_that_cannot_be_printed_and_a_missing_address_are_said(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    path = PDF.format("31117", "a5", "")
    with app.app_context():
        points.describe(points.any_of(session(), place.point), "Quầy 😀", None)
        session().commit()
    assert province.get(manager, path).status_code == 303
    assert "Quầy 😀" in province.get(manager, "/posters").get_data(as_text=True)
    app.config["PUBLIC_BASE_URL"] = None
    assert province.get(manager, path).status_code == 303
    assert "PUBLIC_BASE_URL" in province.get(manager, "/posters").get_data(as_text=True)


def test_one_pack_is_printed_at_a_time(manager: FlaskClient, place: Place) -> None:
    path = PDF.format("31117", "a5", "")
    with packs._press:
        assert province.get(manager, path).status_code == 303
    assert "Đang in một bộ mã khác" in province.get(manager, "/posters").get_data(as_text=True)
    assert province.get(manager, path).status_code == 200


def test_a_unit_of_the_tree_is_read_today(app: Flask, place: Place) -> None:
    with app.app_context():
        unit = units.get(session(), "92", period.today())
        assert [made.unit_code for made in packs.of_unit(unit)] == ["31120", "31117"]
