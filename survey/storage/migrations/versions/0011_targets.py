"""Targets: what a unit means to reach in a year."""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'


def upgrade() -> None:
    """Apply."""
    op.create_table('target',
    sa.Column('unit_code', sa.String(), nullable=False),
    sa.Column('year', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('measure', sa.String(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('value', sa.Integer(), nullable=False),
    sa.Column('set_on', sa.Date(), nullable=False),
    sa.Column('set_by', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('unit_code', 'year', 'measure', 'code', name='pk_target')
    )
