"""One-time invitations, and which streams may be shown side by side."""

import sqlalchemy as sa
from alembic import op

from survey.storage.base import Instant

revision = '0008'
down_revision = '0007'


def upgrade() -> None:
    """Apply."""
    op.create_table('invitation_issue',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('issued_at', Instant(), nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name='pk_invitation_issue')
    )
    op.create_table('invitation',
    sa.Column('digest', sa.LargeBinary(), nullable=False),
    sa.Column('issue_id', sa.Integer(), nullable=False),
    sa.Column('point_id', sa.Integer(), nullable=False),
    sa.Column('unit_code', sa.String(), nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('ends_at', Instant(), nullable=False),
    sa.Column('field', sa.String(), nullable=True),
    sa.Column('deciding_agency', sa.String(), nullable=True),
    sa.Column('on_time', sa.Boolean(), nullable=True),
    sa.Column('used', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['issue_id'], ['invitation_issue.id'], name='fk_invitation_issue_id'),
    sa.ForeignKeyConstraint(['point_id'], ['service_point.id'], name='fk_invitation_point_id'),
    sa.PrimaryKeyConstraint('digest', name='pk_invitation'),
    sqlite_with_rowid=False
    )
    op.create_index('ix_invitation_ends_at', 'invitation', ['ends_at'], unique=False)
    op.create_index('ix_invitation_issue_id', 'invitation', ['issue_id'], unique=False)
    op.create_table('invited_dossier',
    sa.Column('digest', sa.LargeBinary(), nullable=False),
    sa.Column('issue_id', sa.Integer(), nullable=False),
    sa.Column('ends_at', Instant(), nullable=False),
    sa.ForeignKeyConstraint(['issue_id'], ['invitation_issue.id'], name='fk_invited_dossier_issue_id'),
    sa.PrimaryKeyConstraint('digest', name='pk_invited_dossier'),
    sqlite_with_rowid=False
    )
    op.create_index('ix_invited_dossier_issue_id', 'invited_dossier', ['issue_id'], unique=False)
    op.create_table('invitation_tally',
    sa.Column('unit_code', sa.String(), nullable=False),
    sa.Column('point_id', sa.Integer(), nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('issued', sa.Integer(), nullable=False),
    sa.Column('used', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['point_id'], ['service_point.id'], name='fk_invitation_tally_point_id'),
    sa.PrimaryKeyConstraint('unit_code', 'point_id', 'month', name='pk_invitation_tally')
    )
    op.create_table('stream_release',
    sa.Column('measure_hash', sa.String(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('unit_code', sa.String(), nullable=False),
    sa.Column('point_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('measure_hash', 'starts_on', 'ends_on', 'unit_code', 'point_id', name='pk_stream_release')
    )
    op.create_table('stream_decision',
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.PrimaryKeyConstraint('starts_on', 'ends_on', name='pk_stream_decision')
    )
