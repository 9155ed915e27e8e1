"""Makes an event's id unique in its session only: two call services may both count `evt-1`, `evt-2` and so on."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0004"
down_revision: Final = "0003"

_OLD: Final = "session_events_of_0002"


def upgrade() -> None:
    """Allow an id once in each session."""
    _replace_unique(["id"], ["session_id", "id"])


def downgrade() -> None:
    """Allow an id once in all sessions. Fails if two sessions have the same id."""
    _replace_unique(["session_id", "id"], ["id"])


def _replace_unique(old: list[str], new: list[str]) -> None:
    names = {tuple(columns): op.f(f"uq_session_events_{'_'.join(columns)}") for columns in (old, new)}
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(names[tuple(old)], "session_events", type_="unique")
        op.create_unique_constraint(names[tuple(new)], "session_events", new)
        return
    # SQLite changes no constraint: the rows move to a table that has the new one.
    op.rename_table("session_events", _OLD)
    op.create_table(
        "session_events",
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("session_id", "seq", name=op.f("pk_session_events")),
        sa.UniqueConstraint(*new, name=names[tuple(new)]),
        sa.CheckConstraint("seq >= 1", name=op.f("ck_session_events_seq")),
    )
    columns = "session_id, seq, id, type, at_ms, body"
    op.execute(f"INSERT INTO session_events ({columns}) SELECT {columns} FROM {_OLD}")  # noqa: S608 - constants
    op.drop_table(_OLD)
