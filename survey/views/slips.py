"""The citizen's form behind a one-time code.

Whether a code was used is told to nobody who only looks: an official keeps the codes he
printed, and must not see who has answered. Sending tells it, and offers the open form instead.
"""

from dataclasses import replace
from datetime import datetime

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from survey import invitations, period, tokens
from survey.access import public
from survey.db import session
from survey.i18n import translate as _
from survey.storage import invitations as rows
from survey.storage import questionnaires, seen_nonces
from survey.storage.invitations import Invitation
from survey.storage.points import PointCode
from survey.tokens import Sheet
from survey.views.answer import (
    INSTRUMENT,
    INVITATION,
    Unclaimed,
    blank_form,
    bound_form,
    filled_form,
    new_sheet,
    receive,
    sent_again,
)
from survey.views.citizen import keep_what_was_sent, lang, page

LONGEST_TYPED = 40
Page = str | tuple[str, int] | Response

blueprint = Blueprint("slips", __name__, url_prefix="/m/<slip>")
keep_what_was_sent(blueprint)


@blueprint.get("")
@public
def show(slip: str) -> Page:
    """Hand out a fresh sheet, also of a code that was used."""
    code = invitations.read(slip)
    if code is None:
        return _unknown(slip)
    found = rows.by_digest(session(), invitations.digest(code))
    if found is None or _ended(found, period.now()):
        return _over(found)
    version = questionnaires.current(session(), INSTRUMENT)
    sheet = new_sheet(found.point.code, version, INVITATION, slip=code)
    return blank_form(found.point.code, sheet, version)


@blueprint.post("")
@public
def submit(slip: str) -> Page:
    """Store an answer and use the code up, both or neither."""
    code, signed = invitations.read(slip), request.form.get("sheet", "")
    if code is None:
        return _unknown(slip)
    sheet = tokens.read_sheet(signed, code)
    found = rows.by_digest(session(), invitations.digest(code))
    if found is None or _ended(found, sheet.opened_at if sheet else period.now()):
        return _over(found)
    if sheet is None:
        return _ask_again(found, code)
    # From here on it is a sheet of the counter: so are its thank-you and its second forms.
    sheet, at = replace(sheet, code=found.point.code.token), found.point.code
    if sheet.is_late and not seen_nonces.is_seen(session(), sheet.nonce):
        return _over(found, sheet)
    try:
        return receive(at, sheet, lambda stored: rows.use(session(), found.digest, stored))
    except Unclaimed:
        session().rollback()
        return _used(at, sheet)


def _ended(found: Invitation, at: datetime) -> bool:
    return found.ends_at <= at


def _ask_again(found: Invitation, code: str) -> Page:
    """Offer the same choices on a fresh sheet: this one is not ours."""
    version = questionnaires.current(session(), INSTRUMENT)
    sheet = new_sheet(found.point.code, version, INVITATION, slip=code)
    problem = _("Phiếu không còn dùng được. Những gì Ông/Bà chọn vẫn còn, xin bấm gửi lần nữa.")
    return filled_form(found.point.code, sheet, bound_form(sheet), problem), 400


def _used(code: PointCode, sheet: Sheet) -> Page:
    title = _("Mã này đã được dùng")
    advice = _(
        "Mỗi mã chỉ gửi được một phiếu. Nếu Ông/Bà đã gửi rồi thì không cần gửi nữa. Nếu chưa, "
        "xin gửi phiếu này như người quét mã ở quầy: những gì Ông/Bà chọn vẫn còn."
    )
    return _refused(code, title, advice, sheet), 409


def _over(found: Invitation | None, sheet: Sheet | None = None) -> Page:
    title = _("Mã này đã hết hạn")
    if found is None:
        advice = _("Mã dùng được 72 giờ kể từ khi nhận kết quả. Xin quét mã QR ở quầy.")
        return render_template("answer/slip.html", title=title, advice=advice, lang=lang()), 410
    advice = _(
        "Mã dùng được 72 giờ kể từ khi nhận kết quả. Ông/Bà vẫn trả lời được như người quét mã "
        "ở quầy."
    )
    return _refused(found.point.code, title, advice, sheet), 410


def _unknown(slip: str) -> Page:
    if invitations.is_mistyped(slip):
        title = _("Mã gõ nhầm")
        advice = _("Mã có 12 chữ và số, không có chữ i, l, o và số 0, 1. Xin xem phiếu và gõ lại.")
    else:
        title = _("Không có mã này")
        advice = _("Không phiếu mời nào mang mã này. Xin xem phiếu và gõ lại, hoặc quét mã ở quầy.")
    typed = slip if len(slip) <= LONGEST_TYPED else None
    values = {"title": title, "advice": advice, "typed": typed, "lang": lang()}
    return render_template("answer/slip.html", **values), 404


def _refused(code: PointCode, title: str, advice: str, sheet: Sheet | None) -> str:
    fields = sent_again(sheet, bound_form(sheet)) if sheet else None
    return page("answer/slip.html", code, title=title, advice=advice, fields=fields)
