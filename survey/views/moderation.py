"""The province's page about comments: what is held and why, the raw words, what is passed on.

Whoever looks at raw words or at a number leaves an entry in the audit log; both are therefore
asked for by a button, never by an address.
"""

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.exc import NoResultFound
from werkzeug.wrappers import Response

from forms.comments import MaskForm, ReferralForm
from forms.manage import ConfirmForm
from survey import period, themes
from survey.access import note, roles
from survey.db import session
from survey.i18n import lazily as _l
from survey.i18n import translate as _
from survey.storage import comment_batches, comments, contacts, referrals, units
from survey.storage.comments import Comment
from survey.storage.points import ServicePoint
from survey.storage.units import PROVINCE
from survey.storage.users import MODERATOR, PROVINCE_ADMIN

BY_HAND = "moderator"
VIEW_NAMES = {
    "held": _l("Đang giữ lại"),
    "waiting": _l("Chờ công bố"),
    "passed": _l("Đã chuyển cơ quan"),
    "recent": _l("Còn nguyên văn"),
}
HOLD_NAMES = themes.HOLDS | {BY_HAND: _l("Người duyệt giữ lại")}
Page = str | Response | tuple[str, int]

blueprint = Blueprint("moderation", __name__, url_prefix="/moderation")


@blueprint.get("")
@roles(MODERATOR)
def listing() -> str:
    """Show the comments of the province, without names and numbers."""
    asked = request.args.get("view", "")
    view = asked if asked in VIEW_NAMES else comment_batches.VIEWS[0]
    number, codes = request.args.get("page", 1, type=int), _province()
    found = comment_batches.moderated(session(), codes, view, number)
    return render_template(
        "moderation/list.html",
        found=found,
        view=view,
        left=contacts.of_comments(session(), [comment.key for comment, _ in found.rows]),
        unit_names={u.code: u.name for u in units.named(session(), codes, period.today())},
    )


@blueprint.get("/<name>")
@roles(MODERATOR)
def show(name: str) -> str:
    """Show a comment without names and numbers, and what can be decided on it."""
    return _page(comments.get(session(), name, _province()))


@blueprint.post("/<name>/raw")
@roles(MODERATOR)
def show_raw(name: str) -> str:
    """Show what was written as it was written; the look is logged before it is given."""
    comment = comments.get(session(), name, _own_province(), to_change=True)
    note("view raw comment", comment.name)
    session().commit()
    return _page(comment, raw=comment.text)


@blueprint.post("/<name>/number")
@roles(MODERATOR)
def show_number(name: str) -> str:
    """Show the number left for a call-back; the look is logged before it is given."""
    comment = comments.get(session(), name, _own_province(), to_change=True)
    contact = contacts.of_comments(session(), [comment.key]).get(comment.key)
    if contact is None:
        raise NoResultFound("no number was left with this comment")
    note("view telephone number", comment.name)
    session().commit()
    return _page(comment, number=contacts.number(contact, current_app.config["CONTACT_KEYS"]))


@blueprint.post("/<name>/called")
@roles(MODERATOR)
def settle_call(name: str) -> Response:
    """Note that the call-back is settled: the number goes 90 days later."""
    comment = comments.get(session(), name, _own_province(), to_change=True)
    contacts.close(session(), comment.key, period.today())
    return _done(comment, "settle call-back", _("Đã ghi: xong việc gọi lại."))


@blueprint.post("/<name>/mask")
@roles(MODERATOR)
def correct(name: str) -> Page:
    """Let the unit read another text, from which more was taken out."""
    comment, form = comments.get(session(), name, _province(), to_change=True), MaskForm()
    if not form.validate():
        return _page(comment, mask=form), 422
    comments.correct(comment, form.masked.data)
    return _done(comment, "correct mask", _("Đã lưu văn bản đơn vị được đọc."))


@blueprint.post("/<name>/hold")
@roles(MODERATOR)
def hold(name: str) -> Response:
    """Keep a comment from its unit."""
    comment = comments.get(session(), name, _province(), to_change=True)
    comment_batches.hold(comment, BY_HAND)
    return _done(comment, "hold comment", _("Đã giữ lại: đơn vị không đọc được góp ý này."))


