"""What every page of a citizen knows: the place, and the language of the link."""

from typing import Any

from flask import render_template, request

from survey import period
from survey.db import session
from survey.storage import points, units
from survey.storage.points import PointCode


def lang() -> str | None:
    """Return the language asked for in the address; None is Vietnamese."""
    wanted = request.args.get("lang")
    return None if wanted == "vi" else wanted


def page(template: str, code: PointCode, **values: Any) -> str:
    """Return a page about a code's point, naming the unit it belongs to today."""
    today = period.today()
    unit = units.get(session(), points.unit_code_on(code.point, today), today)
    return render_template(
        template, token=code.token, point=code.point, unit=unit, lang=lang(), **values
    )
