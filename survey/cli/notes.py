"""What a command leaves in the audit log."""

from survey import period
from survey.db import session
from survey.storage import audit_entries
from survey.storage.audit_entries import COMMAND_LINE


def note(act: str, subject: str, detail: str = "") -> None:
    """Put an act of the command line into the audit log, last before the commit."""
    audit_entries.record(
        session(), actor=COMMAND_LINE, act=act, subject=subject, at=period.now(), detail=detail
    )
