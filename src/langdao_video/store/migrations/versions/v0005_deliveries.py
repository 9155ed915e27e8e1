"""The outbox: an order of the facts of all sessions, the seats' heartbeats, endpoints, and how far each of them is."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0005"
down_revision: Final = "0004"

_EVENTS: Final = "session_id, seq, id, type, at_ms, body"
_PRESENCE: Final = "session_id, role, epoch, proof_ms"


def upgrade() -> None:
    """Add the columns and make the tables. Facts that are stored already get the first places, in their order."""
    if op.get_bind().dialect.name == "sqlite":
        _renew_events(f"{_EVENTS}, row_number() OVER (ORDER BY rowid), 0", with_order=True)
        _renew_presence(f"{_PRESENCE}, NULL", with_beat=True)
    else:
        _add_order()
        op.add_column("seat_presence", sa.Column("beat", sa.Text()))
    op.create_index(
        op.f("ix_session_events_xid_position"), "session_events", ["xid", "position"], unique=True
    )
    _make_endpoints()
    _make_streams()
    _make_attempts()
    _make_answers()


def downgrade() -> None:
    """Drop them."""
    for table in (
        "idempotent_answers",
        "delivery_attempts",
        "parked_events",
        "delivery_streams",
        "endpoints",
    ):
        op.drop_table(table)
    op.drop_index(op.f("ix_session_events_xid_position"), "session_events")
    if op.get_bind().dialect.name == "sqlite":
        _renew_events(_EVENTS, with_order=False)
        _renew_presence(_PRESENCE, with_beat=False)
    else:
        op.drop_column("seat_presence", "beat")
        op.drop_column("session_events", "xid")
        op.drop_column("session_events", "position")


def _add_order() -> None:
    op.add_column("session_events", sa.Column("position", sa.BigInteger()))
    op.add_column("session_events", sa.Column("xid", sa.BigInteger()))
    op.execute(
        "UPDATE session_events AS event SET xid = 0, position = place.position FROM (SELECT session_id, seq, "
        "row_number() OVER (ORDER BY at_ms, session_id, seq) AS position FROM session_events) AS place "
        "WHERE place.session_id = event.session_id AND place.seq = event.seq"
    )
    op.alter_column("session_events", "position", nullable=False)
    op.alter_column("session_events", "xid", nullable=False)


def _renew_events(values: str, *, with_order: bool) -> None:
    """Move the rows to a table with the new definition, because SQLite adds columns in another place only."""
    order = [
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("xid", sa.BigInteger(), nullable=False),
    ]
    op.rename_table("session_events", "session_events_of_0004")
    op.create_table(
        "session_events",
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        *(order if with_order else ()),
        sa.PrimaryKeyConstraint("session_id", "seq", name=op.f("pk_session_events")),
        sa.UniqueConstraint("session_id", "id", name=op.f("uq_session_events_session_id_id")),
        sa.CheckConstraint("seq >= 1", name=op.f("ck_session_events_seq")),
    )
    op.execute(f"INSERT INTO session_events SELECT {values} FROM session_events_of_0004 ORDER BY rowid")  # noqa: S608 - constants
    op.drop_table("session_events_of_0004")


def _renew_presence(values: str, *, with_beat: bool) -> None:
    op.rename_table("seat_presence", "seat_presence_of_0004")
    op.create_table(
        "seat_presence",
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("proof_ms", sa.BigInteger(), nullable=False),
        *((sa.Column("beat", sa.Text()),) if with_beat else ()),
        sa.PrimaryKeyConstraint("session_id", "role", name=op.f("pk_seat_presence")),
        sa.CheckConstraint("role IN ('student', 'tutor')", name=op.f("ck_seat_presence_role")),
    )
    op.execute(f"INSERT INTO seat_presence SELECT {values} FROM seat_presence_of_0004")  # noqa: S608 - constants
    op.drop_table("seat_presence_of_0004")


def _make_endpoints() -> None:
    op.create_table(
        "endpoints",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("secrets", sa.Text(), nullable=False),
        sa.Column("types", sa.Text(), nullable=True),
        sa.Column("is_from_settings", sa.Boolean(), nullable=False),
        sa.Column("disabled", sa.Text(), nullable=True),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_endpoints")),
        sa.UniqueConstraint("url", name=op.f("uq_endpoints_url")),
        sa.CheckConstraint("kind IN ('events', 'room')", name=op.f("ck_endpoints_kind")),
    )


def _make_streams() -> None:
    op.create_table(
        "delivery_streams",
        sa.Column("endpoint_id", sa.Text(), nullable=False),
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("newest_seq", sa.BigInteger(), nullable=False),
        sa.Column("due_ms", sa.BigInteger(), nullable=True),
        sa.Column("token", sa.Text(), nullable=True),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("failing_since_ms", sa.BigInteger(), nullable=True),
        sa.Column("beats_until_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("endpoint_id", "session_id", name=op.f("pk_delivery_streams")),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["endpoints.id"], name=op.f("fk_delivery_streams_endpoint_id")
        ),
    )
    op.create_index(
        op.f("ix_delivery_streams_endpoint_id_due_ms_session_id"),
        "delivery_streams",
        ["endpoint_id", "due_ms", "session_id"],
    )
    op.create_table(
        "parked_events",
        sa.Column("endpoint_id", sa.Text(), nullable=False),
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("parked_ms", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("endpoint_id", "session_id", "seq", name=op.f("pk_parked_events")),
    )


def _make_attempts() -> None:
    op.create_table(
        "delivery_attempts",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("endpoint_id", sa.Text(), nullable=False),
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("duration_ms", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_delivery_attempts")),
    )
    op.create_index(
        op.f("ix_delivery_attempts_endpoint_id_number"), "delivery_attempts", ["endpoint_id", "number"]
    )


def _make_answers() -> None:
    op.create_table(
        "idempotent_answers",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "key", name=op.f("pk_idempotent_answers")),
    )
    op.create_index(op.f("ix_idempotent_answers_at_ms"), "idempotent_answers", ["at_ms"])
