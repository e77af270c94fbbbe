"""The manager's pages of results: a unit or a counter over a fixed period, and its files."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from forms.questionnaire import Questionnaire, Wording
from survey import db, exports, reports
from survey import period as periods
from survey.access import may_open, note, reach, roles, scope, top, unit_in_scope
from survey.db import session
from survey.i18n import language
from survey.i18n import lazily as _l
from survey.period import Period
from survey.reports import Figure, TrendMonth, UnitPage
from survey.storage import alerts, batches, points, responses, units
from survey.storage.units import PROVINCE, Unit
from survey.storage.users import MANAGER
from survey.views.outlook import outlook
from survey.views.periods import FIRST_DAY, Choice, choice, read

# What the forms that come with the program are called: pages find a translation by it.
TITLES = (
    _l("Chỉ số hài lòng tại điểm phục vụ"),
    _l("Mức độ hài lòng theo bộ tiêu chí khối dịch vụ"),
)

blueprint = Blueprint("dashboard", __name__, url_prefix="/results")


@blueprint.get("")
@roles("reader")
def home() -> Response:
    """Lead to the results of the reader's own unit, or to the first counter before any."""
    if may_open("start.show") and not responses.any_received(session(), scope()):
        return redirect(url_for("start.show"))
    return redirect(url_for(".latest_of_unit", code=top()))


@blueprint.get("/units/<code>")
@roles("reader")
def latest_of_unit(code: str) -> Response:
    """Lead to the latest month with results, else to this month."""
    unit = unit_in_scope(code)
    return redirect(url_for(".unit", code=unit.code, name=_latest(unit).name))


@blueprint.get("/units/<code>/<name>")
@roles("reader")
def unit(code: str, name: str) -> str:
    """Show the results of a unit and everything below it."""
    found = unit_in_scope(code)
    first = _first_day(found)
    period = read(name, first)
    with db.snapshot() as one:
        page = reports.unit_page(one, found, period, with_imported=_wants_imported())
        taken = reports.taken_back(one, found, period)
    above = unit_in_scope(found.parent_code) if found.parent_code in scope() else None
    return _show(page, choice(period, first), above, taken_back=taken, **_quiet(found))


@blueprint.get("/units/<code>/<name>/drivers")
@roles("reader")
def drivers(code: str, name: str) -> str:
    """Show which questions go together with the overall judgement at a unit."""
    found = unit_in_scope(code)
    first = _first_day(found)
    period = read(name, first)
    with db.snapshot() as one:
        page = reports.drivers_page(one, found, period)
    return render_template(
        "dashboard/drivers.html",
        page=page,
        report=page.report,
        choice=choice(period, first),
        deep=reports.THRESHOLDS.ranked,
    )


@blueprint.get("/units/<code>/<name>/told")
@roles("reader")
def told(code: str, name: str) -> str:
    """Show what people told besides their answers at a unit."""
    found = unit_in_scope(code)
    first, from_above = _first_day(found), _is_above(found)
    period = read(name, first)
    with db.snapshot() as one:
        page = reports.told_page(one, found, period, from_above=from_above)
    return render_template(
        "dashboard/told.html",
        page=page,
        report=page.report,
        choice=choice(period, first),
        deep=reports.THRESHOLDS.ranked,
        from_above=from_above,
    )


@blueprint.get(f"/units/<code>/<name>/export.<any({', '.join(exports.MEDIA_TYPES)}):form>")
@roles("reader")
def export(code: str, name: str, form: str) -> Response:
    """Hand over the figures of a unit and of everything below it as a file."""
    found = unit_in_scope(code)
    period = read(name, _first_day(found))
    with db.snapshot() as one:
        shown = reports.export_reports(one, found, period, with_imported=_wants_imported())
    note("export index", found.code, f"{period.name} {form}")
    pieces = exports.content(form, shown, generated_at=periods.now())
    answer = Response(pieces, mimetype=exports.MEDIA_TYPES[form])
    answer.headers.set(
        "Content-Disposition", "attachment", filename=exports.file_name(found, period, form)
    )
    return answer


