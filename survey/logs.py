"""Structured lines with a request id; never an answer, never an address of a person."""

import logging
import secrets
import time

import structlog
from flask import Flask, Response, g, request

log = structlog.get_logger()


def init_app(app: Flask) -> None:
    """Write one line per request: what was asked by name, how it ended, how long it took."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.request_id, g.began = secrets.token_hex(8), time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _end(response: Response) -> Response:
    # The endpoint, not the path: a thank-you address holds a receipt.
    milliseconds = round((time.perf_counter() - g.began) * 1000, 1)
    log.info("request", endpoint=request.endpoint, status=response.status_code, ms=milliseconds)
    response.headers["X-Request-Id"] = g.request_id
    return response
