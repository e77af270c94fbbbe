"""Every Vietnamese sentence of a page is marked for translation where it is written."""

import re
from collections.abc import Iterator
from pathlib import Path

from flask import Flask
from jinja2 import nodes

TEMPLATES = Path(__file__).parent.parent / "templates"
# What is called the same everywhere, and what says itself that it is Vietnamese.
AS_IT_IS = re.compile(r'Hài Lòng|<(\w+) lang="vi">.*?</\1>')
VIETNAMESE = re.compile("[À-ÖØ-öø-ỹ]")
MARKS = {"_", "_l", "gettext", "ngettext"}
PAGES = sorted(TEMPLATES.rglob("*.html"))


def test_no_page_has_unmarked_vietnamese(app: Flask) -> None:
    found = {page.relative_to(TEMPLATES): unmarked(app, page.read_text("utf-8")) for page in PAGES}
    assert {page: texts for page, texts in found.items() if texts} == {}


def test_what_is_not_marked_is_found(app: Flask) -> None:
    source = "Đóng{{ 'Mở' if x else _('Xem') }}{% trans %}Lưu lại{% endtrans %}{{ f(k=_l('Cũ')) }}"
    assert unmarked(app, source) == ["Đóng", "Mở"]
    assert unmarked(app, 'Hài Lòng <b lang="vi">Mã</b> <b>Năm</b>') == ["<b>Năm</b>"]


def unmarked(app: Flask, source: str) -> list[str]:
    """Return what a template writes itself with Vietnamese letters."""
    found = (AS_IT_IS.sub("", text).strip() for text in _texts(app.jinja_env.parse(source)))
    return [text for text in found if VIETNAMESE.search(text)]


def _texts(node: nodes.Node) -> Iterator[str]:
    """Yield what a template writes: its plain text, and strings outside of marks."""
    if isinstance(node, nodes.TemplateData):
        yield node.data
    elif isinstance(node, nodes.Const) and isinstance(node.value, str):
        yield node.value
    elif not (isinstance(node, nodes.Call) and getattr(node.node, "name", "") in MARKS):
        for child in node.iter_child_nodes():
            yield from _texts(child)
