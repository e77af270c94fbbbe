"""Sign-in by Flask-Security on our own rows; accounts begin with a one-time invitation."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import flask_security
from email_validator import EmailNotValidError, validate_email
from flask import Flask, current_app, url_for
from flask_login import current_user
from flask_security import Security
from flask_security.datastore import FSQLALiteUserDatastore
from flask_security.recoverable import generate_reset_password_token
from flask_security.utils import hash_password

from survey import db
from survey.storage.base import Refused
from survey.storage.users import Role, User

INVITATION_DAYS = 7
LONGEST_PASSWORD = 1024
SETTINGS = {
    "SECURITY_CLI_USERS_NAME": None,  # ours create no password on a command line
    "SECURITY_CLI_ROLES_NAME": None,
    "SECURITY_I18N_DIRNAME": ["builtin", str(Path(__file__).parent / "translations")],
    "SECURITY_PASSWORD_HASH": "argon2",
    # Argon2 salts by itself; a second keyed hash would tie every password to one key for ever.
    "SECURITY_PASSWORD_SINGLE_HASH": ["argon2"],
    "SECURITY_PASSWORD_LENGTH_MIN": 12,
    "SECURITY_API_ENABLED_METHODS": ["session"],
    # An unknown address and a wrong password look the same.
    "SECURITY_RETURN_GENERIC_RESPONSES": True,
    "SECURITY_CHANGEABLE": True,
    # The reset link *is* the invitation; it is handed over, never mailed.
    "SECURITY_RECOVERABLE": True,
    "SECURITY_RESET_PASSWORD_WITHIN": timedelta(days=INVITATION_DAYS),
    "SECURITY_SEND_PASSWORD_RESET_EMAIL": False,
    "SECURITY_SEND_PASSWORD_RESET_NOTICE_EMAIL": False,
    "SECURITY_SEND_PASSWORD_CHANGE_EMAIL": False,
    # Nothing is mailed, so the page must not say so to whoever posts to it.
    "SECURITY_MSG_PASSWORD_RESET_REQUEST": (
        "Xin gọi người quản trị của cơ quan để nhận liên kết mới.",
        "info",
    ),
    # Babel has no long form of "7 days" in Vietnamese, so the library would say it in English.
    "SECURITY_MSG_PASSWORD_RESET_EXPIRED": (
        f"Liên kết đặt mật khẩu chỉ dùng được trong {INVITATION_DAYS} ngày và nay đã hết hạn.",
        "error",
    ),
    "SECURITY_POST_LOGIN_VIEW": "dashboard.home",
    "SECURITY_POST_RESET_VIEW": "security.login",
    "SECURITY_POST_CHANGE_VIEW": "dashboard.home",
    "SECURITY_POST_LOGOUT_VIEW": "security.login",
}


class Sessions:
    """What the datastore calls a database: something that has the current session."""

    @property
    def session(self) -> object:
        """The session of this request."""
        return db.session()


class LoginForm(flask_security.LoginForm):
    """Sign-in without “remember me”: a counter's computer has many users."""

    remember = None

    def validate(self, **kwargs: Any) -> bool:
        """Refuse a password too long to hash like any wrong one."""
        self.password.data = (self.password.data or "")[:LONGEST_PASSWORD]
        return bool(super().validate(**kwargs))


def init_app(app: Flask) -> None:
    """Give the application its sign-in."""
    app.config.from_mapping(SETTINGS)
    rows = FSQLALiteUserDatastore(Sessions(), User, Role)
    security = Security(app, rows, login_form=LoginForm)
    app.login_manager.request_loader(lambda _request: None)  # type: ignore[attr-defined]  # no tokens
    # Both would load a user for every page, also for a citizen's:
    # Flask-Principal (whose permissions we do not use) and Flask-Login's template variable.
    security.principal.identity_loaders.clear()
    processors = app.template_context_processors[None]
    processors[:] = [p for p in processors if p.__name__ != "_user_context_processor"]
    app.jinja_env.globals["current_user"] = current_user


def invitation(user: User) -> str:
    """Return the path of a one-time link to set a password; using it spends it."""
    token = generate_reset_password_token(user)  # type: ignore[no-untyped-call]
    return url_for("security.reset_password", token=token)


def address(text: str) -> str:
    """Return an e-mail address in its normal form; Refused when it is none."""
    try:
        normal = validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise Refused([f"“{text}” is not an e-mail address: {error}"]) from error
    return normal.lower()


def set_password(user: User, password: str) -> None:
    """Set a password directly: for the demonstration account only."""
    security = current_app.extensions["security"]
    # Typed passwords are normalised too: a Vietnamese keyboard may send either form.
    user.password = hash_password(security.password_util.normalize(password))
