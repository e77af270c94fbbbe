"""The privacy page: every number on it is the setting or the constant that the program obeys."""

from datetime import timedelta

from flask import Blueprint, Flask, current_app, render_template

from survey import controller, period, tokens
from survey.access import public, reach
from survey.storage import comment_batches, contacts, scans
from survey.storage.users import PROVINCE_ADMIN
from survey.views.citizen import keep_what_was_sent, lang

MONTHS_A_YEAR, DAYS_A_YEAR = 12, 365

blueprint = Blueprint("privacy", __name__)
keep_what_was_sent(blueprint)


def init_app(app: Flask) -> None:
    """Let a page tell the administrator of the province what is not set yet."""
    app.jinja_env.globals["unset_settings"] = _unset_settings


@blueprint.get("/privacy")
@public
def show() -> str:
    """Say who answers for the data, what is stored, why, how long, and what a citizen may ask."""
    return render_template("privacy/show.html", lang=lang(), controller=_controller(), **_terms())


def _controller() -> dict[str, str]:
    names = {"name": "CONTROLLER_NAME", "address": "CONTROLLER_ADDRESS"}
    names |= {"contact": "CONTROLLER_CONTACT"}
    return {part: controller.said(current_app.config, name) for part, name in names.items()}


def _terms() -> dict[str, object]:
    """Return how long each thing is kept, from where it is decided."""
    hours = timedelta(hours=current_app.config["FORM_HOURS"])
    return {
        "close": f"{period.DAILY_CLOSE:%H:%M}",
        "raw_days": comment_batches.RAW_KEPT.days,
        "masked_months": comment_batches.MASKED_KEPT.days * MONTHS_A_YEAR // DAYS_A_YEAR,
        "number_days": contacts.KEPT_AFTER_CLOSING.days,
        "number_most": contacts.KEPT_AT_MOST.days,
        "nonce_days": (hours + tokens.NONCE_SPARE).days,
        "scan_days": scans.KEPT.days,
    }


def _unset_settings() -> tuple[str, ...]:
    """Return the settings to be told about to this reader: to nobody but the administrator."""
    return controller.unset(current_app.config) if reach(PROVINCE_ADMIN) else ()
