"""The citizen's sheet: handed out, sent in, stored once.

No cookie, no session, no script: everything needed travels in the signed sheet.
"""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as WebResponse

from forms.answer import AnswerForm, answer_form
from forms.questionnaire import parse
from survey import listening, period, scans, signs, tokens
from survey.access import public
from survey.db import session
from survey.i18n import translate as _
from survey.stencils import Stencil, gap
from survey.storage import points, questionnaires, responses, seen_nonces
from survey.storage.code_tokens import normal
from survey.storage.points import PointCode
from survey.storage.questionnaires import QuestionnaireVersion
from survey.storage.responses import Answer
from survey.storage.responses import Response as StoredAnswer
from survey.storage.seen_nonces import AlreadyReceived
from survey.tokens import Sheet
from survey.views.citizen import keep_what_was_sent, lang, page, printed, reading

INSTRUMENT, INVITATION = "mot-cua", "invitation"
# A code at a counter has 8 signs; mistyped, it may have one or two more.
LONGEST_TOKEN = 10
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
        if len(code) > LONGEST_TOKEN:  # of a slip, or meant to be one
            return redirect(url_for("slips.show", slip=code, lang=lang()))
        apart = 1 if reading() else None  # for `scans.count`; else it is the printed address
        return redirect(url_for(".show", token=code or "-", lang=lang(), typed=apart))
    return render_template("answer/enter.html", lang=lang())


@blueprint.get("/p/<token>")
@public
def show(token: str) -> Page:
    """Hand out a fresh sheet."""
    code = points.by_token(session(), token)
    scans.count(code)
    if ended_at(code):
        return _ended(code)
    trial = request.args.get("trial")
    if trial is not None and not tokens.is_trial(trial, code.token):
        return _trial_ended(code)
    channel = "qr" if trial is None else "test"
    version = questionnaires.current(session(), INSTRUMENT)
    sheet = new_sheet(code, version, channel)
    if sheet.is_trial or code.point.is_test:
        return filled_form(code, sheet, answer_form(parse(version.definition)))
    return blank_form(code, sheet, version)


@blueprint.get("/p/<token>/others")
@public
def others(token: str) -> Page:
    """Offer the other counters of the unit, for whom a code hangs in the wrong place."""
    code = points.by_token(session(), token)
    if ended_at(code):
        return _ended(code)
    beside = points.open_beside(session(), code.point, period.today())
    return page("answer/others.html", code, beside=beside)


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
    return receive(code, sheet)


class Unclaimed(Exception):
    """What an answer needs beside its sheet was refused; its transaction is to be rolled back."""


def receive(
    code: PointCode, sheet: Sheet, claim: Callable[[StoredAnswer], bool] | None = None
) -> Page:
    """Store what came with a sheet once and lead on; raise Unclaimed if `claim` refuses.

    `claim` is asked within the transaction of the answer.
    """
    form = bound_form(sheet)
    if problem := _problem(form):
        return filled_form(code, sheet, form, problem), 422
    answer = _answer(code, sheet, form)
    try:
        stored = responses.add(session(), code.point, answer, nonce=sheet.nonce)
    except AlreadyReceived as received:
        return _received_before(code, sheet, form, same=received.same)
    if claim is not None and not claim(stored):
        raise Unclaimed
    with signs.noting(session(), stored, answer, **_circumstances(sheet)):
        session().commit()
    return _to_thanks(code, sheet)


def ended_at(code: PointCode) -> datetime | None:
    """Return when a code stopped handing out sheets: revoked, or its point closed."""
    ends = [end for end in (code.revoked_at, code.point.closed_at) if end is not None]
    return min((end for end in ends if end <= period.now()), default=None)


def _was_open(code: PointCode, sheet: Sheet | None) -> bool:
    """Say whether the sheet was handed out before the end: its citizen was there."""
    end = ended_at(code)
    return end is None or (sheet is not None and sheet.opened_at < end)


def new_sheet(
    code: PointCode, version: QuestionnaireVersion, channel: str = "qr", *, slip: str | None = None
) -> Sheet:
    """Return a sheet for a counter, signed for its code or for that of a slip."""
    questionnaire = parse(version.definition)
    order = code.point.scale_order
    return tokens.new_sheet(
        code=slip or code.token,
        version=version.id,
        language=questionnaire.language(lang()),
        scale_order=random.choice(["official", "reversed"]) if order == "split" else order,  # noqa: S311 a coin, not a secret
        drawn=random.sample(questionnaire.drawable, questionnaire.draws),
        channel=channel,
    )


def bound_form(sheet: Sheet) -> AnswerForm:
    """Return the form of the version the sheet was issued for, also after an upgrade."""
    return answer_form(parse(questionnaires.get(session(), sheet.version).definition))


def filled_form(code: PointCode, sheet: Sheet, form: AnswerForm, problem: str | None = None) -> str:
    """Return a form with what was chosen on it, and what is wrong with it."""
    trial = request.args.get("trial") if sheet.is_trial else None
    return page("answer/form.html", code, problem=problem, trial=trial, **_paper(sheet, form))


