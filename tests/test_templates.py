"""Every template compiles, and markup is written only where it is ours."""

import re
from pathlib import Path

from flask import Flask


def test_every_template_compiles(app: Flask) -> None:
    names = app.jinja_env.list_templates(extensions=["html"])
    assert len(names) > 20
    for name in names:
        app.jinja_env.get_template(name)


def test_nothing_but_our_own_style_and_code_is_written_unescaped() -> None:
    found = {
        match
        for file in Path("templates").rglob("*.html")
        for match in re.findall(r"\{\{ (\S+)\|safe", file.read_text("utf-8"))
    }
    assert found == {"citizen_css", "citizen_script", "qr"}
    assert not any("autoescape" in f.read_text("utf-8") for f in Path("templates").rglob("*.html"))
