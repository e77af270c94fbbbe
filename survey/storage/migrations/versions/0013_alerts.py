"""Alerts, and which months were looked at."""

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'


def upgrade() -> None:
    """Apply."""
    op.create_table('alert',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('unit_code', sa.String(), nullable=False),
    sa.Column('point_id', sa.Integer(), nullable=True),
    sa.Column('code_id', sa.Integer(), nullable=True),
    sa.Column('raised_on', sa.Date(), nullable=False),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('period', sa.String(), nullable=True),
    sa.Column('since', sa.Date(), nullable=True),
    sa.Column('estimate', sa.Double(), nullable=True),
    sa.Column('low', sa.Double(), nullable=True),
    sa.Column('high', sa.Double(), nullable=True),
    sa.Column('reference', sa.Double(), nullable=True),
    sa.Column('n', sa.Integer(), nullable=True),
    sa.Column('count', sa.Integer(), nullable=True),
    sa.Column('n_compared', sa.Integer(), nullable=False),
    sa.Column('rule', sa.String(), nullable=False),
    sa.Column('acknowledged_by', sa.String(), nullable=True),
    sa.Column('acknowledged_on', sa.Date(), nullable=True),
    sa.Column('muted_by', sa.String(), nullable=True),
    sa.Column('muted_until', sa.Date(), nullable=True),
    sa.Column('mailed', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['code_id'], ['point_code.id'], name='fk_alert_code_id'),
    sa.ForeignKeyConstraint(['point_id'], ['service_point.id'], name='fk_alert_point_id'),
    sa.PrimaryKeyConstraint('id', name='pk_alert')
    )
    op.create_index('ix_alert_unit_code', 'alert', ['unit_code'], unique=False)
    op.create_table('alert_month',
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.PrimaryKeyConstraint('starts_on', name='pk_alert_month')
    )
