"""What happens to a comment: masked, held, passed on, and when it ends."""

revision = '0005'
down_revision = '0004'


def upgrade() -> None:
    """Apply."""
