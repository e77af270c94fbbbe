"""The pages about one's own account: roles, the second factor, where one is signed in."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask import session as browser
from flask_login import current_user
from werkzeug.wrappers import Response

from forms.manage import ConfirmForm
from forms.people import ROLE_NAMES
from survey import accounts, period
from survey.access import may_open, roles
from survey.db import session
from survey.i18n import translate as _
from survey.storage import sign_ins, units
from survey.storage.users import ROLES

# Where one begins: at the first of these that one may open.
HOMES = ("dashboard.home", "moderation.listing", "invitations.show", "audit.listing")

blueprint = Blueprint("account", __name__, url_prefix="/account")


@blueprint.get("/home")
@roles(*ROLES)
def home() -> Response:
    """Lead to where the work of this user begins."""
    begins = next((endpoint for endpoint in HOMES if may_open(endpoint)), "account.show")
    return redirect(url_for(begins))


@blueprint.get("")
@roles(*ROLES)
def show() -> str:
    """Show one's roles, second factor and sign-ins."""
    held = current_user.assignments
    named = units.named(session(), {each.unit_code for each in held}, period.today())
    return render_template(
        "account/show.html",
        held=held,
        role_names=ROLE_NAMES,
        unit_names={unit.code: unit.name for unit in named},
        open_here=sign_ins.listing(session(), current_user.id, accounts.live_since()),
        this=browser.get("sign_in"),
        form=ConfirmForm(),
    )


@blueprint.post("/sign-ins/end")
@roles(*ROLES)
def end_others() -> Response:
    """Sign out everywhere but here."""
    sign_ins.end(session(), current_user.id, but=browser.get("sign_in"))
    session().commit()
    flash(_("Đã đăng xuất ở mọi nơi khác."), "success")
    return redirect(url_for(".show"), 303)


@blueprint.post("/sign-ins/<int:number>/end")
@roles(*ROLES)
def end_one(number: int) -> Response:
    """Sign out one other browser."""
    sign_ins.end_one(session(), current_user.id, number)
    session().commit()
    flash(_("Đã đăng xuất nơi đó."), "success")
    return redirect(url_for(".show"), 303)
