"""The pages, one blueprint per reader: find, check, act, answer; no query, no arithmetic."""

from flask import Flask

from survey.views import answer, dashboard, demo, health, imports, method, points, start, thanks


def init_app(app: Flask) -> None:
    """Give the application its pages."""
    for module in (answer, thanks, dashboard, method, start, points, imports, health):
        app.register_blueprint(module.blueprint)
    if app.config["PURPOSE"] == "demo":  # nowhere else do its addresses exist
        app.register_blueprint(demo.blueprint)