@blueprint.post("/<name>/let-go")
@roles(MODERATOR)
def let_go(name: str) -> Response:
    """Hold a comment no longer."""
    comment = comments.get(session(), name, _province(), to_change=True)
    if referrals.open_of(session(), [comment.key]):
        return _refused(
            comment, _("Góp ý đã chuyển cơ quan: chỉ thôi giữ sau khi giải quyết xong.")
        )
    comment_batches.let_go(comment)
    return _done(comment, "let comment go", _("Đã thôi giữ. Góp ý vào đợt công bố tới."))


@blueprint.post("/<name>/refer")
@roles(MODERATOR)
def refer(name: str) -> Page:
    """Pass a comment to the competent authority: from now on it is kept."""
    comment, form = comments.get(session(), name, _own_province(), to_change=True), ReferralForm()
    if not form.validate():
        return _page(comment, referral=form), 422
    if comment.withdrawn or referrals.open_of(session(), [comment.key]):
        return _refused(comment, _("Góp ý này đã được chuyển, hoặc người viết đã rút."))
    values = {"authority": form.authority.data, "reason": form.reason.data}
    referrals.add(session(), comment.key, by=current_user.email, at=period.now(), **values)
    comment_batches.hold(comment, BY_HAND)
    return _done(comment, "refer comment", _("Đã ghi quyết định chuyển."), form.authority.data)


@blueprint.post("/<name>/settle")
@roles(MODERATOR)
def settle(name: str) -> Response:
    """Note that the authority is done: the comment goes when its time is over."""
    comment = comments.get(session(), name, _own_province(), to_change=True)
    referral = referrals.open_of(session(), [comment.key]).get(comment.key)
    if referral is None:
        return _refused(comment, _("Góp ý này không có quyết định chuyển nào còn mở."))
    referrals.end(referral, by=current_user.email, at=period.now())
    return _done(comment, "settle referral", _("Đã ghi: cơ quan đã giải quyết xong."))


def _done(comment: Comment, act: str, words: str, detail: str = "") -> Response:
    note(act, comment.name, detail)
    session().commit()
    flash(words, "success")
    return redirect(url_for(".show", name=comment.name), 303)


def _refused(comment: Comment, words: str) -> Response:
    flash(words, "danger")
    return redirect(url_for(".show", name=comment.name), 303)


def _page(
    comment: Comment,
    *,
    raw: str | None = None,
    number: str | None = None,
    mask: MaskForm | None = None,
    referral: ReferralForm | None = None,
) -> str:
    contact = contacts.of_comments(session(), [comment.key]).get(comment.key)
    return render_template(
        "moderation/show.html",
        comment=comment,
        point=session().get_one(ServicePoint, comment.point_id),
        unit=units.latest(session(), comment.unit_code, comment.business_day),
        raw=raw,
        number=number,
        raw_until=comment_batches.raw_until(comment),
        contact=contact,
        number_until=contacts.kept_until(contact) if contact else None,
        decisions=referrals.of(session(), comment.key),
        is_kept=bool(referrals.open_of(session(), [comment.key])),
        is_own=comment.unit_code in _reach(MODERATOR),
        mask=mask or MaskForm(masked=comment.masked),
        referral=referral or ReferralForm(formdata=None),
        confirm=ConfirmForm(),
    )


@blueprint.app_context_processor
def _names() -> dict[str, object]:
    """Let the pages name their views and the reasons for holding."""
    return {"view_names": VIEW_NAMES, "hold_names": HOLD_NAMES}


def _province() -> frozenset[str]:
    """Return the units whose comments, masked, are in the user's hands."""
    return _reach(MODERATOR, PROVINCE_ADMIN)


def _own_province() -> frozenset[str]:
    """Return the units whose raw comments the user may read: a moderator's, no admin's."""
    codes = _reach(MODERATOR)
    if not codes:
        abort(403)
    return codes


def _reach(*names: str) -> frozenset[str]:
    """Return the subtrees of the provinces where the user has one of these roles himself.

    A unit's own moderator would read what is held from the unit.
    """
    tops = {each.unit_code for each in current_user.assignments if each.role in names}
    found = units.named(session(), tops, period.today())
    below = (units.subtree(session(), u.code, period.today()) for u in found if u.level == PROVINCE)
    return frozenset().union(*below)
