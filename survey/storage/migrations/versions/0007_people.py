"""Roles with a scope, second factors, sign-ins, the audit log."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from survey.storage.base import Instant

revision = '0007'
down_revision = '0006'


def upgrade() -> None:
    """Apply."""
    _give_roles_a_scope()
    for name in ('tf_primary_method', 'tf_totp_secret'):
        op.add_column('user', sa.Column(name, sa.String(), nullable=True))
    op.add_column('user', sa.Column('tf_counter', sa.Integer(), nullable=True))
    op.add_column('user', sa.Column('mf_recovery_codes', sa.JSON(), nullable=True))
    op.create_table('sign_in',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('begun_at', Instant(), nullable=False),
    sa.Column('seen_at', Instant(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name='fk_sign_in_user_id'),
    sa.PrimaryKeyConstraint('id', name='pk_sign_in'),
    sa.UniqueConstraint('key', name='uq_sign_in_key')
    )
    op.create_index('ix_sign_in_user_id', 'sign_in', ['user_id'], unique=False)
    _create_audit_log()


def _give_roles_a_scope() -> None:
    op.create_table('assignment',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.String(), nullable=False),
    sa.Column('unit_code', sa.String(), nullable=False),
    sa.Column('granted_at', Instant(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name='fk_assignment_user_id'),
    sa.PrimaryKeyConstraint('user_id', 'role', 'unit_code', name='pk_assignment')
    )
    op.create_index('ix_assignment_unit_code', 'assignment', ['unit_code'], unique=False)
    # From today: the days until a second factor is demanded begin with the upgrade.
    op.execute(sa.text("""
        INSERT INTO assignment (user_id, role, unit_code, granted_at)
        SELECT "user".id, role.name, "user".unit_code, :now
        FROM roles_users JOIN "user" ON "user".id = roles_users.user_id
        JOIN role ON role.id = roles_users.role_id
    """).bindparams(sa.bindparam('now', datetime.now(UTC), type_=Instant())))
    op.drop_table('roles_users')
    op.drop_table('role')
    op.drop_column('user', 'unit_code')


def _create_audit_log() -> None:
    op.create_table('audit_entry',
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('at', Instant(), nullable=False),
    sa.Column('actor', sa.String(), nullable=False),
    sa.Column('act', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('detail', sa.String(), nullable=False),
    sa.Column('digest', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('number', name='pk_audit_entry')
    )
    op.create_index('ix_audit_entry_at', 'audit_entry', ['at'], unique=False)
    head = op.create_table('audit_head',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('digest', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('id', name='pk_audit_head')
    )
    op.bulk_insert(head, [{'id': 1, 'number': 0, 'digest': bytes(32)}])
