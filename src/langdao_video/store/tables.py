"""The tables of the store. `migrations/` builds the same schema step by step; a test compares the two."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    event,
    text,
)

metadata: Final = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    }
)

# The ledger. The primary key keeps law 6 (one writer for a session). The unique id keeps law 4 (appended once).
# (xid, position) is the order of the facts of all sessions: `cursors.py`. On PostgreSQL both have defaults, with which
# a node of schema 0004 appends while it is still running beside a newer one.
session_events: Final = Table(
    "session_events",
    metadata,
    Column("session_id", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("id", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
    Column("position", BigInteger, Identity(), nullable=False),
    Column("xid", BigInteger, nullable=False),
    UniqueConstraint("session_id", "id"),
    CheckConstraint("seq >= 1", name="seq"),
    Index(None, "xid", "position", unique=True),
)


def _give_xid_a_default(_table: object, connection: Connection, **_: object) -> None:
    """Add the default that only PostgreSQL has. A column takes one for all databases."""
    if connection.dialect.name == "postgresql":
        connection.execute(
            text(
                "ALTER TABLE session_events ALTER COLUMN xid "
                "SET DEFAULT CAST(CAST(pg_current_xact_id() AS text) AS bigint)"
            )
        )


event.listen(session_events, "after_create", _give_xid_a_default)

# The newest proof of each seat, which is the moving edge of its open span. The ledger has only a span's begin and end.
# `beat` is the seat's newest heartbeat, as the JSON of its public event.
seat_presence: Final = Table(
    "seat_presence",
    metadata,
    Column("session_id", Text, primary_key=True),
    Column("role", Text, primary_key=True),
    Column("epoch", BigInteger, nullable=False),
    Column("proof_ms", BigInteger, nullable=False),
    Column("beat", Text),
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

# The URLs that get events or room commands. `secrets` and `types` are JSON lists.
endpoints: Final = Table(
    "endpoints",
    metadata,
    Column("id", Text, primary_key=True),
    Column("url", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("secrets", Text, nullable=False),
    Column("types", Text),
    Column("is_from_settings", Boolean, nullable=False),
    Column("disabled", Text),
    Column("made_ms", BigInteger, nullable=False),
    UniqueConstraint("url"),
    CheckConstraint("kind IN ('events', 'room')", name="kind"),
)

# How far each endpoint has taken each session: `delivery_port.py`. Rows are locked in the order of the primary key, so
# that no two transactions deadlock. The index gives the streams that are due, the longest due first.
delivery_streams: Final = Table(
    "delivery_streams",
    metadata,
    Column("endpoint_id", Text, ForeignKey("endpoints.id"), primary_key=True),
    Column("session_id", Text, primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("newest_seq", BigInteger, nullable=False),
    Column("due_ms", BigInteger),
    Column("token", Text),
    Column("attempts", BigInteger, nullable=False),
    Column("failing_since_ms", BigInteger),
    Column("beats_until_ms", BigInteger, nullable=False),
    Index(None, "endpoint_id", "due_ms", "session_id"),
)

# The events that were given up after three days. They stay in the ledger, and a rewind sends them again.
parked_events: Final = Table(
    "parked_events",
    metadata,
    Column("endpoint_id", Text, primary_key=True),
    Column("session_id", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("event_id", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("parked_ms", BigInteger, nullable=False),
    Column("attempts", BigInteger, nullable=False),
    Column("error", Text, nullable=False),
)

delivery_attempts: Final = Table(
    "delivery_attempts",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("endpoint_id", Text, nullable=False),
    Column("session_id", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("duration_ms", BigInteger, nullable=False),
    Column("status", BigInteger),
    Column("error", Text),
    Column("answer", Text, nullable=False),
    Index(None, "endpoint_id", "number"),
)

# The first answer to each request with an idempotency key.
idempotent_answers: Final = Table(
    "idempotent_answers",
    metadata,
    Column("scope", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Index(None, "at_ms"),
)

# The chat of the sessions that live: `chat_port.py`. Deleting a session's salt deletes its lines, and makes all copies
# of them unreadable.
chat_salts: Final = Table(
    "chat_salts",
    metadata,
    Column("session_id", Text, primary_key=True),
    Column("salt", LargeBinary, nullable=False),
)

chat_lines: Final = Table(
    "chat_lines",
    metadata,
    Column("session_id", Text, ForeignKey("chat_salts.session_id", ondelete="CASCADE"), primary_key=True),
    Column("role", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("at_ms", BigInteger, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    CheckConstraint("role IN ('student', 'tutor')", name="role"),
)

# The processes of the service: `ownership.py`. `keys` is a JSON list. All times are the database's own clock.
nodes: Final = Table(
    "nodes",
    metadata,
    Column("node_id", Text, primary_key=True),
    Column("version", Text, nullable=False),
    Column("keys", Text, nullable=False),
    Column("backplane", Text, nullable=False),
    Column("process", Text, nullable=False),
    Column("offset_ms", BigInteger, nullable=False),
    Column("is_leaving", Boolean, nullable=False),
    Column("started_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
)

# Which node decides for a room; none if it was released. The row stays, because the next owner needs a higher fence.
room_owners: Final = Table(
    "room_owners",
    metadata,
    Column("session_id", Text, primary_key=True),
    Column("node_id", Text),
    Column("fence", BigInteger, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Index(None, "node_id"),
)
