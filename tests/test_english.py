"""Every manager's page in English: no Vietnamese sentence is left, outside of what people wrote."""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

import html5lib
import sqlalchemy as sa
from flask import Flask

from survey import masking
from survey.db import session
from survey.storage.base import Base
from survey.storage.units import Unit
from survey.storage.users import PROVINCE_ADMIN
from tests import pages, province

# The letters of Vietnamese, without the signs × and ÷ that stand among them.
VIETNAMESE = re.compile("[À-ÖØ-öø-ỹ\u0300-\u0323]")
READ_ALOUD = ("alt", "aria-label", "content", "placeholder", "title", "value")
# Pages that no role of ours opens, and looks of pages that the plain address does not have.
OTHERS = (
    *("/method", "/change", "/tf-setup", "/verify", "/mf-recovery-codes", "/no-such-page"),
    *("/points?q=zzz", "/checks?unit=00001", "/people?q=zzz", "/audit?check=1"),
)
RESULTS = """
    /method alerts.listing comments.listing comments.show comparison.show comparison.tree
    dashboard.drivers dashboard.point dashboard.unit moderation.listing moderation.show
"""
TO_DO = frozenset(RESULTS.split())


def test_no_managers_page_in_english_has_a_vietnamese_sentence(demo_app: Flask) -> None:
    with demo_app.app_context():
        top = session().scalars(sa.select(Unit.code).where(Unit.parent_code.is_(None))).first()
        known = _data(demo_app)
    client = province.sign_in(
        demo_app, province.person(demo_app, "tinh@hailong.example", (PROVINCE_ADMIN, str(top)))
    )
    province.get(client, "/account?lang=en")
    left = {}
    for name, path in _pages(demo_app, str(top)):
        page = province.get(client, path).get_data(as_text=True)
        assert '<html lang="en"' in page, name
        if found := sentences(page, known):
            left[name] = found
    assert {name: found for name, found in left.items() if name not in TO_DO} == {}
    assert TO_DO - left.keys() == frozenset(), "these are done"


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
