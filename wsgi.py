"""Where a server starts: gunicorn with `wsgi:app`; commands find the application here too."""

import os
import sys

from sqlalchemy.exc import OperationalError

from survey import schema
from survey.app import create_app
from survey.config import ConfigError
from survey.storage.installation import WrongPurpose

os.umask(0o077)  # answers, keys and posters belong to the account that runs the service

try:
    app = create_app()
    # Commands may meet a database that is behind (one of them upgrades it); a server may not.
    if os.environ.get("FLASK_RUN_FROM_CLI") != "true":
        schema.require_current(app.extensions["engine"], app.config["PURPOSE"])
except (ConfigError, schema.SchemaError, WrongPurpose) as error:
    sys.exit(f"Error: {error}")
except OSError as error:
    sys.exit(
        f"Error: {error.filename}: {error.strerror}. Check the folder and its permissions; "
        "if the disk is full, free some space."
    )
except OperationalError as error:
    sys.exit(f"Error: the database cannot be reached: {error.orig}")
