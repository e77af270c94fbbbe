"""An index from which the comments of a whole province are counted without being read."""

from alembic import op

revision = '0016'
down_revision = '0015'


def upgrade() -> None:
    """Apply."""
    op.drop_index('ix_comment_unit_code_released_on', 'comment')
    op.create_index('ix_comment_counted', 'comment', ['unit_code', 'released_on', 'holds', 'withdrawn', 'business_day'], unique=False)
