"""Links that are no longer valid."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0003"
down_revision: Final = "0002"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "revocations",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("before_ms", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "subject", name=op.f("pk_revocations")),
        sa.UniqueConstraint("seq", name=op.f("uq_revocations_seq")),
        sa.CheckConstraint("kind IN ('link', 'session', 'all')", name=op.f("ck_revocations_kind")),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("revocations")
