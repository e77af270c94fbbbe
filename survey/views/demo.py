"""The two buttons of the demonstration: the whole loop in a minute instead of a day."""

from flask import Blueprint, current_app, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from survey import db, period, reports
from survey.access import note, roles, scope, unit_in_scope
from survey.closing import CloseResult
from survey.db import session
from survey.demo import trial
from survey.i18n import translate as _
from survey.storage import points, units
from survey.storage.points import ServicePoint
from survey.views.periods import FIRST_DAY, read

blueprint = Blueprint("demo", __name__, url_prefix="/demo/<code>/<name>")


@blueprint.post("/send")
@roles("manager")
def send(code: str, name: str) -> Response:
    """Send sheets to the counter of a page, or to the first open one of its unit."""
    point = _point(code)
    if point is None:
        flash(_("Ở đây không có quầy nào đang mở để gửi thử."), "danger")
        return _back(code, name)
    place = f"{point.name}, {points.unit_on(session(), point, period.today()).name}"
    address = url_for("answer.show", token=point.code.token)
    session().close()  # each sheet is written by a request of its own
    taken = trial.send(current_app._get_current_object(), address)  # type: ignore[attr-defined]
    said = _(
        "Đã gửi %(n)s phiếu tới %(place)s. Bấm Chốt ngay để đưa vào kết quả.", n=taken, place=place
    )
    flash(said, "success" if taken == trial.PEOPLE else "danger")
    return _back(code, name)


@blueprint.post("/close")
@roles("manager")
def close(code: str, name: str) -> Response:
    """Release what waits in the whole province, as the close at 06:00 would."""
    unit_in_scope(code)
    threshold = current_app.config["SMALLEST_GROUP"]
    result = trial.close_now(session(), period.today(), threshold)
    note("close now", str(period.today()), f"{result.answers} / {result.batches}")
    session().commit()
    reports.forget(session())
    db.tidy()
    flash(_said(result, threshold), "success" if result.batches else "info")
    return _back(code, name)


def _point(code: str) -> ServicePoint | None:
    today, public_id = period.today(), request.args.get("point")
    if public_id is None:
        codes = units.subtree(session(), unit_in_scope(code).code, today)
        return trial.open_point(session(), codes, today)
    point = points.get(session(), public_id, scope(), today)
    return point if trial.takes_sheets(point) else None


def _said(result: CloseResult, threshold: int) -> str:
    values = {"most": threshold, "n": result.answers, "batches": result.batches}
    done = _("Chưa nhóm nào đủ %(most)s phiếu để chốt.", **values)
    if result.batches:
        done = _("Đã chốt %(n)s phiếu trong %(batches)s đợt.", **values)
    waiting = {"n": result.waiting, "most": threshold}
    rest = _("Cả tỉnh, mọi kỳ, còn %(n)s phiếu chờ đủ nhóm %(most)s.", **waiting)
    return f"{done} {rest}"


def _back(code: str, name: str) -> Response:
    """Return to the page of the button, or of this month where its period is over."""
    shown, today = read(name, FIRST_DAY), period.today()
    where = (shown if today in shown else period.containing(today)).name
    public_id = request.args.get("point")
    if public_id is not None:
        return redirect(url_for("dashboard.point", public_id=public_id, name=where), 303)
    return redirect(url_for("dashboard.unit", code=code, name=where), 303)
