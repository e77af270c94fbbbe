"""Headers, the content policy, sign-in limits; nothing here limits a citizen by address."""

import base64
import hashlib
import unicodedata
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf import CSRFProtect
from secure import (
    CrossOriginOpenerPolicy,
    CrossOriginResourcePolicy,
    PermissionsPolicy,
    ReferrerPolicy,
    Secure,
    StrictTransportSecurity,
    XContentTypeOptions,
    XFrameOptions,
)
from werkzeug.middleware.proxy_fix import ProxyFix

FOUND = 302  # what a successful sign-in answers
LONGEST_EMAIL = 320
CITIZEN_CSS = (Path(__file__).parent / "static" / "citizen.css").read_text("utf-8")
_HASH = base64.b64encode(hashlib.sha256(CITIZEN_CSS.encode()).digest()).decode()
# One policy for every page: no script runs anywhere, and the only inline style is the
# citizen page's, known by its hash so that the page can be compressed once.
CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        f"style-src 'self' 'sha256-{_HASH}'",
        "img-src 'self' data:",
        "font-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)


def init_app(app: Flask) -> None:
    """Protect every response, every manager's form and the sign-in."""
    csrf = CSRFProtect(app)
    for module in ("answer", "thanks"):  # their signed sheets need no session
        csrf.exempt(f"survey.views.{module}.submit")
    app.jinja_env.globals["citizen_css"] = CITIZEN_CSS
    headers = _headers(https=app.config["HTTPS"])
    app.after_request(lambda response: _protect(response, headers))
    if hops := app.config["PROXY_HOPS"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    app.before_request(_refuse_json)
    _limit_sign_in(app)


def _headers(*, https: bool) -> Secure:
    return Secure(
        # same-origin, not no-referrer: the CSRF check of https forms reads the referrer.
        referrer=ReferrerPolicy().same_origin(),
        permissions=PermissionsPolicy().geolocation().microphone().camera(),
        coop=CrossOriginOpenerPolicy().same_origin(),
        corp=CrossOriginResourcePolicy().same_origin(),
        xcto=XContentTypeOptions().nosniff(),
        xfo=XFrameOptions().deny(),
        hsts=StrictTransportSecurity().max_age(31_536_000) if https else None,
    )


def _protect(response: Response, headers: Secure) -> Response:
    headers.set_headers(response)
    response.headers["Content-Security-Policy"] = CONTENT_POLICY
    # Pages carry a nonce or somebody's data; only files may be kept.
    if request.endpoint not in {"static", "bootstrap.static"}:
        response.headers["Cache-Control"] = "no-store"
    return response


def _limit_sign_in(app: Flask) -> None:
    limiter = Limiter(get_remote_address, app=app)
    app.extensions["sign_in_limiter"] = limiter  # the limit itself refers to it weakly
    limited = limiter.limit(
        app.config["SIGN_IN_LIMIT"],
        key_func=_account_here,
        methods=["POST"],
        deduct_when=lambda response: response.status_code != FOUND,
    )
    views: dict[str, Any] = app.view_functions
    views["security.login"] = limited(views["security.login"])


def _account_here() -> str:
    """Return a digest of address and account, whichever way the account is written."""
    typed = request.form.get("email", "")[:LONGEST_EMAIL]
    account = unicodedata.normalize("NFKC", typed).replace("。", ".").strip().lower()
    return hashlib.sha256(f"{get_remote_address()} {account}".encode()).hexdigest()


def _refuse_json() -> None:
    """No page takes JSON; Flask-Security would, past our templates and limits."""
    if request.is_json:
        abort(415)
