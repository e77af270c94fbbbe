"""The pages that set units of one kind beside each other, and the tree of any date."""

from datetime import date

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from survey import db, reports
from survey import period as periods
from survey.access import roles, scope, top, unit_in_scope
from survey.db import session
from survey.reports import comparison
from survey.storage import batches, units
from survey.storage.units import Unit
from survey.storage.users import READER
from survey.views.periods import FIRST_DAY, choice, read

ORDERS = ("name", "index")

blueprint = Blueprint("comparison", __name__, url_prefix="/comparison")


@blueprint.get("")
@roles(READER)
def home() -> Response:
    """Lead to the comparison below the reader's own unit."""
    return redirect(url_for(".latest", code=top()))


@blueprint.get("/units/<code>")
@roles(READER)
def latest(code: str) -> Response | str:
    """Lead to the latest month with results of the largest group, or say that there is none."""
    unit = unit_in_scope(code)
    groups = comparison.groups_below(session(), unit)
    if not groups:
        return render_template("comparison/none.html", unit=unit)
    found = reports.latest_period(session(), _subtree(unit))
    name = (found or periods.containing(periods.today())).name
    largest = max(groups, key=lambda group: len(groups[group]))
    return redirect(url_for(".show", code=unit.code, name=name, group=largest))


@blueprint.get("/units/<code>/<name>/<group>")
@roles(READER)
def show(code: str, name: str, group: str) -> str:
    """Show the units of one kind directly below a unit beside each other."""
    unit = unit_in_scope(code)
    first = _first_day(unit)
    period = read(name, first)
    with db.snapshot() as one:
        found = comparison.compare(one, unit, period, group)
    order = request.args.get("order", "index" if found.is_rankable else "name")
    return render_template(
        "comparison/show.html",
        found=found,
        group_names=comparison.GROUPS,
        order=order if order in ORDERS else abort(404),
        choice=choice(period, first),
        few=reports.FEW,
        thresholds=reports.THRESHOLDS,
        weak_periods=comparison.WEAK_PERIODS,
        smallest=current_app.config["SMALLEST_GROUP"],
    )


@blueprint.get("/units/<code>/tree")
@roles(READER)
def tree(code: str) -> tuple[str, int]:
    """Show a unit, what is below it and its forebears as they were on a date."""
    unit, on = unit_in_scope(code), _date()
    codes = _subtree(unit) & scope()
    branches = comparison.tree_on(session(), codes, on) if on else ()
    page = render_template("comparison/tree.html", unit=unit, on=on, branches=branches)
    return page, 200 if on else 422


def _date() -> date | None:
    """Return the date that is asked for, today by default; None where it is no date."""
    try:
        return date.fromisoformat(request.args.get("on") or periods.today().isoformat())
    except ValueError:
        return None


def _first_day(unit: Unit) -> date:
    return min(batches.first_day(session(), _subtree(unit)) or FIRST_DAY, FIRST_DAY)


def _subtree(unit: Unit) -> frozenset[str]:
    return units.subtree(session(), unit.code, periods.today())
