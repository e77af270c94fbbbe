"""Answers that staff type in: a sheet of paper, or what a person said on the telephone.

Who has no smartphone counts too. Each is labelled with how it came, stands in its own stream
beside the open code, and is taken back with its receipt like any other.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from forms.answer import bound_form
from forms.entry import PAPER, EntryForm
from forms.questionnaire import parse
from survey import i18n, period, posters, tokens
from survey.access import note, roles, scope
from survey.db import session
from survey.i18n import translate as _
from survey.posters import PosterError
from survey.storage import closes, imports, points, questionnaires, responses, seen_nonces
from survey.storage.points import ServicePoint
from survey.storage.responses import Answer
from survey.storage.seen_nonces import AlreadyReceived
from survey.storage.units import Unit
from survey.tokens import Sheet
from survey.views.answer import INSTRUMENT
from survey.views.points import point_choices

Page = str | Response | tuple[str, int]

blueprint = Blueprint("entries", __name__, url_prefix="/entries")


@blueprint.get("")
@roles("clerk")
def choose() -> Page:
    """Ask for which counter, or lead to the one that was chosen, or to the only one."""
    offered = [*point_choices(_offered())]
    chosen = request.args.get("point") or (offered[0][0] if len(offered) == 1 else None)
    if chosen:
        return redirect(url_for(".show", public_id=chosen))
    return render_template("entries/choose.html", choices=offered)


@blueprint.get("/<public_id>")
@roles("clerk")
def show(public_id: str) -> Page:
    """Show an empty sheet; the day and the way of the one before stay chosen."""
    point = _point(public_id)
    channel, on = request.args.get("channel", PAPER), period.today()
    with suppress(ValueError):
        on = date.fromisoformat(request.args.get("on", ""))
    sheet = _new_sheet(point)
    return _page(point, sheet, _form(sheet, channel=channel, on=on))


@blueprint.post("/<public_id>")
@roles("clerk")
def create(public_id: str) -> Page:
    """Store a sheet once and offer the next."""
    point = _point(public_id)
    sheet = tokens.read_sheet(request.form.get("sheet", ""), point.public_id)
    if sheet is None or (sheet.is_late and not seen_nonces.is_seen(session(), sheet.nonce)):
        return _again(point, _new_sheet(point), _("Trang đã mở quá lâu. Xin bấm lưu lần nữa."), 410)
    form = _form(sheet)
    if problem := _problem(point, form):
        return _page(point, sheet, form, problem), 422
    try:
        responses.add(session(), point, _answer(sheet, form), nonce=sheet.nonce)
    except AlreadyReceived as received:
        if not received.same:
            problem = _(
                "Phiếu này đã lưu với lựa chọn khác. Nếu là phiếu mới, xin bấm lưu lần nữa."
            )
            return _again(point, tokens.renew(sheet), problem, 409)
    else:
        note("type in answer", point.public_id, f"{form.channel.data} {form.on.data}")
        session().commit()
    flash(_("Đã lưu phiếu, mã biên nhận %(code)s.", code=sheet.thanks.spelt), "success")
    chosen = {"channel": form.channel.data, "on": form.on.data.isoformat()}
    return redirect(url_for(".show", public_id=public_id, **chosen), 303)


@blueprint.get("/<public_id>/paper.pdf")
@roles("clerk")
def sheet(public_id: str) -> Response:
    """Hand over the form to be copied and laid out at a counter."""
    point = _point(public_id)
    questionnaire = parse(questionnaires.current(session(), INSTRUMENT).definition)
    try:
        pdf = posters.paper_form(_unit(point).name, point.name, questionnaire)
    except PosterError as error:
        flash(str(error), "danger")
        return redirect(url_for(".show", public_id=public_id), 303)
    name = f"attachment; filename=phieu-giay-{public_id}.pdf"
    return Response(pdf, mimetype="application/pdf", headers={"Content-Disposition": name})


def _problem(point: ServicePoint, form: EntryForm) -> str | None:
    """Say what is wrong with a sheet; beside the day, what is wrong with it."""
    if form.validate() and (wrong := _wrong_day(point, form.on.data)):
        form.on.errors = [wrong]
    if form.errors:
        return _("Chưa lưu được: có ô chưa đúng. Xin xem lại.")
    if form.is_blank:
        return _("Chưa lưu được: phiếu chưa có mức hài lòng nào. Phiếu trắng thì không cần nhập.")
    return None


def _wrong_day(point: ServicePoint, on: date) -> str | None:
    today, month = period.today(), period.containing(on)
    if on > today:
        return _("Ngày này chưa tới. Xin ghi lại.")
    if on < point.assignments[0].valid_from:
        return _("Ngày này quầy chưa mở. Xin ghi lại.")
    if points.unit_code_on(point, on) not in scope():
        return _("Ngày này quầy thuộc một đơn vị khác. Xin gửi phiếu cho đơn vị ấy nhập.")
    if closes.is_closed(month, closes.last(session(), today)):
        title = i18n.titled(month)
        return _("%(month)s đã chốt, không nhận thêm phiếu của ngày này.", month=title)
    return None


def _answer(sheet: Sheet, form: EntryForm) -> Answer:
    return Answer(
        questionnaire=questionnaires.get(session(), sheet.version),
        code_id=None,
        levels=form.answers,
        visit=form.visit_chosen,
        channel=form.channel.data,
        language=sheet.language,
        scale_order=sheet.scale_order,
        drawn=sheet.drawn,
        business_day=form.on.data,
        seconds=0,  # unknown: it was not answered here
        receipt_digest=tokens.receipt_digest(sheet.thanks.receipt, "response"),
        nonce_expires_at=tokens.nonce_expires_at(sheet.issued_at),
    )


def _new_sheet(point: ServicePoint) -> Sheet:
    """Return a sheet in the language and order of the paper, signed for the counter."""
    return tokens.new_sheet(
        code=point.public_id,
        version=questionnaires.current(session(), INSTRUMENT).id,
        language="vi",
        scale_order="official",
        drawn=(),
        channel=PAPER,
    )


def _form(sheet: Sheet, **given: object) -> EntryForm:
    definition = questionnaires.get(session(), sheet.version).definition
    return bound_form(EntryForm, parse(definition), **given)


def _again(point: ServicePoint, fresh: Sheet, problem: str, status: int) -> Page:
    """Offer the same choices on a fresh sheet."""
    return _page(point, fresh, _form(fresh), problem), status


def _page(point: ServicePoint, sheet: Sheet, form: EntryForm, problem: str | None = None) -> str:
    return render_template(
        "entries/show.html",
        point=point,
        unit=_unit(point),
        sheet=sheet,
        form=form,
        wording=form.questionnaire.wordings[form.questionnaire.language(i18n.language())],
        problem=problem,
        several=len(_offered()) > 1,
    )


def _point(public_id: str) -> ServicePoint:
    return points.get(session(), public_id, scope(), period.today())


def _unit(point: ServicePoint) -> Unit:
    return points.unit_on(session(), point, period.today())


def _offered() -> Sequence[ServicePoint]:
    """Return the counters of the user's units; a closed one may have left sheets to type in."""
    return imports.open_to(session(), scope(), period.today())
