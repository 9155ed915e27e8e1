"""The chat on SQLite or PostgreSQL: the same queries, behind the store's readers and its writer.

Each function below the class runs inside a transaction, which its caller begins and ends.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Final, cast

from sqlalchemy import Connection, delete, exists, func, or_, select

from langdao_video.store.chat_port import (
    ENDED_TYPE,
    SealedChat,
    SealedLine,
    check_lines,
    check_salt,
    refuse_over,
)
from langdao_video.store.checks import check_numbers, check_text
from langdao_video.store.deliveries import Run
from langdao_video.store.dialects import INSERTS
from langdao_video.store.owners import check_owner
from langdao_video.store.port import Ownership
from langdao_video.store.quick import run_quick
from langdao_video.store.tables import chat_lines, chat_salts, session_events

_FIND_SALT: Final = "SELECT salt FROM chat_salts WHERE session_id = :session_id"


class SqlChats:
    """Keep the chats in the database of a store, which lends its readers and its writer."""

    def __init__(self, read: Run, write: Run) -> None:
        self._read = read
        self._write = write

    async def load_chat(self, session_id: str) -> SealedChat | None:
        """Return the chat of a session; None if it has none."""
        check_text(session_id)
        return await self._read(lambda connection: _load_chat(connection, session_id))

    async def load_salt(self, session_id: str, make: Callable[[], bytes]) -> bytes:
        """Return the salt of a session. In a race the database keeps the first one, and all nodes get it."""
        check_text(session_id)
        known = await self._read(lambda connection: _find_salt(connection, session_id))
        if known is not None:
            return known
        made = make()
        check_salt(session_id, made)
        return await self._write(lambda connection: _keep_salt(connection, session_id, made))

    async def append_lines(
        self,
        session_id: str,
        salt: bytes,
        lines: Sequence[SealedLine],
        first_number: int,
        owner: Ownership | None = None,
    ) -> None:
        """Keep *lines*, and forget those below *first_number*, in one transaction."""
        check_salt(session_id, salt)
        check_lines(lines, first_number)

        def append(connection: Connection) -> None:
            check_owner(connection, session_id, owner)
            _append_lines(connection, session_id, salt, lines, first_number)

        await self._write(append)

    async def drop_chat(self, session_id: str) -> None:
        """Forget the salt and the lines of a session."""
        check_text(session_id)
        await self._write(
            lambda connection: connection.execute(
                delete(chat_salts).where(chat_salts.c.session_id == session_id)
            )
        )

    async def sweep_chats(self, before_ms: int) -> int:
        """Forget the chats of sessions that have ended, and those without a line since *before_ms*; see the port."""
        check_numbers(before_ms)
        return await self._write(lambda connection: _sweep_chats(connection, before_ms))


def _load_chat(connection: Connection, session_id: str) -> SealedChat | None:
    salt = _find_salt(connection, session_id)
    if salt is None:
        return None
    line = chat_lines.c
    rows = connection.execute(
        select(line.role, line.id, line.at_ms, line.number, line.sealed)
        .where(line.session_id == session_id)
        .order_by(line.number, line.at_ms, line.role, line.id)
    )
    return SealedChat(salt, tuple(SealedLine(**row) for row in rows.mappings()))


def _find_salt(connection: Connection, session_id: str) -> bytes | None:
    found = run_quick(connection, _FIND_SALT, {"session_id": session_id})
    return cast("bytes", found[0][0]) if found else None


def _keep_salt(connection: Connection, session_id: str, salt: bytes) -> bytes:
    _check_goes_on(connection, session_id)
    insert = INSERTS[connection.dialect.name](chat_salts)
    connection.execute(insert.on_conflict_do_nothing(), [{"session_id": session_id, "salt": salt}])
    return cast("bytes", _find_salt(connection, session_id))


def _append_lines(
    connection: Connection, session_id: str, salt: bytes, lines: Sequence[SealedLine], first_number: int
) -> None:
    # The row of the salt stays locked: whoever drops the chat waits, and then finds these lines.
    known = connection.scalar(
        select(chat_salts.c.salt).where(chat_salts.c.session_id == session_id).with_for_update(read=True)
    )
    if known != salt:
        raise refuse_over(session_id)
    _check_goes_on(connection, session_id)
    if lines:
        insert = INSERTS[connection.dialect.name](chat_lines)
        rows = [{"session_id": session_id, **asdict(line)} for line in lines]
        connection.execute(insert.on_conflict_do_nothing(), rows)
    connection.execute(
        delete(chat_lines).where(chat_lines.c.session_id == session_id, chat_lines.c.number < first_number)
    )


def _check_goes_on(connection: Connection, session_id: str) -> None:
    events = session_events.c
    ended = select(events.seq).where(events.session_id == session_id, events.type == ENDED_TYPE).limit(1)
    if connection.scalar(ended) is not None:
        raise refuse_over(session_id)


def _sweep_chats(connection: Connection, before_ms: int) -> int:
    has_ended = exists().where(
        session_events.c.session_id == chat_salts.c.session_id, session_events.c.type == ENDED_TYPE
    )
    newest_line_ms, newest_fact_ms = (
        select(func.max(table.c.at_ms)).where(table.c.session_id == chat_salts.c.session_id).scalar_subquery()
        for table in (chat_lines, session_events)
    )
    # A salt without a line is that of a first line which is on its way.
    newest_ms = func.coalesce(newest_line_ms, newest_fact_ms, 0)
    swept = connection.execute(delete(chat_salts).where(or_(has_ended, newest_ms < before_ms)))
    return swept.rowcount
