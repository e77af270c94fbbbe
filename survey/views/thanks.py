"""The thank-you page with the receipt, and the comment written from there."""

from flask import Blueprint, redirect, request, url_for
from sqlalchemy.exc import NoResultFound
from werkzeug.wrappers import Response as WebResponse

from forms.answer import COMMENT_LENGTH, CommentForm
from forms.questionnaire import parse
from survey import period, tokens
from survey.access import public
from survey.db import session
from survey.i18n import translate as _
from survey.storage import comments, points, questionnaires
from survey.storage.points import PointCode
from survey.storage.seen_nonces import AlreadyReceived
from survey.tokens import Slip
from survey.views.answer import INSTRUMENT
from survey.views.citizen import lang, page

blueprint = Blueprint("thanks", __name__, url_prefix="/p/<token>/thanks")


@blueprint.get("/<thanks>")
@public
def show(token: str, thanks: str) -> str:
    """Say that the sheet was received, and offer to write a comment."""
    code = points.by_token(session(), token)
    return _page(code, thanks, tokens.new_comment(code.token, _receipt(code, thanks)))


@blueprint.post("/<thanks>")
@public
def submit(token: str, thanks: str) -> WebResponse | tuple[str, int]:
    """Store a comment once; what was written stays on the page until it is stored."""
    code = points.by_token(session(), token)
    receipt, form = _receipt(code, thanks), CommentForm()
    slip = tokens.read_comment(form.sheet.data or "", code.token, receipt)
    problem = _problem(slip, form)
    if slip is None or problem:
        return _page(code, thanks, tokens.new_comment(code.token, receipt), problem), 422
    _store(code, receipt, slip, form.text.data)
    return redirect(url_for(".show", token=code.token, thanks=thanks, sent=1, lang=lang()), 303)


def _store(code: PointCode, receipt: str, slip: Slip, text: str) -> None:
    try:
        comments.add(
            session(),
            code.point,
            text,
            receipt=receipt,
            language=lang() or "vi",
            business_day=period.today(),
            nonce=slip.nonce,
            nonce_expires_at=slip.nonce_expires_at,
        )
    except AlreadyReceived:
        return  # sent twice: the first stands
    session().commit()


def _receipt(code: PointCode, thanks: str) -> str:
    receipt = tokens.read_thanks(thanks, code.token)
    if receipt is None:
        raise NoResultFound("this thank-you address was not signed by us")
    return receipt


def _problem(slip: Slip | None, form: CommentForm) -> str | None:
    if slip is None or slip.is_late:
        return _("Trang đã mở quá lâu. Góp ý vẫn còn dưới đây, xin bấm gửi lần nữa.")
    if not form.text.data:
        return _("Ông/Bà chưa viết gì. Xin viết góp ý rồi gửi.")
    if not form.validate():
        return _("Góp ý dài quá %(most)d ký tự. Xin viết ngắn lại.", most=COMMENT_LENGTH)
    return None


def _page(code: PointCode, thanks: str, slip: Slip, problem: str | None = None) -> str:
    questionnaire = parse(questionnaires.current(session(), INSTRUMENT).definition)
    return page(
        "thanks/show.html",
        code,
        thanks=thanks,
        receipt=tokens.read_thanks(thanks, code.token),
        slip=slip,
        form=CommentForm(),
        problem=problem,
        commented="sent" in request.args,
        offered=questionnaire.languages,
        language=questionnaire.language(lang()),
    )
