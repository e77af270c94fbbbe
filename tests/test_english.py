"""Every manager's page in English: no Vietnamese sentence is left, outside of what people wrote."""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

import html5lib
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from survey import masking, period
from survey.db import session
from survey.storage.base import Base
from survey.storage.units import Unit
from survey.storage.users import PROVINCE_ADMIN
from tests import pages, posters, province

# The letters of Vietnamese, without the signs × and ÷ that stand among them.
VIETNAMESE = re.compile("[À-ÖØ-öø-ỹ\u0300-\u0323]")
READ_ALOUD = ("alt", "aria-label", "content", "placeholder", "title", "value")
# Pages that no role of ours opens, and looks of pages that the plain address does not have.
OTHERS = (
    *("/method", "/change", "/tf-setup", "/verify", "/mf-recovery-codes", "/no-such-page"),
    *("/points?q=zzz", "/checks?unit=00001", "/people?q=zzz", "/audit?check=1"),
)


def test_no_managers_page_in_english_has_a_vietnamese_sentence(demo_app: Flask) -> None:
    client, top, known = _reader(demo_app)
    left = {}
    for name, path in _pages(demo_app, top):
        page = province.get(client, path).get_data(as_text=True)
        assert '<html lang="en"' in page, name
        if found := sentences(page, known):
            left[name] = found
    assert left == {}


def test_no_answer_to_a_form_in_english_has_a_vietnamese_sentence(demo_app: Flask) -> None:
    client, top, known = _reader(demo_app)
    said = {}
    forms = pages.of_managers(demo_app, top, method="POST")
    del forms["account.end_one"]  # the one sign-in there is
    for name, path in forms.items():
        answer = province.post(client, path, "/points/new")
        if answer.status_code in {302, 303}:
            answer = province.get(client, answer.location)
        said[name] = sentences(answer.get_data(as_text=True), known)
    assert len(said) > 30
    left = {name: found for name, found in said.items() if found}
    assert left == {}


def test_what_is_printed_or_exported_is_vietnamese_whatever_the_page_was(demo_app: Flask) -> None:
    client, top, _known = _reader(demo_app)
    unit = pages.of_managers(demo_app, top)["dashboard.unit"]
    for path in (f"{unit}/export.csv", "/checks/sheet.pdf?unit=00001"):
        with time_machine.travel(period.now(), tick=False):  # the files name their moment
            vietnamese, english = (_file(client, path, language) for language in ("vi", "en"))
        assert vietnamese == english, path


def test_the_sign_in_page_in_english_has_no_vietnamese_sentence(app: Flask) -> None:
    client = app.test_client()
    page = province.get(client, "/login?lang=en").get_data(as_text=True)
    refused = province.post(client, "/login", email="x@hailong.example", password="wrong")
    assert "Sign in" in page
    for each in (page, refused.get_data(as_text=True)):
        assert sentences(each, ["Hài Lòng"]) == []


def test_a_sentence_is_found_and_what_people_wrote_is_left_out() -> None:
    page = (
        '<!doctype html><html lang="en"><title>x</title><p>Counter Quầy 1 of Ninh Kiều'
        '<p title="Đóng">ok<p lang="vi">Chờ lâu.<p>3 × 4<p>Mở quầy'
    )
    assert sentences(page, ["Quầy 1", "Ninh Kiều"]) == ["Đóng", "Mở quầy"]


def sentences(page: str, known: list[str]) -> list[str]:
    """Return the texts of a page with Vietnamese letters outside of what is known data."""
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    return [text for text in _texts(tree) if VIETNAMESE.search(_without(text, known))]


def _reader(app: Flask) -> tuple[FlaskClient, str, list[str]]:
    """Return an administrator who reads English, the code of the province, and all data."""
    with app.app_context():
        unit = session().scalars(sa.select(Unit).where(Unit.parent_code.is_(None))).first()
        assert unit
        known = _data(app)
    email = province.person(app, "tinh@hailong.example", (PROVINCE_ADMIN, unit.code))
    client = province.sign_in(app, email)
    province.get(client, "/account?lang=en")
    return client, unit.code, known


def _file(client: FlaskClient, path: str, language: str) -> object:
    """Return what stands in a file that somebody downloads who reads a language."""
    assert f'<html lang="{language}"' in province.get(client, f"/account?lang={language}").text
    file = province.get(client, path)
    assert file.mimetype != "text/html", path
    return posters.texts(file.data) if file.mimetype == "application/pdf" else file.data


def _pages(app: Flask, code: str) -> Iterator[tuple[str, str]]:
    yield from pages.of_managers(app, code).items()
    yield from ((path, path) for path in OTHERS)


def _texts(element: Element) -> Iterator[str]:
    if element.get("lang") == "vi" or element.tag in {"style", "script"}:
        return
    yield from (element.attrib[name] for name in READ_ALOUD if name in element.attrib)
    yield element.text or ""
    for child in element:
        if isinstance(child.tag, str):
            yield from _texts(child)
        yield child.tail or ""


def _without(text: str, known: list[str]) -> str:
    if VIETNAMESE.search(text):
        for each in known:
            text = text.replace(each, "")
    return text


def _data(app: Flask) -> list[str]:
    """Return every text that the database and the settings hold, the longest first."""
    settings = (value for name, value in app.config.items() if not name.startswith("SECURITY_"))
    found = {value for value in settings if type(value) is str}
    found |= {"Hài Lòng", *masking.PLACEHOLDERS.values()}
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, sa.String):
                found |= set(session().scalars(sa.select(column).distinct()))
    return sorted((each for each in found if each and VIETNAMESE.search(each)), key=len)[::-1]
