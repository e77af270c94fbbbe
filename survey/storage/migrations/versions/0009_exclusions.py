"""Rules, written before their period, that leave answers with certain signs out."""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'


def upgrade() -> None:
    """Apply."""
    op.create_table('exclusion',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('signs', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('written_on', sa.Date(), nullable=False),
    sa.Column('written_by', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id', name='pk_exclusion')
    )
