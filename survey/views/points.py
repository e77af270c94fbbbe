"""The manager's pages about counters: list, create, rename, move, close, and the code."""

from collections.abc import Iterable, Iterator
from datetime import date

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import Field

from forms.codes import FORMS, FOUND, LANGUAGES
from forms.manage import ConfirmForm, MoveForm, NewPointForm, PointForm, offer_units
from survey import period, posters, quiet
from survey.access import note, roles, scope, unit_in_scope
from survey.config import ConfigError, public_address
from survey.db import session
from survey.i18n import translate as _
from survey.posters import Poster, PosterError
from survey.storage import code_checks, points, responses, units
from survey.storage.points import ServicePoint
from survey.storage.units import Unit

LONGEST_SEARCH = 100
Page = str | Response | tuple[str, int]

blueprint = Blueprint("points", __name__, url_prefix="/points")


@blueprint.get("")
@roles("manager")
def listing() -> str:
    """Show the counters of the subtree, searched and paged."""
    text = request.args.get("q", "")[:LONGEST_SEARCH]
    number = request.args.get("page", 1, type=int)
    found = points.listing(session(), scope(), period.today(), text=text, page=number)
    return render_template(
        "points/list.html",
        found=found,
        text=text,
        quiet=quiet.of_units(session(), scope(), period.today()),
        checks=code_checks.latest(session(), [point.code.id for point, _ in found.rows]),
        results=FOUND,
    )


@blueprint.get("/new")
@roles("manager")
def new() -> str:
    """Ask for a new counter."""
    return render_template("points/new.html", form=_new_form())


@blueprint.post("/new")
@roles("manager")
def create() -> Page:
    """Open a counter and its first code."""
    form = _new_form()
    if not form.validate() or is_taken(
        form.name, unit_in_scope(form.unit.data).code, form.name.data
    ):
        return render_template("points/new.html", form=form), 422
    point = points.add(
        session(),
        form.unit.data,
        form.name.data,
        period.now(),
        period.today(),
        field=form.field.data,
        is_test=form.is_test.data,
    )
    note("create point", point.public_id, f"{form.unit.data} {point.name}")
    session().commit()
    flash(_("Đã tạo quầy. Bước tiếp theo: tải và in mã."), "success")
    return _to(point)


@blueprint.get("/<public_id>")
@roles("manager")
def show(public_id: str) -> str:
    """Show a counter, its code, and what can be done with it."""
    point = _point(public_id)
    try:
        address, problem = address_of(point), None
    except (ConfigError, PosterError) as error:
        address, problem = None, str(error)
    return render_template(
        "points/show.html",
        point=point,
        unit=_unit(point),
        history=_history(point),
        received=responses.count(session(), point),
        address=address,
        problem=problem,
        qr=posters.qr_svg(address) if address else None,
        forms=FORMS,
        languages={code: LANGUAGES[code] for code in posters.languages()},
        form=ConfirmForm(),
    )


@blueprint.get("/<public_id>/edit")
@roles("manager")
def edit(public_id: str) -> str:
    """Ask for another name or field."""
    point = _point(public_id)
    return render_template("points/edit.html", point=point, form=PointForm(obj=point))


@blueprint.post("/<public_id>/edit")
@roles("manager")
def rename(public_id: str) -> Page:
    """Give a counter another name or field; its code stays valid."""
    point, form = _point(public_id), PointForm()
    if not form.validate() or is_taken(form.name, _unit(point).code, form.name.data, but=point):
        return render_template("points/edit.html", point=point, form=form), 422
    before = point.name
    points.describe(point, form.name.data, form.field.data)
    note("rename point", public_id, f"{before} → {point.name}")
    session().commit()
    flash(_("Đã lưu."), "success")
    return _to(point)


@blueprint.get("/<public_id>/move")
@roles("manager")
def choose_unit(public_id: str) -> str:
    """Ask which unit the counter belongs to from today."""
    point = _point(public_id)
    form = _move_form(point)
    return render_template("points/move.html", point=point, unit=_unit(point), form=form)


@blueprint.post("/<public_id>/move")
@roles("manager")
def move(public_id: str) -> Page:
    """Let a counter belong to another unit from today; its past stays where it was."""
    point = _point(public_id)
    form = _move_form(point)
    if not form.validate() or is_taken(form.unit, form.unit.data, point.name, but=point):
        return render_template("points/move.html", point=point, unit=_unit(point), form=form), 422
    before = _unit(point).code
    points.move(session(), point, unit_in_scope(form.unit.data).code, period.today())
    responses.follow_move(session(), point, period.today())
    note("move point", public_id, f"{before} → {form.unit.data}")
    session().commit()
    flash(_("Đã chuyển quầy. Mã đã in vẫn dùng được."), "success")
    return _to(point)


