"""The level and the method of an alert's interval."""

import sqlalchemy as sa
from alembic import op

revision = '0014'
down_revision = '0013'


def upgrade() -> None:
    """Apply."""
    op.add_column('alert', sa.Column('level', sa.Double(), nullable=True))
    op.add_column('alert', sa.Column('method', sa.String(), nullable=True))
