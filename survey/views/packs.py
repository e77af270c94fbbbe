"""Posters for every counter of a unit and of everything below it, in one file."""

import threading
from io import BytesIO

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from forms.codes import PackForm, offer_languages
from forms.manage import offer_units
from survey import period, posters
from survey.access import note, roles, unit_in_scope
from survey.config import ConfigError, public_address
from survey.db import session
from survey.i18n import translate as _
from survey.posters import Poster, PosterError
from survey.storage import point_codes, units
from survey.storage.units import Unit
from survey.views.points import unit_choices

Page = str | Response | tuple[str, int]
# A province takes a processor for seconds and 300 MB: one at a time, and citizens before it.
_press = threading.Lock()
MEDIA_TYPES = {"pdf": "application/pdf", "zip": "application/zip"}

blueprint = Blueprint("packs", __name__, url_prefix="/posters")


@blueprint.get("")
@roles("manager")
def choose() -> str:
    """Ask whose posters, and how they are to be printed."""
    return render_template("codes/pack.html", form=_form())


@blueprint.get("/file")
@roles("manager")
def download() -> Page:
    """Hand over the pack when it is whole."""
    form = _form()
    if not form.validate():
        return render_template("codes/pack.html", form=form), 422
    unit = unit_in_scope(form.unit.data)
    if not _press.acquire(blocking=False):
        return _back(_("Đang in một bộ mã khác. Xin thử lại sau một phút."))
    try:
        return _pack(unit, form)
    except (ConfigError, PosterError) as error:
        return _back(str(error))
    finally:
        _press.release()


def of_unit(unit: Unit) -> list[Poster]:
    """Return the posters of a unit and of everything below it, as printed today."""
    today, base = period.today(), public_address(current_app.config)
    codes = units.subtree(session(), unit.code, today)
    found = point_codes.in_force(session(), codes, today)
    return [posters.of_code(code, owner, base, today) for code, owner in found]


def _pack(unit: Unit, form: PackForm) -> Response:
    made = of_unit(unit)
    session().close()  # nothing in the database waits for a printer
    if not made:
        return _back(_("Đơn vị này chưa có quầy nào đang mở và có mã để in."))
    file = BytesIO()
    write = posters.WRITERS[form.file.data]
    write(file, made, form.form.data, form.language.data or None)
    note("print posters", unit.code, f"{form.form.data} {len(made)}")
    name = f"attachment; filename=ma-{unit.code}-{form.form.data}.{form.file.data}"
    headers = {"Content-Disposition": name}
    return Response(file.getvalue(), mimetype=MEDIA_TYPES[form.file.data], headers=headers)


def _form() -> PackForm:
    form = PackForm(request.args or None)
    offer_units(form, unit_choices())
    offer_languages(form, posters.languages())
    return form


def _back(problem: str) -> Response:
    flash(problem, "danger")
    return redirect(url_for(".choose"), 303)
