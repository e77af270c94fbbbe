"""Telephone numbers for a call-back, and withdrawals per point and day."""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'


def upgrade() -> None:
    """Apply."""
    op.create_table('contact',
    sa.Column('key', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('comment_key', sa.BigInteger(), nullable=False),
    sa.Column('encrypted', sa.LargeBinary(), nullable=False),
    sa.Column('consent_version', sa.String(), nullable=False),
    sa.Column('consent_text', sa.String(), nullable=False),
    sa.Column('left_on', sa.Date(), nullable=False),
    sa.Column('closed_on', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['comment_key'], ['comment.key'], name='fk_contact_comment_key', ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('key', name='pk_contact'),
    sa.UniqueConstraint('comment_key', name='uq_contact_comment_key'),
    sqlite_with_rowid=False
    )
    op.create_index('ix_contact_left_on', 'contact', ['left_on'], unique=False)
    op.create_index('ix_contact_closed_on', 'contact', ['closed_on'], unique=False)

    op.create_table('withdrawal',
    sa.Column('point_id', sa.Integer(), nullable=False),
    sa.Column('unit_code', sa.String(), nullable=False),
    sa.Column('business_day', sa.Date(), nullable=False),
    sa.Column('what', sa.String(), nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['point_id'], ['service_point.id'], name='fk_withdrawal_point_id'),
    sa.PrimaryKeyConstraint('point_id', 'unit_code', 'business_day', 'what', name='pk_withdrawal'),
    sqlite_with_rowid=False
    )
