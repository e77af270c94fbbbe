"""What an answer may hold beyond its levels: extra questions, signs, what a slip said."""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'


def upgrade() -> None:
    """Apply."""
    # The copy that SQLite needs must stay WITHOUT ROWID, as the table was made.
    with op.batch_alter_table('response', table_kwargs={'sqlite_with_rowid': False}) as table:
        for name in ('helped_by', 'paid_extra', 'trips', 'apology', 'field', 'deciding_agency'):
            table.add_column(sa.Column(name, sa.String(), nullable=True))
        table.add_column(sa.Column('on_time', sa.Boolean(), nullable=True))
        table.add_column(sa.Column('signs', sa.String(), server_default='', nullable=False))
        table.add_column(sa.Column('left_out', sa.Boolean(), server_default=sa.false(), nullable=False))
    with op.batch_alter_table('response', table_kwargs={'sqlite_with_rowid': False}) as table:
        table.alter_column('signs', existing_type=sa.String(), server_default=None)
        table.alter_column('left_out', existing_type=sa.Boolean(), server_default=None)
