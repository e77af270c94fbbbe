"""Who may see what: denied unless a view says otherwise, and then only its own subtree."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, abort, current_app, g, request
from flask_login import current_user
from sqlalchemy.exc import NoResultFound
from werkzeug.wrappers import Response

from survey import period
from survey.db import session
from survey.storage import units
from survey.storage.units import Unit

View = TypeVar("View", bound=Callable[..., Any])

# Endpoints of libraries that a person must reach before signing in; ours carry @public.
PUBLIC_ENDPOINTS = frozenset(
    {
        "static",
        "bootstrap.static",
        "security.login",
        "security.logout",
        "security.forgot_password",
        "security.reset_password",
    }
)
# Endpoints of libraries that any signed-in person may use.
SIGNED_IN_ENDPOINTS = frozenset({"security.change_password"})


def init_app(app: Flask) -> None:
    """Ask before every request whether it may go on."""
    app.before_request(_guard)


def public(view: View) -> View:
    """Let anybody reach a view."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


def roles(*names: str) -> Callable[[View], View]:
    """Let signed-in users with one of these roles reach a view."""

    def mark(view: View) -> View:
        view.roles = frozenset(names)  # type: ignore[attr-defined]
        return view

    return mark


def is_public(endpoint: str, app: Flask) -> bool:
    """Say whether an endpoint can be reached without an account."""
    view = app.view_functions[endpoint]
    return endpoint in PUBLIC_ENDPOINTS or getattr(view, "is_public", False)


def scope() -> frozenset[str]:
    """Return the codes of the units the signed-in user may see, found once per request."""
    if "scope" not in g:
        g.scope = units.subtree(session(), current_user.unit_code, period.today())
    codes: frozenset[str] = g.scope
    return codes


def unit_in_scope(code: str) -> Unit:
    """Return a unit of today's tree that the user may see; NoResultFound for any other."""
    if code not in scope():
        raise NoResultFound(f"unit {code} is outside the user's subtree")
    return units.get(session(), code, period.today())


def _guard() -> Response | None:
    endpoint = request.endpoint
    # An unknown address is a 404, not a secret.
    if endpoint is None or is_public(endpoint, current_app):
        return None
    if not current_user.is_authenticated:
        answer: Response = current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
        return answer
    if not _is_allowed(endpoint):
        abort(403)
    return None


def _is_allowed(endpoint: str) -> bool:
    allowed = getattr(current_app.view_functions[endpoint], "roles", ())
    return endpoint in SIGNED_IN_ENDPOINTS or any(current_user.has_role(role) for role in allowed)
