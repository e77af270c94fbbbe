"""What every page of a citizen shares: the place, the language, and that nothing is lost."""

from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy.exc import DBAPIError, NoResultFound

from survey import period
from survey.db import session
from survey.errors import log_database
from survey.storage import points
from survey.storage.code_tokens import is_token, normal
from survey.storage.points import PointCode


def lang() -> str | None:
    """Return the language asked for in the address; None is Vietnamese."""
    wanted = request.args.get("lang")
    return None if wanted == "vi" else wanted


def page(template: str, code: PointCode, **values: Any) -> str:
    """Return a page about a code's point, naming the unit it belongs to."""
    unit = points.unit_on(session(), code.point, period.today())
    return render_template(
        template, token=code.token, point=code.point, unit=unit, lang=lang(), **values
    )


def keep_what_was_sent(blueprint: Blueprint) -> None:
    """Give a blueprint its pages for an unknown code and for a database that cannot write."""
    blueprint.register_error_handler(NoResultFound, _unknown)
    blueprint.register_error_handler(DBAPIError, _busy)


def _unknown(_error: NoResultFound) -> tuple[str, int]:
    typed = normal((request.view_args or {}).get("token", ""))
    values = {"typed": typed, "mistyped": not is_token(typed), "lang": lang()}
    return render_template("answer/unknown.html", **values), 404


def _busy(error: DBAPIError) -> tuple[str, int]:
    """Offer to send the same fields again: the database is locked, full or away."""
    log_database(error)
    fields = request.form.to_dict()
    return render_template("answer/retry.html", action=request.full_path, fields=fields), 503
