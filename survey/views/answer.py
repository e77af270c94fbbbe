"""The citizen's sheet: handed out, sent in, stored once.

No cookie, no session, no script: everything needed travels in the signed sheet.
"""

import random
from datetime import datetime

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as WebResponse

from forms.answer import AnswerForm, answer_form
from forms.questionnaire import parse
from survey import period, tokens
from survey.access import public
from survey.db import session
from survey.i18n import translate as _
from survey.storage import points, questionnaires, responses, seen_nonces
from survey.storage.code_tokens import normal
from survey.storage.points import PointCode
from survey.storage.questionnaires import QuestionnaireVersion
from survey.storage.responses import Answer
from survey.storage.seen_nonces import AlreadyReceived
from survey.tokens import Sheet
from survey.views.citizen import keep_what_was_sent, lang, page

INSTRUMENT = "mot-cua"
Page = str | tuple[str, int] | WebResponse

blueprint = Blueprint("answer", __name__)
keep_what_was_sent(blueprint)


@blueprint.get("/")
@public
def find() -> Page:
    """Ask for the code a person reads off the poster, and lead to its form."""
    typed = request.args.get("code", "").partition("?")[0].strip("/ ")
    if typed:
        code = normal(typed.rpartition("/")[2])  # or the whole address of the poster
        return redirect(url_for(".show", token=code or "-", lang=lang()))
    return render_template("answer/enter.html", lang=lang())


@blueprint.get("/p/<token>")
@public
def show(token: str) -> Page:
    """Hand out a fresh sheet."""
    code = points.by_token(session(), token)
    if ended_at(code):
        return _ended(code)
    trial = request.args.get("trial")
    if trial is not None and not tokens.is_trial(trial, code.token):
        return _trial_ended(code)
    channel = "qr" if trial is None else "test"
    sheet = _new_sheet(code, questionnaires.current(session(), INSTRUMENT), channel)
    return _form(code, sheet, _bound_form(sheet))


@blueprint.post("/p/<token>")
@public
def submit(token: str) -> Page:
    """Store an answer once, whoever sends it and however often."""
    # The body first: on SQLite the first query takes the write lock, and a phone may be slow.
    sheet = tokens.read_sheet(request.form.get("sheet", ""), normal(token))
    code = points.by_token(session(), token)
    if not _was_open(code, sheet):
        return _ended(code)
    if sheet is None or (sheet.is_late and not seen_nonces.is_seen(session(), sheet.nonce)):
        return _ask_again(code, sheet)
    form = _bound_form(sheet)
    if problem := _problem(form):
        return _form(code, sheet, form, problem), 422
    try:
        responses.add(session(), code.point, _answer(code, sheet, form), nonce=sheet.nonce)
    except AlreadyReceived as received:
        return _received_before(code, sheet, form, same=received.same)
    session().commit()
    return redirect(_thanks_address(code, sheet), 303)


def ended_at(code: PointCode) -> datetime | None:
    """Return when a code stopped handing out sheets: revoked, or its point closed."""
    ends = [end for end in (code.revoked_at, code.point.closed_at) if end is not None]
    return min(ends, default=None)


def _was_open(code: PointCode, sheet: Sheet | None) -> bool:
    """Say whether the sheet was handed out before the end: its citizen was there."""
    end = ended_at(code)
    return end is None or (sheet is not None and sheet.opened_at < end)


def _new_sheet(code: PointCode, version: QuestionnaireVersion, channel: str = "qr") -> Sheet:
    questionnaire = parse(version.definition)
    order = code.point.scale_order
    return tokens.new_sheet(
        code=code.token,
        version=version.id,
        language=questionnaire.language(lang()),
        scale_order=random.choice(["official", "reversed"]) if order == "split" else order,  # noqa: S311 a coin, not a secret
        drawn=random.sample(questionnaire.drawable, questionnaire.draws),
        channel=channel,
    )


