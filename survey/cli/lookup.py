"""What a command names by its code or id, or a message that says how to find it."""

import click
from sqlalchemy.exc import NoResultFound

from survey import period
from survey.db import session
from survey.storage import points, units
from survey.storage.points import ServicePoint
from survey.storage.units import Unit


def unit(code: str) -> Unit:
    """Return the unit that carries this code today."""
    try:
        return units.get(session(), code, period.today())
    except NoResultFound:
        raise click.ClickException(
            f"No unit has the code {code} today. flask units list NAME finds codes; an empty "
            "register needs flask units import first."
        ) from None


def point(public_id: str) -> ServicePoint:
    """Return the point with this id."""
    try:
        return points.any_of(session(), public_id)
    except NoResultFound:
        raise click.ClickException(
            f"No point has the id {public_id}; flask points list --unit CODE prints them."
        ) from None
