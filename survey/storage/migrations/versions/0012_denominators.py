"""Results handed over, by point, month and way, and how points are added up to units."""

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'


def upgrade() -> None:
    """Apply."""
    op.create_table('denominator',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_code', sa.String(), nullable=False),
    sa.Column('point_id', sa.Integer(), nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('channel', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('stored_on', sa.Date(), nullable=False),
    sa.Column('replaced_on', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['point_id'], ['service_point.id'], name='fk_denominator_point_id'),
    sa.PrimaryKeyConstraint('id', name='pk_denominator'),
    sa.UniqueConstraint('unit_code', 'point_id', 'month', 'channel', 'version', name='uq_denominator_unit_code_point_id_month_channel_version')
    )
    op.create_index('ix_denominator_unit_code_month', 'denominator', ['unit_code', 'month'], unique=False)
    op.create_table('denominator_part',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('denominator_id', sa.Integer(), nullable=False),
    sa.Column('field', sa.String(), nullable=True),
    sa.Column('deciding_agency', sa.String(), nullable=True),
    sa.Column('on_time', sa.Boolean(), nullable=True),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['denominator_id'], ['denominator.id'], name='fk_denominator_part_denominator_id'),
    sa.PrimaryKeyConstraint('id', name='pk_denominator_part')
    )
    op.create_index('ix_denominator_part_denominator_id', 'denominator_part', ['denominator_id'], unique=False)
    op.create_table('rollup',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('written_on', sa.Date(), nullable=False),
    sa.Column('written_by', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id', name='pk_rollup')
    )