@blueprint.get("/points/<public_id>")
@roles("reader")
def latest_of_point(public_id: str) -> Response:
    """Lead to the latest month in which the unit of a counter has results."""
    found = points.get(session(), public_id, scope(), periods.today())
    name = _latest(points.unit_on(session(), found, periods.today())).name
    return redirect(url_for(".point", public_id=found.public_id, name=name))


@blueprint.get("/points/<public_id>/<name>")
@roles("reader")
def point(public_id: str, name: str) -> str:
    """Show the results of one counter, for the time it belonged to its unit of today."""
    with db.snapshot() as one:
        found = points.get(one, public_id, scope(), periods.today())
        owner = points.unit_on(one, found, periods.today())
        first = _first_day(owner)
        period = read(name, first)
        page = reports.point_page(one, found, owner, period, with_imported=_wants_imported())
    return _show(page, choice(period, first), owner)


@blueprint.app_template_test("known")
def is_known(figure: Figure | None) -> bool:
    """Say whether there is a figure, and one that is published."""
    return figure is not None and figure.is_known


@blueprint.app_template_filter("worded")
def worded(figure: Figure, questionnaire: Questionnaire) -> str:
    """Return the name of a factor or an item in the language of the page."""
    wording = _wording(questionnaire)
    words = {"factor": wording.factors, "item": wording.items}.get(figure.measure, {})
    return words.get(figure.code, figure.name)


@blueprint.app_template_filter("item_names")
def item_names(questionnaire: Questionnaire) -> Mapping[str, str]:
    """Return the names of all items in the language of the page."""
    return _wording(questionnaire).items


def _wording(questionnaire: Questionnaire) -> Wording:
    """Return the words in the language of the page; Vietnamese where there are none."""
    return questionnaire.wordings[questionnaire.language(language())]


def _show(page: UnitPage, ways: Choice, above: Unit | None, **more: object) -> str:
    return render_template(
        "dashboard/show.html",
        page=page,
        report=page.report,
        above=above,
        choice=ways,
        outlook=None if page.report.figures else outlook(page),
        trend=_trend(page),
        few=reports.FEW,
        deep=reports.THRESHOLDS.ranked,
        smallest=current_app.config["SMALLEST_GROUP"],
        **more,
    )


def _is_above(unit: Unit) -> bool:
    """Say whether the reader stands above a unit; above a province nobody does but its own."""
    return unit.level == PROVINCE or unit.parent_code in scope()


def _quiet(unit: Unit) -> dict[str, object]:
    """Return the quiet codes among what the user manages below a unit, as the last close found.

    Looking through the scans themselves would take longer than the rest of the page.
    """
    mine, today = reach(MANAGER) & _subtree(unit), periods.today()
    found = alerts.quiet(session(), mine, today)
    codes = {alert.unit_code for alert in found}
    named = units.named(session(), codes, today) if codes else ()
    return {"quiet": found, "quiet_units": {each.code: each.name for each in named}}


def _trend(page: UnitPage) -> list[TrendMonth]:
    """Return the months from the first with a figure to today; a gap where none is known."""
    begun = [month for month in page.trend if month.period.start <= periods.today()]
    months = [each if is_known(each.index) else replace(each, index=None) for each in begun]
    while months and months[0].index is None:
        del months[0]
    return months


def _latest(unit: Unit) -> Period:
    found = reports.latest_period(session(), _subtree(unit))
    return found or periods.containing(periods.today())


def _first_day(unit: Unit) -> date:
    return min(batches.first_day(session(), _subtree(unit)) or FIRST_DAY, FIRST_DAY)


def _subtree(unit: Unit) -> frozenset[str]:
    return units.subtree(session(), unit.code, periods.today())


def _wants_imported() -> bool:
    return request.args.get("imported") == "1"
