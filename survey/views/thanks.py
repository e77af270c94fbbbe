"""The thank-you page with the receipt, and the comment written from there."""

from flask import Blueprint, redirect, request, url_for
from sqlalchemy.exc import NoResultFound
from werkzeug.wrappers import Response as WebResponse

from forms.answer import COMMENT_LENGTH, CommentForm
from forms.questionnaire import Questionnaire, parse
from survey import period, tokens
from survey.access import public
from survey.db import session
from survey.i18n import translate as _
from survey.storage import comments, points, questionnaires
from survey.storage.points import PointCode
from survey.storage.seen_nonces import AlreadyReceived
from survey.tokens import Thanks
from survey.views.answer import INSTRUMENT
from survey.views.citizen import keep_what_was_sent, lang, page

blueprint = Blueprint("thanks", __name__, url_prefix="/p/<token>/thanks")
keep_what_was_sent(blueprint)


@blueprint.get("/<signed>")
@public
def show(token: str, signed: str) -> str:
    """Say that the sheet was received, and offer to write a comment."""
    return _page(points.by_token(session(), token), _thanks(token, signed))


@blueprint.post("/<signed>")
@public
def submit(token: str, signed: str) -> WebResponse | tuple[str, int]:
    """Store a comment once; what was written stays on the page until it is stored."""
    form, thanks = CommentForm(), _thanks(token, signed)
    code = points.by_token(session(), token)
    if problem := _problem(form, thanks):
        return _page(code, thanks, problem), 422
    try:
        _store(code, thanks, form.text.data)
    except AlreadyReceived as received:
        if not received.same:
            return _page(code, thanks, earlier=True), 409
    session().commit()
    return redirect(url_for(".show", token=code.token, signed=signed, sent=1, lang=lang()), 303)


def _store(code: PointCode, thanks: Thanks, text: str) -> None:
    comments.add(
        session(),
        code.point,
        text,
        receipt_digest=tokens.receipt_digest(thanks.receipt, "comment"),
        language=_questionnaire().language(lang()),
        business_day=period.today(),
        nonce=thanks.comment_nonce,
        nonce_expires_at=tokens.nonce_expires_at(thanks.issued_at),
        is_test=thanks.is_trial,
    )


def _thanks(token: str, signed: str) -> Thanks:
    thanks = tokens.read_thanks(signed, token)
    if thanks is None:
        raise NoResultFound("this thank-you address was not signed by us")
    return thanks


def _problem(form: CommentForm, thanks: Thanks) -> str | None:
    if thanks.is_late:
        return _("Phiếu đã gửi quá 3 ngày nên không nhận thêm góp ý. Xin mở phiếu mới ở quầy.")
    if not form.text.data:
        return _("Ông/Bà chưa viết gì. Xin viết góp ý rồi gửi.")
    if not form.validate():
        return _("Góp ý dài quá %(most)d ký tự. Xin viết ngắn lại.", most=COMMENT_LENGTH)
    return None


def _questionnaire() -> Questionnaire:
    return parse(questionnaires.current(session(), INSTRUMENT).definition)


def _page(
    code: PointCode, thanks: Thanks, problem: str | None = None, *, earlier: bool = False
) -> str:
    questionnaire = _questionnaire()
    return page(
        "thanks/show.html",
        code,
        thanks=thanks,
        form=CommentForm(),
        problem=problem,
        earlier=earlier,
        commented="sent" in request.args,
        offered=questionnaire.languages,
        language=questionnaire.language(lang()),
    )
