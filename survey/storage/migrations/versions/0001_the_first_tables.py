"""The first tables: units, points, questionnaires, answers, accounts."""

import sqlalchemy as sa
from alembic import op

from survey.storage.base import Instant

revision = '0001'
down_revision = None


def upgrade() -> None:
    """Apply."""
    op.create_table('installation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('purpose', sa.String(), nullable=False),
    sa.Column('created_on', sa.Date(), nullable=False),
    sa.CheckConstraint('id = 1', name='ck_installation_single'),
    sa.PrimaryKeyConstraint('id', name='pk_installation')
    )
    op.create_table('questionnaire_version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('definition', sa.String(), nullable=False),
    sa.Column('measure_hash', sa.String(), nullable=False),
    sa.Column('wording_hashes', sa.JSON(), nullable=False),
    sa.Column('item_codes', sa.JSON(), nullable=False),
    sa.Column('created_on', sa.Date(), nullable=False),
    sa.PrimaryKeyConstraint('id', name='pk_questionnaire_version'),
    sa.UniqueConstraint('code', 'version', name='uq_questionnaire_version_code_version')
    )
    op.create_table('role',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id', name='pk_role'),
    sa.UniqueConstraint('name', name='uq_role_name')
    )
    op.create_table('seen_nonce',
    sa.Column('digest', sa.LargeBinary(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('expires_at', Instant(), nullable=False),
    sa.PrimaryKeyConstraint('digest', name='pk_seen_nonce'),
    sqlite_with_rowid=False
    )
    op.create_index('ix_seen_nonce_expires_at', 'seen_nonce', ['expires_at'], unique=False)

    op.create_table('service_point',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('field', sa.String(), nullable=True),
    sa.Column('is_test', sa.Boolean(), nullable=False),
    sa.Column('scale_order', sa.String(), nullable=False),
    sa.Column('opened_at', Instant(), nullable=False),
    sa.Column('closed_at', Instant(), nullable=True),
    sa.Column('search_key', sa.String(), nullable=False),
    sa.Column('sort_key', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('id', name='pk_service_point'),
    sa.UniqueConstraint('public_id', name='uq_service_point_public_id')
    )
    op.create_table('unit',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=True),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('level', sa.String(), nullable=False),
    sa.Column('type', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('electronic_id', sa.String(), nullable=True),
    sa.Column('parent_code', sa.String(), nullable=True),
    sa.Column('search_key', sa.String(), nullable=False),
    sa.Column('sort_key', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('id', name='pk_unit'),
    sa.UniqueConstraint('code', 'valid_from', name='uq_unit_code_valid_from'),
    sa.UniqueConstraint('code', 'valid_to', name='uq_unit_code_valid_to')
    )
    op.create_index('ix_unit_code', 'unit', ['code'], unique=False)
    op.create_index('ix_unit_parent_code', 'unit', ['parent_code'], unique=False)

    op.create_table('user',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('email', sa.String(), nullable=False),
    sa.Column('password', sa.String(), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('fs_uniquifier', sa.String(), nullable=False),
    sa.Column('unit_code', sa.String(), nullable=False),
    sa.Column('created_at', Instant(), nullable=False),
    sa.PrimaryKeyConstraint('id', name='pk_user'),
    sa.UniqueConstraint('email', name='uq_user_email'),
    sa.UniqueConstraint('fs_uniquifier', name='uq_user_fs_uniquifier')
    )
    op.create_table('comment',
    sa.Column('key', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('point_id', sa.Integer(), nullable=False),
    sa.Column('receipt_digest', sa.LargeBinary(), nullable=False),
    sa.Column('business_day', sa.Date(), nullable=False),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('is_test', sa.Boolean(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['point_id'], ['service_point.id'], name='fk_comment_point_id'),
    sa.PrimaryKeyConstraint('key', name='pk_comment'),
    sqlite_with_rowid=False
    )
    op.create_index('ix_comment_point_id', 'comment', ['point_id'], unique=False)
    op.create_index('ix_comment_receipt_digest', 'comment', ['receipt_digest'], unique=False)

    op.create_table('point_assignment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('point_id', sa.Integer(), nullable=False),
    sa.Column('unit_code', sa.String(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['point_id'], ['service_point.id'], name='fk_point_assignment_point_id'),
    sa.PrimaryKeyConstraint('id', name='pk_point_assignment'),
    sa.UniqueConstraint('point_id', 'valid_from', name='uq_point_assignment_point_id_valid_from')
    )
    op.create_index('ix_point_assignment_unit_code', 'point_assignment', ['unit_code'], unique=False)

    op.create_table('point_code',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token', sa.String(), nullable=False),
    sa.Column('point_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('issued_at', Instant(), nullable=False),
    sa.Column('revoked_at', Instant(), nullable=True),
    sa.ForeignKeyConstraint(['point_id'], ['service_point.id'], name='fk_point_code_point_id'),
    sa.PrimaryKeyConstraint('id', name='pk_point_code'),
    sa.UniqueConstraint('point_id', 'version', name='uq_point_code_point_id_version'),
    sa.UniqueConstraint('token', name='uq_point_code_token')
    )
    op.create_index('ix_point_code_point_id', 'point_code', ['point_id'], unique=False)

    op.create_table('roles_users',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('role_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['role_id'], ['role.id'], name='fk_roles_users_role_id'),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name='fk_roles_users_user_id'),
    sa.PrimaryKeyConstraint('user_id', 'role_id', name='pk_roles_users')
    )
    op.create_table('unit_succession',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('old_id', sa.Integer(), nullable=False),
    sa.Column('new_id', sa.Integer(), nullable=False),
    sa.Column('full', sa.Boolean(), nullable=False),
    sa.Column('reference', sa.String(), nullable=True),
    sa.ForeignKeyConstraint(['new_id'], ['unit.id'], name='fk_unit_succession_new_id'),
    sa.ForeignKeyConstraint(['old_id'], ['unit.id'], name='fk_unit_succession_old_id'),
    sa.PrimaryKeyConstraint('id', name='pk_unit_succession'),
    sa.UniqueConstraint('old_id', 'new_id', name='uq_unit_succession_old_id_new_id')
    )
    op.create_index('ix_unit_succession_new_id', 'unit_succession', ['new_id'], unique=False)
    op.create_index('ix_unit_succession_old_id', 'unit_succession', ['old_id'], unique=False)

    op.create_table('response',
    sa.Column('key', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('point_id', sa.Integer(), nullable=False),
    sa.Column('code_id', sa.Integer(), nullable=False),
    sa.Column('questionnaire_id', sa.Integer(), nullable=False),
    sa.Column('wording_hash', sa.String(), nullable=False),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('business_day', sa.Date(), nullable=False),
    sa.Column('channel', sa.String(), nullable=False),
    sa.Column('visit', sa.String(), nullable=True),
    sa.Column('scale_order', sa.String(), nullable=False),
    sa.Column('drawn', sa.String(), nullable=False),
    sa.Column('duration_class', sa.Integer(), nullable=False),
    sa.Column('answers', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['code_id'], ['point_code.id'], name='fk_response_code_id'),
    sa.ForeignKeyConstraint(['point_id'], ['service_point.id'], name='fk_response_point_id'),
    sa.ForeignKeyConstraint(['questionnaire_id'], ['questionnaire_version.id'], name='fk_response_questionnaire_id'),
    sa.PrimaryKeyConstraint('key', name='pk_response'),
    sqlite_with_rowid=False
    )
    op.create_index('ix_response_point_id', 'response', ['point_id'], unique=False)

    op.create_table('receipt',
    sa.Column('digest', sa.LargeBinary(), nullable=False),
    sa.Column('response_key', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['response_key'], ['response.key'], name='fk_receipt_response_key', ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('digest', name='pk_receipt'),
    sqlite_with_rowid=False
    )
