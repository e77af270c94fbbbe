"""From the list of returned dossiers, or a number, to one-time codes on slips or in a file."""

from survey.invitations.codes import LENGTH, digest, is_mistyped, new, read, shown
from survey.invitations.issuing import MOST, Draft, Plan, by_list, by_number, opened, store
from survey.invitations.rows import VALID
from survey.invitations.writing import IN_A_PDF, WRITERS, Print

__all__ = [
    "IN_A_PDF",
    "LENGTH",
    "MOST",
    "VALID",
    "WRITERS",
    "Draft",
    "Plan",
    "Print",
    "by_list",
    "by_number",
    "digest",
    "is_mistyped",
    "new",
    "opened",
    "read",
    "shown",
    "store",
]
