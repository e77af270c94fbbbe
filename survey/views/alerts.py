"""The page of alerts: what is new in the reader's units, and who has seen or muted what."""

from collections.abc import Sequence
from datetime import timedelta

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from forms.alerts import MuteForm
from forms.manage import ConfirmForm
from survey import mail, period
from survey.access import note, roles, scope
from survey.alerts import KINDS, advice, limits, sentence
from survey.db import session
from survey.i18n import translate as _
from survey.storage import alerts, closes, units
from survey.storage.alerts import Alert
from survey.storage.users import MANAGER, READER

STATES = ("new", "acknowledged", "muted", "unsure", "ended")
# Longer, and what was muted is forgotten.
LONGEST_MUTE = timedelta(days=366)
Page = str | Response | tuple[str, int]

blueprint = Blueprint("alerts", __name__, url_prefix="/alerts")


@blueprint.get("")
@roles(READER)
def listing() -> str:
    """Show the alerts of the reader's units."""
    return _page()


@blueprint.post("/<int:number>/seen")
@roles(MANAGER)
def acknowledge(number: int) -> Response:
    """Note that the user has seen an alert."""
    alert = _alert(number)
    alerts.acknowledge(alert, current_user.email, period.today())
    return _done(alert, "acknowledge alert", _("Đã ghi: đã xem."))


@blueprint.post("/<int:number>/mute")
@roles(MANAGER)
def mute(number: int) -> Page:
    """Let a cause be silent until a day."""
    alert, form = _alert(number), MuteForm()
    today = period.today()
    if form.validate() and not today < form.until.data <= today + LONGEST_MUTE:
        form.until.errors = [_("Xin ghi một ngày sau hôm nay, trong vòng một năm.")]
    if form.errors:
        return _page(alert.id, form), 422
    alerts.mute(alert, current_user.email, form.until.data)
    return _done(alert, "mute alert", _("Đã tạm ẩn."), form.until.data.isoformat())


@blueprint.post("/<int:number>/hear")
@roles(MANAGER)
def hear(number: int) -> Response:
    """Let a muted cause be heard again."""
    alert = _alert(number)
    alerts.mute(alert, current_user.email, None)
    return _done(alert, "hear alert", _("Đã thôi ẩn."))


def _alert(number: int) -> Alert:
    return alerts.get(session(), number, scope(), period.today())


def _done(alert: Alert, act: str, said: str, detail: str = "") -> Response:
    note(act, f"{alert.unit_code} {alert.kind} {alert.id}", detail)
    session().commit()
    flash(said, "success")
    return redirect(url_for(".listing"), 303)


def _page(number: int | None = None, form: MuteForm | None = None) -> str:
    codes, today = scope(), period.today()
    found = alerts.listing(session(), codes, today)
    return render_template(
        "alerts/list.html",
        groups={state: [a for a in found if _group(a) == state] for state in STATES},
        names=_names(found),
        kinds=KINDS,
        sentence=sentence,
        advice=advice,
        limits=limits,
        form=form or MuteForm(formdata=None),
        refused=number,
        confirm=ConfirmForm(),
        last_close=closes.last(session(), today),
        is_mailing=mail.is_set_up(current_app.config),
    )


def _group(alert: Alert) -> str:
    state = alert.state(period.today())
    return "unsure" if state == "new" and alert.kind in alerts.UNMAILED else state


def _names(found: Sequence[Alert]) -> dict[str, str]:
    codes = {alert.unit_code for alert in found}
    return {unit.code: unit.name for unit in units.named(session(), codes, period.today())}
