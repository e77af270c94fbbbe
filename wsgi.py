"""Where a server starts: gunicorn with `wsgi:app`; commands find the application here too."""

import os
import sys

from survey import schema
from survey.app import create_app
from survey.config import ConfigError

try:
    app = create_app()
except ConfigError as error:
    sys.exit(f"Error: {error}")

# Commands may meet a database that is behind (one of them upgrades it); a server may not.
if os.environ.get("FLASK_RUN_FROM_CLI") != "true":
    schema.require_current(app.extensions["engine"])
