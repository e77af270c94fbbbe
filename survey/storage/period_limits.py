"""Every day on which a period begins or ends that something is stored for."""

from datetime import date

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from survey.storage.batches import Batch
from survey.storage.denominators import Denominator
from survey.storage.invitations import Invitation, InvitationTally
from survey.storage.split_tallies import SplitMonth
from survey.storage.stream_releases import StreamDecision
from survey.storage.suppressions import Suppression

_DAYS = (
    *(Batch.starts_on, Batch.ends_on),
    *(StreamDecision.starts_on, StreamDecision.ends_on),
    *(Suppression.starts_on, Suppression.ends_on),
    *(SplitMonth.month, Denominator.month, Invitation.month, InvitationTally.month),
)


def all_(session: Session) -> list[date]:
    """Return these days in order; each is the first of a month of the calendar they are of."""
    return sorted(session.scalars(union(*map(select, _DAYS))))
