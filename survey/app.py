"""The assembly: the only place that knows every part."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask
from flask_bootstrap import Bootstrap5

from survey import (
    access,
    accounts,
    arrivals,
    cli,
    config,
    db,
    errors,
    i18n,
    logs,
    period,
    scans,
    security,
    views,
)

ROOT = Path(__file__).parent.parent


def create_app(overrides: Mapping[str, Any] | None = None) -> Flask:
    """Return the application; `overrides` win over file and environment."""
    app = Flask(__name__, template_folder="../templates", instance_path=str(_instance(overrides)))
    app.url_map.strict_slashes = False  # who types an address may end it with a stroke
    app.config.from_mapping(config.load(Path(app.instance_path)))
    app.config.from_prefixed_env()
    app.config.from_mapping(overrides or {})
    app.config.from_mapping(config.complete(app.config, Path(app.instance_path)))
    period.use(app.config["OFFICIAL_MONTHS_FROM"])
    logs.init_app(app)
    db.init_app(app)
    scans.init_app(app)
    arrivals.init_app(app)
    i18n.init_app(app)
    accounts.init_app(app)
    access.init_app(app)
    Bootstrap5(app)
    views.init_app(app)
    security.init_app(app)
    errors.init_app(app)
    cli.init_app(app)
    return app


def _instance(overrides: Mapping[str, Any] | None) -> Path:
    given = (overrides or {}).get("INSTANCE_PATH") or os.environ.get("FLASK_INSTANCE_PATH")
    return Path(given or ROOT / "instance").absolute()
