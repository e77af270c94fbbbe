"""Which page a failure becomes: what happened, and what to do next."""

from datetime import datetime

import structlog
from flask import Flask, current_app, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, NoResultFound
from werkzeug.exceptions import (
    BadRequest,
    Conflict,
    HTTPException,
    InternalServerError,
    NotFound,
    TooManyRequests,
)

from survey.i18n import lazily as _l
from survey.i18n import moment
from survey.i18n import translate as _
from survey.period import VIETNAM

log = structlog.get_logger()

PAGES = {
    400: (_l("Không đọc được nội dung gửi lên"), _l("Xin quay lại trang trước, sửa rồi gửi lại.")),
    403: (_l("Không có quyền xem trang này"), _l("Tài khoản của Ông/Bà không được giao phần này.")),
    404: (_l("Không tìm thấy trang"), _l("Địa chỉ có thể bị gõ nhầm, hoặc trang không còn ở đây.")),
    405: (_l("Không mở được trang theo cách này"), _l("Xin quay lại trang trước rồi bấm lại nút.")),
    409: (
        _l("Vừa có người khác thay đổi chỗ này"),
        _l("Chưa lưu. Xin tải lại trang, xem rồi làm lại."),
    ),
    413: (_l("Nội dung gửi lên quá lớn"), _l("Xin viết ngắn lại rồi gửi lại.")),
    429: (_l("Thử quá nhiều lần"), _l("Xin chờ một phút rồi thử lại.")),
    500: (_l("Máy chủ gặp lỗi"), _l("Lỗi đã được ghi lại. Xin thử lại sau ít phút.")),
    503: (_l("Máy chủ đang bận"), _l("Chưa ghi được gì. Xin thử lại sau ít phút.")),
}
OTHER = (_l("Không thực hiện được yêu cầu"), _l("Xin quay lại trang trước."))


def init_app(app: Flask) -> None:
    """Turn every failure into a page, and keep Flask from logging addresses itself."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(NoResultFound, lambda _error: _http(NotFound()))
    # PostgreSQL refuses a NUL in text, which nothing but an attack sends.
    app.register_error_handler(DataError, lambda _error: _http(BadRequest()))
    app.register_error_handler(IntegrityError, lambda _error: _http(Conflict()))
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(CSRFError, _csrf)
    app.logger.disabled = True  # Flask's own line would hold the path; _http logs the failure


def page(status: int, title: str, advice: str) -> tuple[str, int]:
    """Return an error page with its status."""
    values = {"status": status, "title": title, "advice": advice}
    return render_template("errors/error.html", **values), status


def log_database(error: DBAPIError) -> None:
    """Log what kind of refusal it was, no more: a driver's message may quote a row."""
    kind, state = type(error.orig).__name__, getattr(error.orig, "sqlstate", None)
    log.error("database", endpoint=request.endpoint, kind=kind, state=state)


def _http(error: HTTPException) -> tuple[str, int]:
    code = error.code or 500
    if isinstance(error, InternalServerError):
        log.error("failure", endpoint=request.endpoint, exc_info=error.original_exception)
    title, advice = PAGES.get(code, OTHER)
    if (at := _again_at()) and code == TooManyRequests.code:
        advice = _l(
            "Xin thử lại sau %(moment)s. Sai thêm nữa thì phải chờ lâu hơn.", moment=moment(at)
        )
    return page(code, title, advice)


def _again_at() -> datetime | None:
    """Return when the limit that was reached lets one try again."""
    limits = [each.current_limit for each in current_app.extensions.get("limiter", ())]
    ends = [limit.reset_at for limit in limits if limit is not None and limit.breached]
    # The next full minute: a page that says 14:05 must be right at 14:05.
    return datetime.fromtimestamp(max(ends) + 60, VIETNAM) if ends else None


def _database(error: DBAPIError) -> tuple[str, int]:
    log_database(error)
    return page(503, *PAGES[503])


def _csrf(_error: CSRFError) -> tuple[str, int]:
    return page(400, _("Trang đã mở quá lâu"), _("Xin tải lại trang trước rồi gửi lại."))
