"""Whether this server can do its work, for whatever watches it."""

from flask import Blueprint

from survey.access import public
from survey.db import session
from survey.storage import installation

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@public
def show() -> tuple[dict[str, str], int]:
    """Answer 200 when the database answers; its failure becomes the 503 page."""
    installation.purpose_of(session())
    return {"status": "ok"}, 200
