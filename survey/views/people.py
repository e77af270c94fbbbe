"""The pages about accounts: who may do what here, inviting, taking back, shutting out."""

from collections.abc import Mapping

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from sqlalchemy.exc import NoResultFound
from werkzeug.wrappers import Response

from forms.manage import ConfirmForm
from forms.people import ROLE_NAMES, InvitationForm, RoleForm, offer
from survey import accounts, period
from survey.access import may_grant, may_manage, note, roles, scope
from survey.db import session
from survey.i18n import translate as _
from survey.storage import sign_ins, units, users
from survey.storage.users import MANAGER, ROLES, User

LONGEST_SEARCH = 100
Page = str | Response | tuple[str, int]

blueprint = Blueprint("people", __name__, url_prefix="/people")


@blueprint.get("")
@roles(MANAGER)
def listing() -> str:
    """Show the accounts with a role in the subtree, searched and paged."""
    text = request.args.get("q", "")[:LONGEST_SEARCH]
    found = users.listing(session(), scope(), text=text, page=request.args.get("page", 1, type=int))
    return render_template("people/list.html", found=found, text=text, **_names())


@blueprint.get("/new")
@roles(MANAGER)
def new() -> str:
    """Ask whom to invite, as what and where."""
    return render_template("people/new.html", form=_form(InvitationForm()))


@blueprint.post("/new")
@roles(MANAGER)
def create() -> Page:
    """Make an account and show its link once, or give the account there is another role."""
    form = _form(InvitationForm())
    if not form.validate() or not _is_granted(form):
        return render_template("people/new.html", form=form), 422
    email, role, unit = accounts.address(form.email.data), form.role.data, form.unit.data
    known = users.by_email(session(), email)
    if known is not None:
        return _grant(known, role, unit)
    user = users.add(session(), email, unit, role, period.now())
    note("invite person", email, f"{role} {unit}")
    session().commit()
    return _link(user)


@blueprint.get("/<int:number>")
@roles(MANAGER)
def show(number: int) -> str:
    """Show an account, its roles here, and what can be done with it."""
    return _page(_user(number), _form(RoleForm()))


@blueprint.post("/<int:number>/roles")
@roles(MANAGER)
def grant(number: int) -> Page:
    """Give an account another role in the subtree."""
    user, form = _user(number), _form(RoleForm())
    if not form.validate() or not _is_granted(form):
        return _page(user, form), 422
    return _grant(user, form.role.data, form.unit.data)


@blueprint.post("/<int:number>/roles/end")
@roles(MANAGER)
def revoke(number: int) -> Response:
    """Take a role in the subtree from an account; the last one goes only with the account."""
    user, role, unit = _user(number), request.form.get("role", ""), request.form.get("unit", "")
    if not may_grant(role, unit) or accounts.is_own(user):
        flash(_("Vai trò này không thuộc quyền của Ông/Bà."), "danger")
    elif len(user.assignments) == 1:
        flash(
            _("Đây là vai trò cuối cùng. Để người này không vào được nữa: khóa tài khoản."),
            "danger",
        )
    elif users.revoke(session(), user, role, unit):
        note("revoke role", user.email, f"{role} {unit}")
        session().commit()
        flash(_("Đã thu hồi vai trò."), "success")
    return _to(user)


@blueprint.post("/<int:number>/link")
@roles(MANAGER)
def renew(number: int) -> Page:
    """Show a new one-time link; older ones and open sign-ins end."""
    user = _managed(number)
    users.renew(user)
    sign_ins.end(session(), user.id)
    note("renew link", user.email)
    session().commit()
    return _link(user)


@blueprint.post("/<int:number>/disable")
@roles(MANAGER)
def disable(number: int) -> Response:
    """Shut an account out at once; what it did stays."""
    user = _managed(number)
    users.disable(user)
    sign_ins.end(session(), user.id)
    return _done(user, "disable account", _("Đã khóa tài khoản."))


@blueprint.post("/<int:number>/enable")
@roles(MANAGER)
def enable(number: int) -> Response:
    """Let an account sign in again."""
    user = _managed(number)
    users.enable(user)
    return _done(user, "enable account", _("Đã mở lại tài khoản."))


@blueprint.post("/<int:number>/sign-ins/end")
@roles(MANAGER)
def end_sign_ins(number: int) -> Response:
    """Sign an account out everywhere."""
    user = _managed(number)
    sign_ins.end(session(), user.id)
    return _done(user, "end sign-ins", _("Đã đăng xuất tài khoản này ở mọi nơi."))


@blueprint.post("/<int:number>/factor/end")
@roles(MANAGER)
def forget_factor(number: int) -> Response:
    """Let an account set up its second factor anew: its owner lost the device and the codes."""
    user = _managed(number)
    users.forget_factor(user)
    sign_ins.end(session(), user.id)
    return _done(user, "forget second factor", _("Đã gỡ bước xác nhận thứ hai của tài khoản này."))


def _user(number: int) -> User:
    user = users.get(session(), number)
    if scope().isdisjoint(each.unit_code for each in user.assignments):
        raise NoResultFound(f"account {number} has no role in the user's subtree")
    return user


def _managed(number: int) -> User:
    user = _user(number)
    if not may_manage(user):
        raise NoResultFound(f"account {number} has roles beyond the user's own")
    return user


def _form(form: RoleForm) -> RoleForm:
    """Let a form offer what the reader may grant somewhere; where, is checked when it is sent."""
    named = [(unit.code, unit.name) for unit in units.named(session(), scope(), period.today())]
    offer(form, [role for role in ROLES if any(may_grant(role, code) for code, _ in named)], named)
    return form


def _is_granted(form: RoleForm) -> bool:
    granted = may_grant(form.role.data, form.unit.data)
    if not granted:
        form.role.errors = [_("Ông/Bà không giao được vai trò này ở đơn vị đã chọn.")]
    return granted


def _grant(user: User, role: str, unit: str) -> Response:
    if accounts.is_own(user):
        flash(_("Không ai tự giao vai trò cho mình. Xin nhờ người quản trị khác."), "danger")
    elif users.grant(session(), user, role, unit, period.now()):
        note("grant role", user.email, f"{role} {unit}")
        session().commit()
        flash(_("Đã giao thêm vai trò cho %(email)s.", email=user.email), "success")
    else:
        flash(_("Tài khoản này đã có vai trò đó."), "info")
    return _to(user)


def _names() -> Mapping[str, object]:
    here = units.named(session(), scope(), period.today())
    return {"role_names": ROLE_NAMES, "unit_names": {unit.code: unit.name for unit in here}}


def _page(user: User, form: RoleForm) -> str:
    # Anybody can be given a role here: that tells nothing of how he signs in.
    managed = may_manage(user)
    there = sign_ins.listing(session(), user.id, accounts.live_since()) if managed else ()
    return render_template(
        "people/show.html",
        user=user,
        form=form,
        confirm=ConfirmForm(),
        is_managed=managed,
        is_own=accounts.is_own(user),
        may_grant=may_grant,
        open_there=there,
        **_names(),
    )


def _link(user: User) -> str:
    base = current_app.config["PUBLIC_BASE_URL"] or request.url_root.rstrip("/")
    link = base + accounts.invitation(user)
    return render_template("people/link.html", user=user, link=link, days=accounts.INVITATION_DAYS)


def _done(user: User, act: str, said: str) -> Response:
    note(act, user.email)
    session().commit()
    flash(said, "success")
    return _to(user)


def _to(user: User) -> Response:
    return redirect(url_for(".show", number=user.id), 303)
