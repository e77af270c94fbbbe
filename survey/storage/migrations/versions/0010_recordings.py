"""Recordings of the questions, and the languages spoken at a unit."""

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'


def upgrade() -> None:
    """Apply."""
    op.create_table('recording',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('words_hash', sa.String(), nullable=False),
    sa.Column('digest', sa.String(), nullable=False),
    sa.Column('media_type', sa.String(), nullable=False),
    sa.Column('seconds', sa.Double(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('imported_on', sa.Date(), nullable=False),
    sa.PrimaryKeyConstraint('id', name='pk_recording')
    )
    op.create_index('ix_recording_language_words_hash', 'recording', ['language', 'words_hash'], unique=False)
    op.create_index('ix_recording_digest', 'recording', ['digest'], unique=False)
    op.create_table('speakers',
    sa.Column('unit_code', sa.String(), nullable=False),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('marked_on', sa.Date(), nullable=False),
    sa.PrimaryKeyConstraint('unit_code', 'language', name='pk_speakers')
    )
