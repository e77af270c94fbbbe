"""What every page of a citizen shares: the place, how it is read, and that nothing is lost.

How a page is read (`lang`, `size`, `contrast`) stands in its address, because there is no
cookie. `url_for` carries it from one citizen's page to the next; `here` changes it.
"""

import gzip
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Flask, Response, has_request_context, render_template, request
from sqlalchemy.exc import DBAPIError, NoResultFound

from survey import period
from survey.db import session
from survey.errors import log_database
from survey.i18n import CITIZEN_BLUEPRINTS, CITIZEN_LANGUAGES
from survey.stencils import Stencil
from survey.storage import points
from survey.storage.code_tokens import is_token, normal
from survey.storage.points import PointCode

# What may stand in an address, beside the usual: Vietnamese, plain size, plain colours.
READING: Mapping[str, frozenset[str]] = {
    "lang": frozenset(CITIZEN_LANGUAGES) - {"vi"},
    "size": frozenset({"1", "2"}),
    "contrast": frozenset({"1"}),
}


def init_app(app: Flask) -> None:
    """Let every link of a citizen's page keep how it is read."""
    app.extensions["form_stencils"] = {}
    app.url_defaults(_keep_reading)
    app.jinja_env.globals |= {"reading": reading, "here": here, "look": _look}


def reading() -> dict[str, str]:
    """Return how this page is read, where that is not the usual way."""
    asked = {name: request.args.get(name) for name in READING}
    return {name: value for name, value in asked.items() if value in READING[name]}


def here(**changes: str | None) -> str:
    """Return the link to this same page with changes; None drops a setting.

    Takes what `url_for` takes: the parts of the path stay as they are.
    """
    path = request.view_args or {}
    wanted = (reading() | changes).items()
    query = urlencode({n: value for n, value in wanted if value is not None and n not in path})
    return "?" + (query or "lang=vi")  # something, for `scans.count`


def lang() -> str | None:
    """Return the language asked for in the address; None is Vietnamese."""
    return reading().get("lang")


def page(template: str, code: PointCode, **values: Any) -> str:
    """Return a page about a code's point, naming the unit it belongs to."""
    unit = points.unit_on(session(), code.point, period.today())
    return render_template(
        template, token=code.token, point=code.point, unit=unit, lang=lang(), **values
    )


def printed(stencil: Stencil, values: Mapping[str, str]) -> Response:
    """Return a page from its stencil, compressed for whoever takes that."""
    packed = _takes_gzip()
    answer = Response(stencil.gzipped(values) if packed else stencil.plain(values))
    return _said_how(answer, packed=packed)


def keep_what_was_sent(blueprint: Blueprint) -> None:
    """Give a blueprint its pages for an unknown code and for a database that cannot write."""
    blueprint.after_request(_compress)
    blueprint.after_request(_sign)
    blueprint.register_error_handler(NoResultFound, _unknown)
    blueprint.register_error_handler(DBAPIError, _busy)


def _look() -> str:
    """Return the class names by which the style knows how a page is read."""
    asked = reading()
    names = [f"size{asked['size']}"] if "size" in asked else []
    return " ".join([*names, "contrast"] if "contrast" in asked else names)


def _keep_reading(endpoint: str, values: dict[str, Any]) -> None:
    blueprints = {endpoint.partition(".")[0], request.blueprint if has_request_context() else None}
    if blueprints <= CITIZEN_BLUEPRINTS:
        usual = {"lang": "vi"} if endpoint == "answer.show" else {}  # for `scans.count`
        for name, value in (usual | reading()).items():
            values.setdefault(name, value)


def _takes_gzip() -> bool:
    return request.accept_encodings.quality("gzip") > 0


def _compress(answer: Response) -> Response:
    if answer.mimetype != "text/html" or "Accept-Encoding" in answer.vary:
        return answer
    packed = _takes_gzip()
    if packed:
        answer.set_data(gzip.compress(answer.get_data(), mtime=0))
    return _said_how(answer, packed=packed)


def _sign(answer: Response) -> Response:
    """Let the script of the form know this server's word from that of a network on the way."""
    answer.headers["Hai-Long"] = "1"
    return answer


def _said_how(answer: Response, *, packed: bool) -> Response:
    if packed:
        answer.content_encoding = "gzip"
    answer.vary.add("Accept-Encoding")
    return answer


def _unknown(_error: NoResultFound) -> tuple[str, int]:
    typed = normal((request.view_args or {}).get("token", ""))
    values = {"typed": typed, "mistyped": not is_token(typed), "lang": lang()}
    return render_template("answer/unknown.html", **values), 404


def _busy(error: DBAPIError) -> tuple[str, int]:
    """Offer to send the same fields again: the database is locked, full or away."""
    log_database(error)
    fields = request.form.to_dict()
    return render_template("answer/retry.html", action=request.full_path, fields=fields), 503
