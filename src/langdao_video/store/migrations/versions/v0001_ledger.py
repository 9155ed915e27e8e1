"""The ledger, the seats' proofs, the deadlines, and secrets."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0001"
down_revision: Final = None


def upgrade() -> None:
    """Make the four tables."""
    op.create_table(
        "session_events",
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("session_id", "seq", name=op.f("pk_session_events")),
        sa.UniqueConstraint("id", name=op.f("uq_session_events_id")),
        sa.CheckConstraint("seq >= 1", name=op.f("ck_session_events_seq")),
    )
    op.create_table(
        "seat_presence",
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("proof_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("session_id", "role", name=op.f("pk_seat_presence")),
        sa.CheckConstraint("role IN ('student', 'tutor')", name=op.f("ck_seat_presence_role")),
    )
    op.create_table(
        "deadlines",
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("due_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("session_id", "kind", name=op.f("pk_deadlines")),
    )
    op.create_index(op.f("ix_deadlines_due_ms"), "deadlines", ["due_ms"])
    op.create_table(
        "secrets",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_secrets")),
    )


def downgrade() -> None:
    """Drop them."""
    for table in ("secrets", "deadlines", "seat_presence", "session_events"):
        op.drop_table(table)
