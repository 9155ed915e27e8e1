"""The tables of the store. `migrations/` builds the same schema step by step; a test compares the two."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, MetaData, Table, Text, UniqueConstraint

metadata: Final = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

# The ledger. The primary key keeps law 6 (one writer for a session). The unique id keeps law 4 (appended once).
session_events: Final = Table(
    "session_events",
    metadata,
    Column("session_id", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("id", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
    UniqueConstraint("session_id", "id"),
    CheckConstraint("seq >= 1", name="seq"),
)

# The newest proof of each seat, which is the moving edge of its open span. The ledger has only a span's begin and end.
seat_presence: Final = Table(
    "seat_presence",
    metadata,
    Column("session_id", Text, primary_key=True),
    Column("role", Text, primary_key=True),
    Column("epoch", BigInteger, nullable=False),
    Column("proof_ms", BigInteger, nullable=False),
    CheckConstraint("role IN ('student', 'tutor')", name="role"),
)

deadlines: Final = Table(
    "deadlines",
    metadata,
    Column("session_id", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("due_ms", BigInteger, nullable=False),
    Index(None, "due_ms"),
)

# The service's time at uptime 0 of each machine's boot. The next service on the machine continues this time.
boots: Final = Table(
    "boots",
    metadata,
    Column("boot_id", Text, primary_key=True),
    Column("zero_ms", BigInteger, nullable=False),
)

secrets: Final = Table(
    "secrets",
    metadata,
    Column("name", Text, primary_key=True),
    Column("secret", Text, nullable=False),
)

# Links that are no longer valid. `seq` only grows, and tells the other nodes what is new.
revocations: Final = Table(
    "revocations",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("before_ms", BigInteger, nullable=False),
    Column("seq", BigInteger, nullable=False),
    UniqueConstraint("seq"),
    CheckConstraint("kind IN ('link', 'session', 'all')", name="kind"),
)
