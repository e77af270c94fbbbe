"""Who may do what where: denied unless a view names a role, and then only in its own subtree.

The one place that decides. A role covers others; what a user reaches in a view is the subtrees
of exactly those of his roles that the view admits.
"""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any, TypeVar

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask_login import current_user
from sqlalchemy.exc import NoResultFound
from werkzeug.wrappers import Response

from survey import db, period
from survey.db import session
from survey.storage import audit_entries, units
from survey.storage.units import Unit
from survey.storage.users import (
    AUDITOR,
    CLERK,
    INDEX_ADMIN,
    MANAGER,
    MODERATOR,
    PROVINCE_ADMIN,
    READER,
    ROLES,
    Assignment,
    User,
)

View = TypeVar("View", bound=Callable[..., Any])

# What a role may do: whatever each of these may.
COVERS = {
    PROVINCE_ADMIN: frozenset(ROLES),
    INDEX_ADMIN: frozenset({INDEX_ADMIN, READER}),
    MANAGER: frozenset({MANAGER, CLERK, READER}),
    MODERATOR: frozenset({MODERATOR}),
    CLERK: frozenset({CLERK}),
    READER: frozenset({READER}),
    AUDITOR: frozenset({AUDITOR}),
}
# Who may give others what they have themselves.
GRANTORS = frozenset({PROVINCE_ADMIN, MANAGER})

# Endpoints of libraries that a person must reach before signing in; ours carry @public.
PUBLIC_ENDPOINTS = frozenset(
    {
        "static",
        "bootstrap.static",
        "security.login",
        "security.logout",
        "security.forgot_password",
        "security.reset_password",
        # The second half of signing in; both ask for the first.
        "security.two_factor_token_validation",
        "security.mf_recovery",
    }
)
# Endpoints of libraries that any signed-in person may use, also who still lacks a second factor.
SIGNED_IN_ENDPOINTS = frozenset(
    {
        "security.change_password",
        "security.verify",
        "security.two_factor_setup",
        "security.two_factor_setup_validate",
        "security.mf_recovery_codes",
    }
)


def init_app(app: Flask) -> None:
    """Ask before every request whether it may go on."""
    app.before_request(_guard)
    app.jinja_env.globals["may_open"] = may_open
    app.jinja_env.globals["factor_due"] = factor_due
    app.jinja_env.globals["days_until"] = days_until
    app.jinja_env.globals["lacks_factor"] = lacks_factor


def public(view: View) -> View:
    """Let anybody reach a view."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


def roles(*names: str) -> Callable[[View], View]:
    """Let signed-in users reach a view who have one of these roles, or one that covers it."""

    def mark(view: View) -> View:
        view.roles = frozenset(names)  # type: ignore[attr-defined]
        return view

    return mark


def is_public(endpoint: str, app: Flask) -> bool:
    """Say whether an endpoint can be reached without an account."""
    view = app.view_functions[endpoint]
    return endpoint in PUBLIC_ENDPOINTS or getattr(view, "is_public", False)


def may_open(endpoint: str) -> bool:
    """Say whether the signed-in user may reach an endpoint, somewhere."""
    view = current_app.view_functions.get(endpoint)
    if view is None or not current_user.is_authenticated:
        return False
    return endpoint in SIGNED_IN_ENDPOINTS or bool(_held(getattr(view, "roles", ())))


def reach(*names: str) -> frozenset[str]:
    """Return the codes of the units where the user has one of these roles, found once a request."""
    known = g.setdefault("reach", {})
    if names not in known:
        tops = {each.unit_code for each in _held(names)}
        below = (units.subtree(session(), top, period.today()) for top in sorted(tops))
        known[names] = frozenset().union(*below)
    codes: frozenset[str] = known[names]
    return codes


def scope() -> frozenset[str]:
    """Return the codes of the units that this view shows to this user."""
    return reach(*sorted(_admitted()))


def top() -> str:
    """Return the code of the unit the user begins with: of the first of the roles admitted here."""
    codes = [each.unit_code for each in _held(_admitted()) if each.unit_code in scope()]
    if not codes:
        raise NoResultFound("none of the user's units exists today")
    return codes[0]


def unit_in_scope(code: str) -> Unit:
    """Return a unit of today's tree that the user may see; NoResultFound for any other."""
    if code not in scope():
        raise NoResultFound(f"unit {code} is outside the user's subtree")
    return units.get(session(), code, period.today())


def require_everything() -> None:
    """Refuse with 403 who does not reach every unit: the page knows no units."""
    if not scope() >= units.on_day(session(), period.today()).keys():
        abort(403)


def may_grant(role: str, unit_code: str) -> bool:
    """Say whether the user may give this role over this unit, or take it: nobody beyond his own."""
    return unit_code in reach(*sorted(name for name in GRANTORS if role in COVERS[name]))


def may_manage(user: User) -> bool:
    """Say whether an account is wholly in the user's hands, and not his own."""
    others = user.id != current_user.id and bool(user.assignments)
    return others and all(may_grant(each.role, each.unit_code) for each in user.assignments)


def note(act: str, subject: str, detail: str = "") -> None:
    """Put an act of the signed-in user into the audit log, last before the commit.

    On a page that is only read it stands at once, before anything is shown.
    """
    entry = {"act": act, "subject": subject, "detail": detail}
    with db.writing() as one:
        audit_entries.record(one, actor=current_user.email, at=period.now(), **entry)


def factor_due() -> datetime | None:
    """Return the moment from which the user must have a second factor and has none; None else.

    The demonstration asks nobody.
    """
    if not current_user.is_authenticated or current_app.config["PURPOSE"] == "demo":
        return None
    due: datetime | None = None if current_user.has_factor else current_user.factor_due
    return due


def lacks_factor() -> bool:
    """Say whether the user can do nothing before setting up a second factor."""
    due = factor_due()
    return due is not None and due <= period.now()


def days_until(moment: datetime) -> int:
    """Return how many days of the calendar are left until a moment; 0 once it has passed."""
    return max(0, (period.business_day(moment) - period.today()).days)


def _guard() -> Response | None:
    endpoint = request.endpoint
    # An unknown address is a 404, not a secret.
    if endpoint is None or is_public(endpoint, current_app):
        return None
    if not current_user.is_authenticated:
        answer: Response = current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
        return answer
    if endpoint not in SIGNED_IN_ENDPOINTS and lacks_factor():
        return redirect(url_for("security.two_factor_setup"))
    if not may_open(endpoint):
        abort(403)
    return None


def _admitted() -> frozenset[str]:
    view = current_app.view_functions[request.endpoint or ""]
    names: frozenset[str] = getattr(view, "roles", frozenset())
    return names


def _held(names: Collection[str]) -> list[Assignment]:
    """Return what the user holds that is, or covers, one of these roles."""
    return [
        each
        for each in current_user.assignments
        if not COVERS.get(each.role, frozenset()).isdisjoint(names)
    ]
