"""Whether this server can do its work, for whatever watches it."""

from flask import Blueprint
from sqlalchemy import select

from survey.access import public
from survey.db import session
from survey.storage.installation import Installation

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@public
def show() -> tuple[dict[str, str], int]:
    """Answer 200 when the database answers; its failure becomes the 503 page."""
    purpose = session().scalar(select(Installation.purpose))
    return ({"status": "ok"}, 200) if purpose else ({"status": "not set up"}, 503)
