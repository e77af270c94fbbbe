"""The pages, one blueprint per reader: find, check, act, answer; no query, no arithmetic."""

from flask import Flask

from survey.views import (
    account,
    afterwards,
    alerts,
    answer,
    audio,
    audit,
    checks,
    citizen,
    codes,
    comments,
    comparison,
    dashboard,
    demo,
    dossiers,
    health,
    imports,
    invitations,
    method,
    moderation,
    packs,
    people,
    points,
    privacy,
    receipts,
    slips,
    start,
    targets,
    thanks,
    well_known,
)


def init_app(app: Flask) -> None:
    """Give the application its pages."""
    citizen.init_app(app)
    audio.init_app(app)
    privacy.init_app(app)
    for module in (answer, thanks, dashboard, method, start, points, imports, health):
        app.register_blueprint(module.blueprint)
    for module in (codes, packs, checks):
        app.register_blueprint(module.blueprint)
    for module in (afterwards, receipts):
        app.register_blueprint(module.blueprint)
    for module in (slips, invitations, dossiers):
        app.register_blueprint(module.blueprint)
    for module in (comparison, targets):
        app.register_blueprint(module.blueprint)
    for module in (comments, moderation):
        app.register_blueprint(module.blueprint)
    for module in (account, people, audit, alerts):
        app.register_blueprint(module.blueprint)
    for module in (audio, privacy, well_known):
        app.register_blueprint(module.blueprint)
    if app.config["PURPOSE"] == "demo":  # nowhere else do its addresses exist
        app.register_blueprint(demo.blueprint)
