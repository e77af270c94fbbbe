"""One-time invitations, and what a slip keeps of its dossier."""

revision = '0008'
down_revision = '0007'


def upgrade() -> None:
    """Apply."""
