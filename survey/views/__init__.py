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
    entries,
    exclusions,
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

PAGES = (
    *(answer, slips, thanks, afterwards, receipts, privacy, audio),
    *(start, points, codes, packs, checks, entries, invitations, imports, dossiers),
    *(dashboard, comparison, targets, exclusions, comments, moderation, method),
    *(account, people, audit, alerts),
    *(health, well_known),
)


def init_app(app: Flask) -> None:
    """Give the application its pages."""
    for module in (citizen, audio, privacy):
        module.init_app(app)
    for page in PAGES:
        app.register_blueprint(page.blueprint)
    if app.config["PURPOSE"] == "demo":  # nowhere else do its addresses exist
        app.register_blueprint(demo.blueprint)
