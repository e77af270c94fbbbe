"""Alembic's entry: it runs on the connection that `survey.schema` hands over."""

from alembic import context

from survey.storage.base import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
