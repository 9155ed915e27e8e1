"""The lines of chat of the sessions that live, sealed; and the salts without which nobody can read them."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0006"
down_revision: Final = "0005"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "chat_salts",
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_chat_salts")),
    )
    op.create_table(
        "chat_lines",
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("session_id", "role", "id", name=op.f("pk_chat_lines")),
        sa.CheckConstraint("role IN ('student', 'tutor')", name=op.f("ck_chat_lines_role")),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["chat_salts.session_id"],
            name=op.f("fk_chat_lines_session_id"),
            ondelete="CASCADE",
        ),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("chat_lines")
    op.drop_table("chat_salts")
