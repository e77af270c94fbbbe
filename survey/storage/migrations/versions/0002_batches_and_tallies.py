"""Batches, tallies, closes, imports; the answer knows its unit and its batch."""

import sqlalchemy as sa
from alembic import op

from survey.storage.base import Instant

revision = '0002'
down_revision = '0001'


def upgrade() -> None:
    """Apply."""
    op.create_table('batch',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_code', sa.String(), nullable=False),
    sa.Column('point_id', sa.Integer(), nullable=True),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('questionnaire_id', sa.Integer(), nullable=False),
    sa.Column('measure_hash', sa.String(), nullable=False),
    sa.Column('is_imported', sa.Boolean(), nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('closed_on', sa.Date(), nullable=False),
    sa.Column('marks_apart', sa.Boolean(), nullable=True),
    sa.ForeignKeyConstraint(['point_id'], ['service_point.id'], name='fk_batch_point_id'),
    sa.ForeignKeyConstraint(['questionnaire_id'], ['questionnaire_version.id'], name='fk_batch_questionnaire_id'),
    sa.PrimaryKeyConstraint('id', name='pk_batch')
    )
    op.create_index('ix_batch_point_id', 'batch', ['point_id'], unique=False)
    op.create_index('ix_batch_unit_code_starts_on', 'batch', ['unit_code', 'starts_on'], unique=False)

    op.create_table('tally',
    sa.Column('batch_id', sa.Integer(), nullable=False),
    sa.Column('stream', sa.String(), nullable=False),
    sa.Column('flagged', sa.Boolean(), nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('sums', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['batch_id'], ['batch.id'], name='fk_tally_batch_id'),
    sa.PrimaryKeyConstraint('batch_id', 'stream', 'flagged', name='pk_tally')
    )
    op.create_table('close',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('closed_at', Instant(), nullable=False),
    sa.Column('threshold', sa.Integer(), nullable=False),
    sa.Column('batches', sa.Integer(), nullable=False),
    sa.Column('answers', sa.Integer(), nullable=False),
    sa.Column('suppressed', sa.Integer(), nullable=False),
    sa.Column('tidied', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('day', name='pk_close')
    )
    op.create_table('suppression',
    sa.Column('measure_hash', sa.String(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('split', sa.String(), nullable=False),
    sa.Column('unit_code', sa.String(), nullable=False),
    sa.Column('point_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.PrimaryKeyConstraint('measure_hash', 'starts_on', 'ends_on', 'split', 'unit_code', 'point_id', name='pk_suppression')
    )
    op.create_table('import',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('digest', sa.LargeBinary(), nullable=False),
    sa.Column('started_on', sa.Date(), nullable=False),
    sa.Column('counted_on', sa.Date(), nullable=True),
    sa.PrimaryKeyConstraint('id', name='pk_import'),
    sa.UniqueConstraint('digest', name='uq_import_digest')
    )
    op.create_table('imported_row',
    sa.Column('digest', sa.LargeBinary(), nullable=False),
    sa.Column('import_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['import_id'], ['import.id'], name='fk_imported_row_import_id'),
    sa.PrimaryKeyConstraint('digest', name='pk_imported_row'),
    sqlite_with_rowid=False
    )
    op.create_index('ix_imported_row_import_id', 'imported_row', ['import_id'], unique=False)
    _extend_response()


def _extend_response() -> None:
    # The copy that SQLite needs must stay WITHOUT ROWID, as the table was made.
    whole = {'sqlite_with_rowid': False}
    with op.batch_alter_table('response', table_kwargs=whole) as table:
        table.add_column(sa.Column('unit_code', sa.String(), nullable=True))
        table.add_column(sa.Column('flagged', sa.Boolean(), server_default=sa.false(), nullable=False))
        table.add_column(sa.Column('flagged_next', sa.Boolean(), nullable=True))
        table.add_column(sa.Column('batch_id', sa.Integer(), nullable=True))
        table.add_column(sa.Column('import_id', sa.Integer(), nullable=True))
        table.alter_column('code_id', existing_type=sa.Integer(), nullable=True)
        table.create_foreign_key('fk_response_batch_id', 'batch', ['batch_id'], ['id'])
        table.create_foreign_key('fk_response_import_id', 'import', ['import_id'], ['id'])
        table.create_index('ix_response_batch_id', ['batch_id'], unique=False)
        table.create_index('ix_response_import_id', ['import_id'], unique=False)
    # The assignment in force on the day of the answer.
    op.execute("""
        UPDATE response SET unit_code = (
            SELECT unit_code FROM point_assignment
            WHERE point_assignment.point_id = response.point_id
              AND point_assignment.valid_from <= response.business_day
            ORDER BY valid_from DESC LIMIT 1)
    """)
    with op.batch_alter_table('response', table_kwargs=whole) as table:
        table.alter_column('unit_code', existing_type=sa.String(), nullable=False)
        table.alter_column('flagged', existing_type=sa.Boolean(), server_default=None)
        table.create_index('ix_response_unit_code_business_day', ['unit_code', 'business_day'])
