"""Where to report a weakness of this service (RFC 9116)."""

from datetime import datetime, time, timedelta

from flask import Blueprint, Response, current_app, url_for

from survey import period
from survey.access import public
from survey.config import ConfigError, public_address
from survey.controller import security_contact

# The RFC asks for less than a year; whoever stored the file looks again after half of one.
VALID = timedelta(days=180)

blueprint = Blueprint("well_known", __name__, url_prefix="/.well-known")


@blueprint.get("/security.txt")
@public
def show() -> Response:
    """Say whom to tell; without a contact there is no such file, and the reason is said."""
    contact = security_contact(current_app.config)
    if contact is None:
        return _text(["No SECURITY_CONTACT is set on this server."], 404)
    expires = datetime.combine(period.today() + VALID, time(), period.VIETNAM)
    lines = [f"Contact: {contact}", f"Expires: {expires.isoformat()}"]
    lines += ["Preferred-Languages: vi, en", *_canonical()]
    return _text(lines)


def _canonical() -> list[str]:
    try:
        base = public_address(current_app.config)
    except ConfigError:
        return []
    # The RFC wants https; only the demonstration has another address.
    return [f"Canonical: {base}{url_for('.show')}"] if base.startswith("https://") else []


def _text(lines: list[str], status: int = 200) -> Response:
    return Response("".join(f"{line}\n" for line in lines), status, mimetype="text/plain")
