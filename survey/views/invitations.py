"""The page that issues one-time codes: for a number of results, or for a list of them."""

import tempfile
import threading
from collections.abc import Sequence
from typing import BinaryIO, cast

from flask import (
    Blueprint,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from sqlalchemy.exc import NoResultFound
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from forms.invitations import InvitationsForm, offer_points
from forms.manage import ConfirmForm
from survey import errors, i18n, invitations, period
from survey.access import note, roles, scope
from survey.config import ConfigError, public_address
from survey.db import session
from survey.i18n import translate as _
from survey.invitations import IN_A_PDF, WRITERS, Plan, Print
from survey.posters import PosterError
from survey.reasons import Reason, WrongFile
from survey.storage import imports, units
from survey.storage import invitations as rows
from survey.storage.points import ServicePoint
from survey.views.points import point_choices

MEGABYTE = 1024 * 1024
Page = str | Response | tuple[str, int]
# Thousands of slips take a processor for seconds: one at a time, and citizens before it.
_press = threading.Lock()

blueprint = Blueprint("invitations", __name__, url_prefix="/invitations")


@blueprint.url_value_preprocessor
def _let_files_in(_endpoint: str | None, _values: dict[str, str] | None) -> None:
    """Let this page take a file, before the check of its CSRF token reads the body."""
    if request.mimetype == "multipart/form-data":
        request.max_content_length = current_app.config["UPLOAD_LENGTH"]


@blueprint.errorhandler(RequestEntityTooLarge)
def _too_large(_error: RequestEntityTooLarge) -> Page:
    most = current_app.config["UPLOAD_LENGTH"] // MEGABYTE
    advice = _(
        "Chưa cấp mã nào: trang này nhận tệp đến %(most)s MB. Xin chia nhỏ danh sách.", most=most
    )
    return errors.page(413, _("Tệp quá lớn"), advice)


@blueprint.get("")
@roles("clerk")
def show() -> str:
    """Ask for how many, or for which list; show what was issued and can still be used."""
    return _page(_form(_points()))


@blueprint.post("")
@roles("clerk")
def create() -> Page:
    """Check; issue the codes and hand their file over when asked to and nothing is wrong."""
    offered = _points()
    form = _form(offered)
    if not form.validate():
        return _page(form), 422
    try:
        plan = _plan(form, offered)
        if not form.submit.data or plan.n_refused or not plan.drafts:
            return _page(form, plan=plan), 422 if plan.n_refused else 200
        return _issue(form.form.data, plan)
    except WrongFile as error:
        return _page(form, wrong=error), 422
    except (ConfigError, PosterError) as error:
        flash(str(error), "danger")
        return redirect(url_for(".show"), 303)


@blueprint.post("/<int:number>/discard")
@roles("clerk")
def discard(number: int) -> Response:
    """Take the codes of an issue out of use: its file was lost, or is to be made anew."""
    if number not in {issue.id for issue, _ends in rows.issues(session(), scope())}:
        raise NoResultFound(f"no issue {number} in the user's subtree")
    n = rows.discard(session(), number)
    note("discard invitations", str(number), f"{n} codes")
    session().commit()
    said = _("Đã hủy %(n)s mã. Các hồ sơ của lần cấp này có thể được cấp mã lại.", n=i18n.number(n))
    flash(said, "success")
    return redirect(url_for(".show"), 303)


def _plan(form: InvitationsForm, offered: Sequence[ServicePoint]) -> Plan:
    chosen = next((one for one in offered if one.public_id == form.point.data), None)
    if form.n.data and chosen is not None:
        return invitations.by_number(chosen, form.n.data, period.now())
    file, mapping = form.file.data, form.mapping.data
    said = mapping.read() if mapping else None
    found = invitations.opened(file.stream, file.filename, said, chosen, offered)
    session().commit()  # nobody's answer waits while the file is read
    return invitations.by_list(session(), found, found.table.rows, file.filename)


def _issue(form: str, plan: Plan) -> Page:
    if form == "pdf" and len(plan.drafts) > IN_A_PDF:
        raise WrongFile(Reason("long_pdf", {"n": len(plan.drafts), "most": IN_A_PDF}))
    made = Print(drafts=plan.drafts, base=public_address(current_app.config), units=_units(plan))
    session().close()  # nobody's answer waits for a printer
    whole = _printed(form, made)
    try:
        number = invitations.store(session(), plan.drafts, period.now()).id
        note("issue invitations", str(number), f"{len(plan.drafts)} codes, {_where(plan)}")
        session().commit()
    except BaseException:
        whole.close()
        raise
    return send_file(whole, as_attachment=True, download_name=f"phieu-moi-{number}.{form}")


def _printed(form: str, made: Print) -> BinaryIO:
    """Return the file of the codes, to be read from its beginning."""
    if not _press.acquire(blocking=False):
        raise PosterError(
            _("Đang in một bộ phiếu khác. Chưa cấp mã nào. Xin thử lại sau một phút.")
        )
    whole = tempfile.TemporaryFile()  # noqa: SIM115 the response closes it
    try:
        WRITERS[form](whole, made)
        whole.seek(0)
    except BaseException:
        whole.close()
        raise
    finally:
        _press.release()
    return cast(BinaryIO, whole)


def _where(plan: Plan) -> str:
    places = {draft.point.public_id for draft in plan.drafts}
    return next(iter(places)) if len(places) == 1 else f"{len(places)} points"


def _units(plan: Plan) -> dict[str, str]:
    codes = {draft.unit_code for draft in plan.drafts}
    return {code: units.latest(session(), code, period.today()).name for code in codes}


def _points() -> Sequence[ServicePoint]:
    """Return the open counters of the subtree that count."""
    found = imports.open_to(session(), scope(), period.today())
    return [point for point in found if point.is_open and not point.is_test]


def _form(offered: Sequence[ServicePoint]) -> InvitationsForm:
    form = InvitationsForm()
    offer_points(form, point_choices(offered))
    return form


def _page(
    form: InvitationsForm, *, plan: Plan | None = None, wrong: WrongFile | None = None
) -> str:
    return render_template(
        "invitations/show.html",
        form=form,
        plan=plan,
        wrong=wrong,
        issues=rows.issues(session(), scope()),
        confirm=ConfirmForm(formdata=None),
    )
