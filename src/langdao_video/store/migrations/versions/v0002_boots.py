"""The service's time at uptime 0 of each boot."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0002"
down_revision: Final = "0001"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "boots",
        sa.Column("boot_id", sa.Text(), nullable=False),
        sa.Column("zero_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("boot_id", name=op.f("pk_boots")),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("boots")
