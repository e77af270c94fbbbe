"""The manager's page about the code of a counter: its versions, and replacing or revoking it."""

from datetime import datetime, timedelta

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from forms.codes import GRACE_DAYS, REPLACE_LATER, REVOKE, CodeForm
from survey import period
from survey.access import note, roles, scope
from survey.db import session
from survey.i18n import translate as _
from survey.scans import whole_weeks
from survey.storage import code_checks, point_codes, points, scans
from survey.storage.points import ServicePoint

Page = str | Response | tuple[str, int]

blueprint = Blueprint("codes", __name__, url_prefix="/codes")


@blueprint.get("/<public_id>")
@roles("manager")
def show(public_id: str) -> str:
    """Show every version of a counter's code, and what can be done with the last."""
    return _page(_point(public_id), CodeForm())


@blueprint.post("/<public_id>")
@roles("manager")
def change(public_id: str) -> Page:
    """Replace or revoke the code; whoever scans the old one is warned and led on."""
    point, form = _point(public_id), CodeForm()
    if not form.validate():
        return _page(point, form), 422
    if form.version.data != str(point.code.version):
        flash(_("Mã này vừa được cấp mới rồi, đây là mã đang dùng."), "info")
        return _to(point)
    old = point.code.serial
    said = _act(point, form.act.data, period.now())
    note(f"{form.act.data} code", old)
    session().commit()
    flash(said, "success")
    return _to(point)


def _act(point: ServicePoint, act: str, now: datetime) -> str:
    """Do what was chosen; return what to tell."""
    if act == REVOKE:
        point_codes.revoke(session(), point, now)
        return _("Đã thu hồi mã. Xin gỡ biển ở quầy; khi cần, cấp mã mới ở trang này.")
    until = now + timedelta(days=GRACE_DAYS) if act == REPLACE_LATER else None
    point_codes.issue(session(), point, now, until=until)
    if point.is_open:
        return _("Đã cấp mã mới. Xin in lại và thay mã cũ ở quầy.")
    return _("Đã cấp mã mới. Mở lại quầy để in.")


def _page(point: ServicePoint, form: CodeForm) -> str:
    start, end = whole_weeks(period.today())
    ids = [code.id for code in point.codes]
    return render_template(
        "codes/show.html",
        point=point,
        unit=points.unit_on(session(), point, period.today()),
        funnels=scans.funnels(session(), ids, start, end),
        checks=code_checks.latest(session(), ids),
        start=start,
        last=end - timedelta(days=1),
        smallest=current_app.config["SMALLEST_GROUP"],
        now=period.now(),
        form=form,
    )


def _point(public_id: str) -> ServicePoint:
    return points.get(session(), public_id, scope(), period.today())


def _to(point: ServicePoint) -> Response:
    return redirect(url_for("points.show", public_id=point.public_id), 303)