@blueprint.post("/<public_id>/close")
@roles("manager")
def close(public_id: str) -> Page:
    """Hand out no more sheets here."""
    point = _point(public_id)
    points.close(point, period.now())
    note("close point", public_id, point.name)
    session().commit()
    flash(_("Đã đóng quầy. Phiếu đã mở trước lúc đóng vẫn gửi được."), "success")
    return _to(point)


@blueprint.post("/<public_id>/reopen")
@roles("manager")
def reopen(public_id: str) -> Page:
    """Hand out sheets again."""
    point = _point(public_id)
    if points.is_name_taken(session(), _unit(point).code, point.name, period.today(), but=point):
        flash(_("Đơn vị đã có quầy khác mang tên này. Đổi tên một trong hai rồi mở lại."), "danger")
        return _to(point)
    points.reopen(point)
    note("reopen point", public_id, point.name)
    session().commit()
    flash(_("Đã mở lại quầy."), "success")
    return _to(point)


@blueprint.get("/<public_id>/poster.pdf")
@roles("manager")
def poster(public_id: str) -> Response:
    """Hand over the poster of the code in force: A5, or as the address asks."""
    point = _point(public_id)
    form, language = request.args.get("form", ""), request.args.get("language")
    form = form if form in posters.FORMS else "a5"
    try:
        pdf = posters.pdf(
            [_poster(point)], form, language if language in posters.languages() else None
        )
    except (ConfigError, PosterError) as error:
        flash(str(error), "danger")
        return _to(point)
    note("print poster", public_id, f"{form} {point.code.serial}")
    name = f"attachment; filename=ma-{point.code.serial}.pdf"
    return Response(pdf, mimetype="application/pdf", headers={"Content-Disposition": name})


def _poster(point: ServicePoint) -> Poster:
    if not point.is_open:
        raise PosterError(_("Quầy đã đóng nên không in mã. Bước tiếp theo: mở lại quầy."))
    base = public_address(current_app.config)
    return posters.of_code(point.code, _unit(point), base, period.today())


def address_of(point: ServicePoint) -> str:
    """Return the address printed on a counter's poster.

    Raises ConfigError where none can be, PosterError while no code is in force.
    """
    return posters.address_of(point.code, public_address(current_app.config))


def _point(public_id: str) -> ServicePoint:
    return points.get(session(), public_id, scope(), period.today())


def _unit(point: ServicePoint) -> Unit:
    return points.unit_on(session(), point, period.today())


def _history(point: ServicePoint) -> list[tuple[date, str]]:
    """Where a moved counter belonged, in order, each unit by its name of that day."""
    return [
        (link.valid_from, units.get(session(), link.unit_code, link.valid_from).name)
        for link in point.assignments
    ]


def _new_form() -> NewPointForm:
    form = NewPointForm()
    offer_units(form, unit_choices())
    return form


def _move_form(point: ServicePoint) -> MoveForm:
    form, own = MoveForm(), _unit(point).code
    offer_units(form, [choice for choice in unit_choices() if choice[0] != own])
    return form


def unit_choices() -> list[tuple[str, str]]:
    """Return (code, name) of the units the reader may see, in Vietnamese order."""
    return [(unit.code, unit.name) for unit in units.named(session(), scope(), period.today())]


def point_choices(offered: Iterable[ServicePoint]) -> Iterator[tuple[str, str]]:
    """Yield (public id, name) of counters that count, unit by unit; closed ones have a past."""
    today, names = period.today(), dict(unit_choices())
    place = {code: number for number, code in enumerate(names)}
    homes = [(points.unit_code_on(point, today), point) for point in offered if not point.is_test]
    for code, point in sorted(homes, key=lambda home: place[home[0]]):
        name = f"{names[code]} – {point.name}"
        yield point.public_id, name if point.is_open else _("%(name)s (đã đóng)", name=name)


def is_taken(field: Field, unit_code: str, name: str, but: ServicePoint | None = None) -> bool:
    """Say on a field that the unit has another open counter of this name."""
    taken = points.is_name_taken(session(), unit_code, name, period.today(), but=but)
    if taken:
        field.errors = [_("Đơn vị này đã có quầy đang mở mang tên đó. Xin chọn tên khác.")]
    return taken


def _to(point: ServicePoint) -> Response:
    return redirect(url_for(".show", public_id=point.public_id), 303)
