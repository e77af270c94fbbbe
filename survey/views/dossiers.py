"""The manager's page about results handed over: try a file out, then count it."""

from collections.abc import Sequence

from flask import Blueprint, current_app, render_template, request
from werkzeug.exceptions import RequestEntityTooLarge

from forms.dossiers import DossiersForm, offer_points
from survey import dossiers, errors, period
from survey.access import note, roles, scope
from survey.db import session
from survey.dossiers import Plan, Source
from survey.i18n import translate as _
from survey.reasons import WrongFile
from survey.storage import denominators, imports
from survey.storage.points import ServicePoint
from survey.storage.users import INDEX_ADMIN, MANAGER
from survey.views.points import point_choices

MEGABYTE = 1024 * 1024
Page = str | tuple[str, int]

blueprint = Blueprint("dossiers", __name__, url_prefix="/dossiers")


@blueprint.url_value_preprocessor
def _let_files_in(_endpoint: str | None, _values: dict[str, str] | None) -> None:
    """Let this page take a file, before the check of its CSRF token reads the body."""
    if request.mimetype == "multipart/form-data":
        request.max_content_length = current_app.config["UPLOAD_LENGTH"]


@blueprint.errorhandler(RequestEntityTooLarge)
def _too_large(_error: RequestEntityTooLarge) -> Page:
    most = current_app.config["UPLOAD_LENGTH"] // MEGABYTE
    advice = _(
        "Chưa nhập số nào: trang này nhận tệp đến %(most)s MB. Xin chia nhỏ tệp theo tháng, hoặc "
        "nhờ người quản trị máy chủ chạy lệnh: flask dossiers import TỆP",
        most=most,
    )
    return errors.page(413, _("Tệp quá lớn"), advice)


@blueprint.get("")
@roles(MANAGER, INDEX_ADMIN)
def show() -> str:
    """Ask for a file; show what is known month by month."""
    return _page(_form(_points()))


@blueprint.post("")
@roles(MANAGER, INDEX_ADMIN)
def create() -> Page:
    """Check a file; store its counts when asked to and nothing is wrong with it."""
    offered = _points()
    form = _form(offered)
    if not form.validate():
        return _page(form), 422
    try:
        plan = _plan(form, offered)
        stored = form.submit.data and plan.may_be_stored
        if stored:
            dossiers.store(session(), plan, period.today())
            note("import dossiers", form.file.data.filename or "", dossiers.summary(plan))
            session().commit()
    except WrongFile as error:
        return _page(form, wrong=error), 422
    wrong = plan.counted.n_refused or plan.is_held
    return _page(form, plan=plan, stored=stored), 422 if wrong else 200


def _plan(form: DossiersForm, offered: Sequence[ServicePoint]) -> Plan:
    file, mapping, chosen = form.file.data, form.mapping.data, form.point.data
    source = Source(
        file=file.stream,
        name=file.filename,
        mapping=mapping.read() if mapping else None,
        point=next((point for point in offered if point.public_id == chosen), None),
        points=offered,
    )
    opened = dossiers.prepare(source, period.today())
    session().commit()  # nobody's answer waits while the file is read
    return dossiers.plan(session(), opened, opened.table.rows, replace=form.replace.data)


def _points() -> Sequence[ServicePoint]:
    return imports.open_to(session(), scope(), period.today())


def _form(offered: Sequence[ServicePoint]) -> DossiersForm:
    form = DossiersForm()
    offer_points(form, point_choices(offered))
    return form


def _page(
    form: DossiersForm,
    *,
    plan: Plan | None = None,
    wrong: WrongFile | None = None,
    stored: bool = False,
) -> str:
    return render_template(
        "dossiers/show.html",
        form=form,
        plan=plan,
        wrong=wrong,
        stored=stored,
        months=denominators.by_month(session(), scope()),
    )
