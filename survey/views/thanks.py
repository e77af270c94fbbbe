"""The thank-you page with the receipt, and the comment written from there."""

from contextlib import suppress

from flask import Blueprint, current_app
from werkzeug.wrappers import Response as WebResponse

from forms.afterwards import CallBackForm
from forms.answer import COMMENT_LENGTH
from survey import period, tokens
from survey.access import public
from survey.db import session
from survey.i18n import translate as _
from survey.storage import comments, contacts, points, seen_nonces, withdrawals
from survey.storage.points import PointCode
from survey.storage.seen_nonces import AlreadyReceived
from survey.tokens import Thanks
from survey.views import offers
from survey.views.citizen import keep_what_was_sent, lang

blueprint = Blueprint("thanks", __name__, url_prefix="/p/<token>/thanks")
keep_what_was_sent(blueprint)


@blueprint.get("/<signed>")
@public
def show(token: str, signed: str) -> str:
    """Say that the sheet was received, and offer what may be added."""
    return offers.thanks_page(points.by_token(session(), token), offers.read(token, signed))


@blueprint.post("/<signed>")
@public
def submit(token: str, signed: str) -> WebResponse | tuple[str, int]:
    """Store a comment once; what was written stays on the page until it is stored."""
    form, thanks = CallBackForm(), offers.read(token, signed)
    code = points.by_token(session(), token)
    if wrong := _wrong(form, thanks):
        return offers.thanks_page(code, thanks, form=form, wrong=wrong[0], problem=wrong[1]), 422
    try:
        _store(code, thanks, form.text.data)
    except AlreadyReceived as received:
        if not received.same:
            return offers.thanks_page(code, thanks, form=form, earlier="comment"), 409
    if calls := _wants_call(form):
        _leave(thanks, str(form.telephone))
    session().commit()
    return offers.sent(code, thanks, "contact" if calls else "comment")


def _store(code: PointCode, thanks: Thanks, text: str) -> None:
    comments.add(
        session(),
        code.point,
        text,
        receipt_digest=thanks.digest("comment"),
        language=offers.current().language(lang()),
        business_day=period.today(),
        nonce=thanks.nonce("comment"),
        nonce_expires_at=tokens.nonce_expires_at(thanks.issued_at),
        is_test=thanks.is_trial,
    )


def _leave(thanks: Thanks, number: str) -> None:
    """Store the number beside its comment, once; nothing beside one that was withdrawn."""
    written, _left = withdrawals.comment_of(session(), thanks.digest("comment"))
    if written is None:
        return
    expires_at = tokens.nonce_expires_at(thanks.issued_at)
    with suppress(AlreadyReceived):
        seen_nonces.claim(session(), thanks.nonce("contact"), b"", expires_at)
        contacts.add(
            session(),
            written.key,
            number,
            current_app.config["CONTACT_KEYS"],
            consent_version=offers.CONSENT_VERSION,
            consent_text=offers.consent(),
            on=period.today(),
        )


def _wrong(form: CallBackForm, thanks: Thanks) -> tuple[str, str] | None:
    """Return which field cannot be taken and why."""
    if thanks.is_late:
        late = _("Phiếu đã gửi quá 3 ngày nên không nhận thêm góp ý. Xin mở phiếu mới ở quầy.")
        return "text", late
    if not form.text.data:
        return "text", _("Ông/Bà chưa viết gì. Xin viết góp ý rồi gửi.")
    if not form.validate():
        long = _("Góp ý dài quá %(most)d ký tự. Xin viết ngắn lại.", most=COMMENT_LENGTH)
        return "text", long
    return _wrong_call(form) if _wants_call(form) else None


def _wants_call(form: CallBackForm) -> bool:
    """Say whether the number was to be sent too, which needs a key to encrypt it with."""
    return bool(form.call.data and current_app.config["CONTACT_KEYS"])


def _wrong_call(form: CallBackForm) -> tuple[str, str] | None:
    if not form.telephone:
        example = _(
            "Số điện thoại chưa đúng. Số di động có 10 chữ số, ví dụ 0912 345 678. "
            "Xin sửa lại, hoặc gửi góp ý không kèm số."
        )
        return "number", example
    if not form.consent.data:
        agree = _(
            "Xin đánh dấu vào ô đồng ý để chúng tôi được gọi lại, hoặc gửi góp ý không kèm số."
        )
        return "consent", agree
    return None
