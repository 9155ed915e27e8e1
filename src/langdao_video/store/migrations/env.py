"""The script that alembic runs for each migration, with the connection and transaction of `migrate`."""

from __future__ import annotations

from alembic import context

from langdao_video.store.tables import metadata

if hasattr(context, "config"):  # only alembic gives it one; anyone else may import this to no effect
    context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
    with context.begin_transaction():
        context.run_migrations()