def _paper(sheet: Sheet, form: AnswerForm) -> dict[str, Any]:
    questionnaire = form.questionnaire
    return {
        "sheet": sheet,
        "form": form,
        "questionnaire": questionnaire,
        "language": sheet.language,
        "wording": questionnaire.wordings[sheet.language],
        "heard": listening.addresses(session(), questionnaire, sheet.language, sheet.scale_order),
    }


def blank_form(code: PointCode, sheet: Sheet, version: QuestionnaireVersion) -> WebResponse:
    """Return an untouched form from the stencil that all counters share."""
    unit = points.unit_on(session(), code.point, period.today())
    values = {"unit": unit.name, "point": code.point.name}
    return printed(_stencil(sheet, version), values | {"token": code.token, "sheet": sheet.signed})


def _stencil(sheet: Sheet, version: QuestionnaireVersion) -> Stencil:
    """Return the stencil of a form as it is shown and read, cut on first use."""
    cut: dict[object, Stencil] = current_app.extensions["form_stencils"]
    questionnaire = parse(version.definition)
    shown = (sheet.language, sheet.scale_order)
    heard = listening.addresses(session(), questionnaire, *shown)
    key = (version.id, *shown, *reading().items(), *heard.items())
    if key not in cut:
        form = answer_form(questionnaire)
        places = {name: {"name": gap(name)} for name in ("unit", "point")}
        paper = _paper(replace(sheet, signed=gap("sheet")), form)
        values = places | paper | {"token": gap("token"), "trial": None, "heard": heard}
        cut[key] = Stencil(render_template("answer/form.html", **values))
    return cut[key]


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


def _circumstances(sheet: Sheet) -> dict[str, Any]:
    """Return what is looked at on arrival and never stored."""
    trap, address = request.form.get("again", ""), request.remote_addr or ""
    return {"first": sheet.first, "trap": trap, "address": address}


def _ask_again(code: PointCode, late: Sheet | None) -> Page:
    """Offer the same choices on a fresh sheet: this one is late, or not ours."""
    if late is not None:
        sheet, status = tokens.renew(late), 410
        problem = _(
            "Phiếu đã mở quá 3 ngày. Nếu Ông/Bà đã gửi rồi thì không cần gửi nữa. Nếu chưa, những "
            "gì Ông/Bà chọn vẫn còn, xin bấm gửi lần nữa."
        )
    else:
        sheet, status = new_sheet(code, questionnaires.current(session(), INSTRUMENT)), 400
        problem = _("Phiếu không còn dùng được. Những gì Ông/Bà chọn vẫn còn, xin bấm gửi lần nữa.")
    return filled_form(code, sheet, bound_form(sheet), problem), status


def _received_before(code: PointCode, sheet: Sheet, form: AnswerForm, *, same: bool) -> Page:
    if same:
        return _to_thanks(code, sheet)
    first = _thanks_address(code, sheet)
    values = {"first": first, "fields": sent_again(sheet, form), "is_trial": sheet.is_trial}
    return page("answer/conflict.html", code, **values), 409


def sent_again(sheet: Sheet, form: AnswerForm) -> dict[str, str]:
    """Return the fields of a form on a fresh sheet of the code at the counter.

    Whatever the first was: only its own claim makes an answer one of an invitation.
    """
    is_slip = sheet.channel == INVITATION
    fresh = tokens.renew(replace(sheet, channel="qr") if is_slip else sheet)
    return form.sent | {"sheet": fresh.signed}


def _to_thanks(code: PointCode, sheet: Sheet) -> WebResponse:
    """Lead to the thank-you; the script of the form asks for no more than its address."""
    address = _thanks_address(code, sheet)
    if request.accept_mimetypes.best == "text/plain":
        return Response(address, mimetype="text/plain")
    return redirect(address, 303)


def _thanks_address(code: PointCode, sheet: Sheet) -> str:
    signed = sheet.thanks.signed
    return url_for("thanks.show", token=code.token, signed=signed, lang=lang())


def _ended(code: PointCode) -> Page:
    if code.point.closed_at:
        title = _("Quầy này không còn nhận phiếu")
        advice = _("Xin hỏi cán bộ để quét mã của quầy đang phục vụ, hoặc gõ mã của quầy đó.")
    elif code.point.code.is_in_force:
        title = _("Mã này đã được thay bằng mã mới")
        advice = _("Xin quét mã mới đặt tại quầy, hoặc gõ 8 ký tự cuối của địa chỉ mới.")
    else:
        title = _("Mã này đã bị thu hồi")
        advice = _("Xin hỏi cán bộ để lấy phiếu giấy hoặc quét mã mới.")
    values = {"title": title, "advice": advice, "is_revoked": code.revoked_at is not None}
    return page("answer/closed.html", code, **values), 410


def _trial_ended(code: PointCode) -> Page:
    """Neither a trial nor, without a word, a real sheet: who scanned it meant to try."""
    title = _("Mã quét thử này đã hết hạn")
    advice = _("Xin tải lại trang của cán bộ và quét mã mới. Để gửi phiếu thật, xin gõ mã ở quầy.")
    return page("answer/closed.html", code, title=title, advice=advice), 410
