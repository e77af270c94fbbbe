"""What happens to a comment: masked, held, passed on, and when it ends."""

import sqlalchemy as sa
from alembic import op

from survey.storage.base import Instant

revision = '0005'
down_revision = '0004'
WORDS = ('search_key', 'themes', 'holds', 'owner', 'note')
FLAGS = ('shows_point', 'withdrawn')


def upgrade() -> None:
    """Apply."""
    # The copy that SQLite needs must stay WITHOUT ROWID, as the table was made.
    whole = {'sqlite_with_rowid': False}
    with op.batch_alter_table('comment', table_kwargs=whole) as table:
        table.alter_column('text', existing_type=sa.String(), nullable=True)
        table.add_column(sa.Column('unit_code', sa.String(), nullable=True))
        table.add_column(sa.Column('masked', sa.String(), nullable=True))
        table.add_column(sa.Column('released_on', sa.Date(), nullable=True))
        table.add_column(sa.Column('status', sa.String(), server_default='new', nullable=False))
        for name in WORDS:
            table.add_column(sa.Column(name, sa.String(), server_default='', nullable=False))
        for name in FLAGS:
            table.add_column(sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False))
    # The assignment in force on the day of the comment, or the first one.
    for order in ('AND valid_from <= comment.business_day ORDER BY valid_from DESC', 'ORDER BY valid_from'):
        op.execute(f"""
            UPDATE comment SET unit_code = (
                SELECT unit_code FROM point_assignment
                WHERE point_assignment.point_id = comment.point_id {order} LIMIT 1)
            WHERE unit_code IS NULL
        """)
    with op.batch_alter_table('comment', table_kwargs=whole) as table:
        table.alter_column('unit_code', existing_type=sa.String(), nullable=False)
        for name in (*WORDS, 'status'):
            table.alter_column(name, existing_type=sa.String(), server_default=None)
        for name in FLAGS:
            table.alter_column(name, existing_type=sa.Boolean(), server_default=None)
        table.create_index('ix_comment_unit_code_released_on', ['unit_code', 'released_on'])
    op.create_table('referral',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('comment_key', sa.BigInteger(), nullable=False),
    sa.Column('decided_at', Instant(), nullable=False),
    sa.Column('decided_by', sa.String(), nullable=False),
    sa.Column('authority', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('ended_at', Instant(), nullable=True),
    sa.Column('ended_by', sa.String(), nullable=True),
    sa.ForeignKeyConstraint(['comment_key'], ['comment.key'], name='fk_referral_comment_key', ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name='pk_referral')
    )
    op.create_index('ix_referral_comment_key', 'referral', ['comment_key'], unique=False)
