"""The manager's page about answers people already have: try a file out, then take it in."""

from collections.abc import Sequence

from flask import Blueprint, current_app, render_template, request
from werkzeug.exceptions import RequestEntityTooLarge

from forms.intake import IntakeForm, offer_points
from survey import errors, intake, period
from survey.access import note, roles, scope
from survey.answers_file.rows import check
from survey.db import session
from survey.i18n import translate as _
from survey.intake import Plan, Source
from survey.reasons import WrongFile
from survey.storage import imports
from survey.storage.points import ServicePoint
from survey.views.points import point_choices

MEGABYTE = 1024 * 1024
Page = str | tuple[str, int]

blueprint = Blueprint("imports", __name__, url_prefix="/imports")


@blueprint.url_value_preprocessor
def _let_files_in(_endpoint: str | None, _values: dict[str, str] | None) -> None:
    """Let this page take a file, before the check of its CSRF token reads the body."""
    if request.mimetype == "multipart/form-data":
        request.max_content_length = current_app.config["UPLOAD_LENGTH"]


@blueprint.errorhandler(RequestEntityTooLarge)
def _too_large(_error: RequestEntityTooLarge) -> Page:
    most = current_app.config["UPLOAD_LENGTH"] // MEGABYTE
    advice = _(
        "Chưa nhập phiếu nào: trang này nhận tệp đến %(most)s MB. Xin chia nhỏ tệp, hoặc nhờ người "
        "quản trị máy chủ chạy lệnh: flask responses import TỆP --point MÃ-QUẦY",
        most=most,
    )
    return errors.page(413, _("Tệp quá lớn"), advice)


@blueprint.get("/new")
@roles("manager")
def new() -> str:
    """Ask for a file."""
    return _page(_form(_points()))


@blueprint.post("/new")
@roles("manager")
def create() -> Page:
    """Check a file; take its answers in when asked to and nothing is wrong with it."""
    offered = _points()
    form = _form(offered)
    if not form.validate():
        return _page(form), 422
    try:
        plan = _plan(form, offered)
        if form.submit.data and plan.n_accepted and not plan.n_refused:
            note("import answers", form.file.data.filename or "", f"{plan.n_accepted} answers")
            intake.write(session(), plan, plan.chunks, period.today())
    except WrongFile as error:
        return _page(form, wrong=error), 422
    return _page(form, plan=plan), 422 if plan.n_refused else 200


def _plan(form: IntakeForm, offered: Sequence[ServicePoint]) -> Plan:
    file, mapping, chosen = form.file.data, form.mapping.data, form.point.data
    source = Source(
        file=file.stream,
        name=file.filename,
        mapping=mapping.read() if mapping else None,
        point=next((point for point in offered if point.public_id == chosen), None),
        points=offered,
    )
    opened = intake.prepare(session(), source, period.today())
    session().commit()  # nobody's answer waits while the file is read
    return intake.plan(opened, check(opened.table.rows, opened.reader), source.name)


def _points() -> Sequence[ServicePoint]:
    return imports.open_to(session(), scope(), period.today())


def _form(offered: Sequence[ServicePoint]) -> IntakeForm:
    form = IntakeForm()
    offer_points(form, point_choices(offered))
    return form


def _page(form: IntakeForm, *, plan: Plan | None = None, wrong: WrongFile | None = None) -> str:
    return render_template(
        "imports/new.html",
        form=form,
        plan=plan,
        wrong=wrong,
        stored=plan is not None and form.submit.data and plan.n_accepted and not plan.n_refused,
    )
