"""Whether this server can do its work, for whatever watches it."""

from flask import Blueprint, current_app

from survey import controller
from survey.access import public
from survey.db import session
from survey.storage import installation

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@public
def show() -> tuple[dict[str, object], int]:
    """Answer 200 when the database answers; its failure becomes the 503 page.

    What citizens should be told and is not set yet is named: no reason to take a server out.
    """
    installation.purpose_of(session())
    return {"status": "ok", "unset": controller.unset(current_app.config)}, 200
