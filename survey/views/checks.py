"""The walk past the printed codes: the sheet to take along, and what was found."""

from collections.abc import Mapping, Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from forms.codes import FOUND, CheckForm
from survey import period, posters
from survey.access import roles, scope, unit_in_scope
from survey.config import ConfigError
from survey.db import session
from survey.i18n import day, number, vietnamese
from survey.i18n import translate as _
from survey.posters import CheckRow, PosterError
from survey.storage import code_checks, point_codes, units
from survey.storage.code_checks import CodeCheck
from survey.storage.points import PointCode
from survey.storage.units import Unit
from survey.views import packs
from survey.views.points import unit_choices

Page = str | Response | tuple[str, int]
Codes = Sequence[tuple[PointCode, Unit]]

blueprint = Blueprint("checks", __name__, url_prefix="/checks")


@blueprint.get("")
@roles("clerk")
def show() -> str:
    """Show the codes of a unit with what was found last, or ask whose codes."""
    code = request.args.get("unit") or _only_unit()
    if not code:
        return render_template("codes/check_unit.html", choices=unit_choices())
    return _page(unit_in_scope(code), CheckForm(on=period.today()))


@blueprint.post("")
@roles("clerk")
def record() -> Page:
    """Store what was found of each code; those left open stay as they were."""
    unit, form = unit_in_scope(request.args.get("unit", "")), CheckForm()
    if form.validate() and form.on.data > period.today():
        form.on.errors = [_("Ngày kiểm tra chưa tới. Xin ghi lại.")]
    if form.errors:
        return _page(unit, form), 422
    found = _found(_codes(unit))
    by, now = current_user.email, period.now()
    for code, result in found:
        code_checks.add(session(), code, result, on=form.on.data, by=by, at=now)
    session().commit()
    said = _("Đã ghi kết quả kiểm tra %(n)s mã.", n=number(len(found)))
    flash(said, "success" if found else "info")
    return redirect(url_for(".show", unit=unit.code), 303)


@blueprint.get("/sheet.pdf")
@roles("clerk")
def sheet() -> Response:
    """Hand over the sheet to take along."""
    unit = unit_in_scope(request.args.get("unit", ""))
    codes = _codes(unit)
    before = code_checks.latest(session(), [code.id for code, _ in codes])
    try:
        made = packs.of_unit(unit)
        with vietnamese():
            found = [_said(before.get(code.id)) for code, _unit in codes]
        rows = [CheckRow(poster, said) for poster, said in zip(made, found, strict=True)]
        pdf = posters.check_sheet(unit.name, rows, period.today())
    except (ConfigError, PosterError) as error:
        flash(str(error), "danger")
        return redirect(url_for(".show", unit=unit.code), 303)
    name = f"attachment; filename=kiem-tra-ma-{unit.code}.pdf"
    return Response(pdf, mimetype="application/pdf", headers={"Content-Disposition": name})


def _found(codes: Codes) -> list[tuple[PointCode, str]]:
    sent = [(code, request.form.get(f"found-{code.serial}", "")) for code, _ in codes]
    return [(code, result) for code, result in sent if result in FOUND]


def _page(unit: Unit, form: CheckForm) -> str:
    codes = _codes(unit)
    values: Mapping[str, object] = {
        "unit": unit,
        "codes": codes,
        "checks": code_checks.latest(session(), [code.id for code, _ in codes]),
        "found": FOUND,
        "several": len(scope()) > 1,
        "form": form,
    }
    return render_template("codes/checks.html", **values)


def _codes(unit: Unit) -> Codes:
    today = period.today()
    return point_codes.in_force(session(), units.subtree(session(), unit.code, today), today)


def _only_unit() -> str | None:
    choices = unit_choices()
    return choices[0][0] if len(choices) == 1 else None


def _said(check: CodeCheck | None) -> str:
    return f"{day(check.checked_on)}: {FOUND[check.result].lower()}" if check else ""
