"""Which page a failure becomes: what happened, and what to do next."""

import structlog
from flask import Flask, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, NoResultFound, OperationalError
from werkzeug.exceptions import BadRequest, HTTPException, InternalServerError, NotFound

log = structlog.get_logger()

PAGES = {
    403: ("Không có quyền xem trang này", "Tài khoản của Ông/Bà không được giao phần này."),
    404: ("Không tìm thấy trang", "Địa chỉ có thể gõ nhầm, hoặc trang không còn ở đây."),
    405: ("Không mở được trang theo cách này", "Xin quay lại trang trước rồi bấm lại nút."),
    413: ("Nội dung gửi lên quá lớn", "Xin viết ngắn lại rồi gửi lại."),
    429: ("Thử quá nhiều lần", "Xin chờ một phút rồi thử lại."),
    500: ("Máy chủ gặp lỗi", "Lỗi đã được ghi lại. Xin thử lại sau ít phút."),
    503: ("Máy chủ đang bận", "Chưa ghi được gì. Xin thử lại sau ít phút."),
}


def init_app(app: Flask) -> None:
    """Turn every failure into a page."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(NoResultFound, lambda _error: _http(NotFound()))
    # PostgreSQL refuses a NUL in text, which nothing but an attack sends.
    app.register_error_handler(DataError, lambda _error: _http(BadRequest()))
    app.register_error_handler(OperationalError, _database)
    app.register_error_handler(CSRFError, _csrf)


def page(status: int, title: str, advice: str) -> tuple[str, int]:
    """Return an error page with its status."""
    return render_template("errors/error.html", status=status, title=title, advice=advice), status


def _http(error: HTTPException) -> tuple[str, int]:
    code = error.code or 500
    if isinstance(error, InternalServerError):
        log.error("failure", endpoint=request.endpoint, exc_info=error.original_exception)
    title, advice = PAGES.get(code, ("Không thực hiện được yêu cầu", "Xin quay lại trang trước."))
    return page(code, title, advice)


def log_database(error: OperationalError) -> None:
    """Log why the database refused: only its own sentence, as the parameters hold answers."""
    log.error("database", endpoint=request.endpoint, reason=str(error.orig))


def _database(error: OperationalError) -> tuple[str, int]:
    log_database(error)
    return page(503, *PAGES[503])


def _csrf(_error: CSRFError) -> tuple[str, int]:
    return page(400, "Trang đã mở quá lâu", "Xin tải lại trang trước rồi gửi lại.")
