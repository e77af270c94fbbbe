"""Every page of the managers' side, filled in for one unit, and the queries that a page makes."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from flask import Flask, url_for
from sqlalchemy import event, select
from werkzeug.routing import Rule

from survey import period, reports
from survey.db import session
from survey.reports import comparison
from survey.storage import points, units
from survey.storage.comments import Comment
from survey.storage.users import User

# Files, and what only leads on to a page.
NO_PAGES = frozenset({"download", "export", "home", "latest", "poster", "sheet"})


def of_managers(
    app: Flask, code: str, period_name: str | None = None, method: str = "GET"
) -> dict[str, str]:
    """Return the address of every page that names its readers, by endpoint.

    Of the period given, or else of the latest month with figures; `code` names a unit with a
    counter and a comment below it. The method POST finds what takes a form.
    """
    with app.test_request_context():
        values = _values(code, period_name)
        own = {rule.endpoint: rule for rule in _pages(app, method)}
        return {
            endpoint: url_for(
                endpoint, **{name: _of(rule, name, values) for name in rule.arguments}
            )
            for endpoint, rule in sorted(own.items())
            if endpoint != "comparison.show" or values["group"]
        }


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """Yield a list that fills with the statements sent to the database."""
    statements: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            statements.append(statement)

    engine: sa.Engine = app.extensions["engine"]
    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


def _pages(app: Flask, method: str) -> list[Rule]:
    return [
        rule
        for rule in app.url_map.iter_rules()
        if hasattr(app.view_functions[rule.endpoint], "roles")
        and method in (rule.methods or ())
        and rule.endpoint.split(".")[1].partition("_")[0] not in NO_PAGES
    ]


def _of(rule: Rule, name: str, values: dict[str, str]) -> str:
    return values.get(f"{rule.endpoint.partition('.')[0]} {name}", values.get(name, ""))


def _values(code: str, period_name: str | None) -> dict[str, str]:
    """Return what fills the addresses; with the blueprint before it where they differ."""
    codes = units.subtree(session(), code, period.today())
    latest = reports.latest_period(session(), codes) or period.containing(period.today())
    unit = units.get(session(), code, period.today())
    comment = session().scalars(
        select(Comment).where(Comment.unit_code.in_(codes), Comment.released_on.is_not(None))
    )
    names = dict.fromkeys(("comments name", "moderation name"), next(each.name for each in comment))
    return names | {
        "code": code,
        "name": period_name or latest.name,
        "year": str(latest.start.year),
        "group": next(iter(comparison.groups_below(session(), unit)), ""),
        "public_id": points.listing(session(), codes, period.today()).rows[0][0].public_id,
        "number": str(session().scalars(select(User.id).order_by(User.id)).first()),
    }
