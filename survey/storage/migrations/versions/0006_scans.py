"""Scans per code and day, and what people found who looked at the printed codes."""

import sqlalchemy as sa
from alembic import op

from survey.storage.base import Instant

revision = '0006'
down_revision = '0005'


def upgrade() -> None:
    """Apply."""
    op.create_table('scan',
    sa.Column('code_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['code_id'], ['point_code.id'], name='fk_scan_code_id_point_code'),
    sa.PrimaryKeyConstraint('code_id', 'day', name='pk_scan'),
    sqlite_with_rowid=False,
    )
    op.create_table('code_check',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code_id', sa.Integer(), nullable=False),
    sa.Column('checked_on', sa.Date(), nullable=False),
    sa.Column('result', sa.String(), nullable=False),
    sa.Column('checked_by', sa.String(), nullable=False),
    sa.Column('recorded_at', Instant(), nullable=False),
    sa.ForeignKeyConstraint(['code_id'], ['point_code.id'], name='fk_code_check_code_id_point_code'),
    sa.PrimaryKeyConstraint('id', name='pk_code_check')
    )
    op.create_index('ix_code_check_code_id', 'code_check', ['code_id'], unique=False)
