"""Sums of those told apart by visit, field, deciding agency and punctuality."""

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'


def upgrade() -> None:
    """Apply."""
    op.create_table('split_tally',
    sa.Column('measure_hash', sa.String(), nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('unit_code', sa.String(), nullable=False),
    sa.Column('point_id', sa.Integer(), nullable=False),
    sa.Column('split', sa.String(), nullable=False),
    sa.Column('category', sa.String(), nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('smallest', sa.Integer(), nullable=False),
    sa.Column('sums', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['point_id'], ['service_point.id'], name='fk_split_tally_point_id'),
    sa.PrimaryKeyConstraint('measure_hash', 'month', 'unit_code', 'point_id', 'split', 'category', name='pk_split_tally')
    )
    op.create_table('split_month',
    sa.Column('month', sa.Date(), nullable=False),
    sa.PrimaryKeyConstraint('month', name='pk_split_month')
    )