def _bound_form(sheet: Sheet) -> AnswerForm:
    """Return the form of the version the sheet was issued for, also after an upgrade."""
    return answer_form(parse(questionnaires.get(session(), sheet.version).definition))


def _form(code: PointCode, sheet: Sheet, form: AnswerForm, problem: str | None = None) -> str:
    questionnaire = form.questionnaire
    return page(
        "answer/form.html",
        code,
        sheet=sheet,
        trial=request.args.get("trial") if sheet.is_trial else None,
        form=form,
        problem=problem,
        questionnaire=questionnaire,
        language=sheet.language,
        wording=questionnaire.wordings[sheet.language],
    )


def _problem(form: AnswerForm) -> str | None:
    if not form.validate():
        return _("Có câu trả lời không hợp lệ. Xin xem lại rồi gửi lại.")
    if form.is_blank:
        return _("Ông/Bà chưa chọn mức hài lòng nào. Xin chọn ít nhất một câu rồi gửi.")
    return None


def _answer(code: PointCode, sheet: Sheet, form: AnswerForm) -> Answer:
    now = period.now()
    return Answer(
        questionnaire=questionnaires.get(session(), sheet.version),
        code_id=code.id,
        levels=form.answers,
        visit=form.visit_chosen,
        channel=sheet.channel,
        language=sheet.language,
        scale_order=sheet.scale_order,
        drawn=sheet.drawn,
        business_day=period.business_day(now),
        seconds=(now - sheet.opened_at).total_seconds(),
        receipt_digest=tokens.receipt_digest(sheet.thanks.receipt, "response"),
        nonce_expires_at=tokens.nonce_expires_at(sheet.issued_at),
    )


def _ask_again(code: PointCode, late: Sheet | None) -> Page:
    """Offer the same choices on a fresh sheet: this one is late, or not ours."""
    if late is not None:
        sheet, status = tokens.renew(late), 410
        problem = _("Phiếu đã mở quá 3 ngày. Những gì Ông/Bà chọn vẫn còn, xin bấm gửi lần nữa.")
    else:
        sheet, status = _new_sheet(code, questionnaires.current(session(), INSTRUMENT)), 400
        problem = _("Phiếu không còn dùng được. Những gì Ông/Bà chọn vẫn còn, xin bấm gửi lần nữa.")
    return _form(code, sheet, _bound_form(sheet), problem), status


def _received_before(code: PointCode, sheet: Sheet, form: AnswerForm, *, same: bool) -> Page:
    first = _thanks_address(code, sheet)
    if same:
        return redirect(first, 303)
    fields = form.sent | {"sheet": tokens.renew(sheet).signed}
    values = {"first": first, "fields": fields, "is_trial": sheet.is_trial}
    return page("answer/conflict.html", code, **values), 409


def _thanks_address(code: PointCode, sheet: Sheet) -> str:
    signed = sheet.thanks.signed
    return url_for("thanks.show", token=code.token, signed=signed, lang=lang())


def _ended(code: PointCode) -> Page:
    if code.point.closed_at:
        title = _("Quầy này không còn nhận phiếu")
        advice = _("Xin hỏi cán bộ để quét mã của quầy đang phục vụ, hoặc gõ mã của quầy đó.")
    else:
        title = _("Mã này đã được thay bằng mã mới")
        advice = _("Xin quét mã mới đặt tại quầy, hoặc gõ 8 ký tự cuối của địa chỉ mới.")
    return page("answer/closed.html", code, title=title, advice=advice), 410


def _trial_ended(code: PointCode) -> Page:
    """Neither a trial nor, without a word, a real sheet: who scanned it meant to try."""
    title = _("Mã quét thử này đã hết hạn")
    advice = _("Xin tải lại trang của cán bộ và quét mã mới. Để gửi phiếu thật, xin gõ mã ở quầy.")
    return page("answer/closed.html", code, title=title, advice=advice), 410
