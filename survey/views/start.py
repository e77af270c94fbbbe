"""The first page of an invited manager: from a counter's name to its first results."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask import session as browser
from werkzeug.wrappers import Response

from forms.manage import NewPointForm, offer_units
from survey import period, posters, tokens
from survey.access import note, roles, scope, unit_in_scope
from survey.config import ConfigError
from survey.db import session
from survey.posters import PosterError
from survey.storage import points, responses
from survey.storage.points import ServicePoint
from survey.views import points as counters
from survey.views.points import Page

blueprint = Blueprint("start", __name__, url_prefix="/start")


@blueprint.get("")
@roles("manager")
def show() -> str:
    """Show the four steps of one counter, or ask which counter it is."""
    public_id = request.args.get("point")
    if public_id:
        return _steps(points.get(session(), public_id, scope(), period.today()))
    return _first_step(_form())


@blueprint.post("")
@roles("manager")
def create() -> Page:
    """Open a counter and go on to its code."""
    form = _form()
    code = form.unit.data if form.unit else next(iter(scope()), "")
    if not form.validate() or counters.is_taken(
        form.name, unit_in_scope(code).code, form.name.data
    ):
        return _first_step(form), 422
    now, name, field = period.now(), form.name.data, form.field.data
    point = points.add(session(), code, name, now, period.today(), field=field)
    note("create point", point.public_id, f"{code} {name}")
    session().commit()
    return redirect(url_for(".show", point=point.public_id), 303)


@blueprint.get("/<public_id>/poster.pdf")
@roles("manager")
def poster(public_id: str) -> Response:
    """Hand over the poster, and remember in this browser that it was."""
    answer = counters.poster(public_id)
    if answer.mimetype != "application/pdf":  # the reason is told on the next page
        return redirect(url_for(".show", point=public_id), 303)
    browser["poster"] = public_id
    return answer


def _form() -> NewPointForm:
    """Return the form of a new counter; who has one unit is not asked which."""
    form, choices = NewPointForm(), counters.unit_choices()
    del form.is_test
    offer_units(form, choices)
    if len(choices) == 1:
        del form.unit
    return form


def _first_step(form: NewPointForm) -> str:
    known = points.listing(session(), scope(), period.today())
    usable = [(p, unit) for p, unit in known.rows if p.is_open and not p.is_test]
    return render_template("start/name.html", form=form, usable=usable, is_all=known.last == 1)


def _steps(point: ServicePoint) -> str:
    received = responses.count(session(), point)
    return render_template(
        "start/steps.html",
        point=point,
        unit=points.unit_on(session(), point, period.today()),
        trials=responses.trials(session(), point),
        received=received,
        # Answers come from a printed code, whoever fetched it and in whichever browser.
        is_fetched=received > 0 or browser.get("poster") == point.public_id,
        **_codes(point),
    )


def _codes(point: ServicePoint) -> dict[str, str]:
    """Return the printed address and the one to try it, each with its QR code."""
    try:
        address = counters.address_of(point)
    except (ConfigError, PosterError) as error:
        return {"problem": str(error)}
    trial = f"{address}?trial={tokens.trial(point.code.token)}"
    return {
        "address": address,
        "qr": posters.qr_svg(address),
        "trial": trial,
        "trial_qr": posters.qr_svg(trial),
    }
