"""The pages, one blueprint per reader: find, check, act, answer; no query, no arithmetic."""

from flask import Flask

from survey.views import answer, health, points, thanks


def init_app(app: Flask) -> None:
    """Give the application its pages."""
    for module in (answer, thanks, points, health):
        app.register_blueprint(module.blueprint)
