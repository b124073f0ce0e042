"""Runs the migrations on the connection that ``outcomes.store.migrate`` hands over."""

from __future__ import annotations

from alembic import context

from outcomes.models import Base

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, transactional_ddl=True)

with context.begin_transaction():
    context.run_migrations()
