"""How a command refuses: every reason on its own line, exit status 1, nothing written."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask import current_app
from sqlalchemy.exc import NoResultFound, OperationalError

from survey import schema
from survey.config import ConfigError
from survey.db import engine
from survey.posters import PosterError
from survey.schema import SchemaError
from survey.storage.base import Refused
from survey.storage.installation import WrongPurpose

SHOWN = 20


@contextmanager
def ready() -> Iterator[None]:
    """Refuse as `refusals` does, and before anything a database that does not fit."""
    with refusals():
        schema.require_current(engine(), current_app.config["PURPOSE"])
        yield


@contextmanager
def refusals() -> Iterator[None]:
    """Turn what can go wrong into a message with the next step."""
    try:
        yield
    except Refused as error:
        raise click.ClickException(_listed(error.reasons)) from error
    except (ConfigError, PosterError, SchemaError, WrongPurpose, NoResultFound) as error:
        raise click.ClickException(str(error)) from error
    except BrokenPipeError:
        raise  # whoever reads has read enough; click ends quietly
    except OSError as error:
        raise click.ClickException(
            f"{error.filename or 'The system'}: {error.strerror}. Check the path and its "
            "permissions; if the disk is full, free some space."
        ) from error
    except OperationalError as error:
        raise click.ClickException(
            f"The database refused: {error.orig}. If the disk is full, free some space; if a "
            "server is named in DATABASE_URL, check that it runs and the address is right."
        ) from error


def _listed(reasons: tuple[str, ...]) -> str:
    more = len(reasons) - SHOWN
    shown = [*reasons[:SHOWN], f"… and {more} more"] if more > 0 else reasons
    return "Nothing was stored.\n  " + "\n  ".join(shown)
