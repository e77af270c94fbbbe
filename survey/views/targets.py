"""The pages about targets: what a unit means to reach in a year."""

from collections.abc import Sequence

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from forms.targets import AIMS, TargetsFileForm, TargetsForm, field_name
from survey import period, targets
from survey.access import note, roles, scope, top, unit_in_scope
from survey.db import session
from survey.i18n import translate as _
from survey.reasons import WrongFile
from survey.storage import targets as stored
from survey.storage import units
from survey.storage.targets import TargetChange
from survey.storage.units import Unit
from survey.storage.users import MANAGER, PROVINCE_ADMIN
from survey.targets import YEARS, Plan

Page = str | Response | tuple[str, int]

blueprint = Blueprint("targets", __name__, url_prefix="/targets")


@blueprint.url_value_preprocessor
def _let_files_in(_endpoint: str | None, _values: dict[str, str] | None) -> None:
    """Let these pages take a file, before the check of its CSRF token reads the body."""
    if request.mimetype == "multipart/form-data":
        request.max_content_length = current_app.config["UPLOAD_LENGTH"]


@blueprint.get("")
@roles(MANAGER, PROVINCE_ADMIN)
def home() -> Response:
    """Lead to this year's targets of the user's own unit."""
    return redirect(url_for(".show", code=top(), year=period.this_year()))


@blueprint.get("/<code>/<int:year>")
@roles(MANAGER, PROVINCE_ADMIN)
def show(code: str, year: int) -> str:
    """Show the targets of a unit and year, its own and those it has from above."""
    unit, form = _unit(code, year), TargetsForm()
    form.fill({key: row.value for key, row in stored.own(session(), unit.code, year).items()})
    return _page(unit, year, form)


@blueprint.post("/<code>/<int:year>")
@roles(MANAGER, PROVINCE_ADMIN)
def save(code: str, year: int) -> Page:
    """Set, change and take back the targets of a unit and year."""
    unit, form = _unit(code, year), TargetsForm()
    if not form.validate():
        return _page(unit, year, form), 422
    changed = stored.changes(session(), {(unit.code, year): form.values})
    _put(changed)
    flash(_("Đã lưu chỉ tiêu.") if changed else _("Không có gì thay đổi."), "success")
    return redirect(url_for(".show", code=unit.code, year=year))


@blueprint.get("/import")
@roles(MANAGER, PROVINCE_ADMIN)
def new() -> str:
    """Ask for a file of targets."""
    return _import_page(TargetsFileForm())


@blueprint.post("/import")
@roles(MANAGER, PROVINCE_ADMIN)
def create() -> Page:
    """Check a file of targets; store them when asked to and nothing is wrong with it."""
    form = TargetsFileForm()
    if not form.validate():
        return _import_page(form), 422
    try:
        file = form.file.data
        plan = targets.plan(session(), file.stream, file.filename, scope())
    except WrongFile as error:
        return _import_page(form, wrong=error), 422
    if form.submit.data:
        _put(plan.changes)
    return _import_page(form, plan=plan, stored=bool(form.submit.data))


def _unit(code: str, year: int) -> Unit:
    return unit_in_scope(code) if year in YEARS else abort(404)


def _put(changed: Sequence[TargetChange]) -> None:
    targets.store(session(), changed, by=current_user.email)
    for subject, detail in targets.notes(changed).items():
        note("set targets", subject, detail)
    session().commit()


def _page(unit: Unit, year: int, form: TargetsForm) -> str:
    today = period.today()
    codes = stored.chain(session(), unit, today)
    return render_template(
        "targets/show.html",
        unit=unit,
        year=year,
        span=period.parse(str(year)),
        years=[each for each in (year - 1, year, year + 1) if each in YEARS],
        form=form,
        aims=AIMS,
        field_name=field_name,
        own=stored.own(session(), unit.code, year),
        above=stored.in_force(session(), codes[1:], year) if len(codes) > 1 else {},
        names={row.code: row.name for row in units.named(session(), codes, today)},
    )


def _import_page(
    form: TargetsFileForm,
    *,
    plan: Plan | None = None,
    wrong: WrongFile | None = None,
    stored: bool = False,
) -> str:
    return render_template(
        "targets/import.html", form=form, plan=plan, wrong=wrong, stored=stored, aims=AIMS
    )
