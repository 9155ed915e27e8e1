"""The chat in memory, for tests. It passes the same contract tests as the databases."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from langdao_video.session.roles import Role
from langdao_video.store.chat_port import (
    ENDED_TYPE,
    SealedChat,
    SealedLine,
    check_lines,
    check_salt,
    refuse_over,
)
from langdao_video.store.checks import check_numbers, check_text
from langdao_video.store.memory_deliveries import MemoryLedger
from langdao_video.store.memory_owners import MemoryOwners
from langdao_video.store.port import Ownership, StoredEvent


class MemoryChats:
    """Keep the chats in dictionaries, beside the ledger that says which sessions have ended."""

    def __init__(self, ledger: MemoryLedger, owners: MemoryOwners) -> None:
        self._ledger = ledger
        self._owners = owners
        self._salts: dict[str, bytes] = {}
        self._lines: dict[str, dict[tuple[Role, str], SealedLine]] = {}

    async def load_chat(self, session_id: str) -> SealedChat | None:
        """Return the chat of a session; None if it has none."""
        self._ledger.check_open()
        check_text(session_id)
        salt = self._salts.get(session_id)
        if salt is None:
            return None
        lines = self._lines.get(session_id, {}).values()
        return SealedChat(
            salt, tuple(sorted(lines, key=lambda line: (line.number, line.at_ms, line.role, line.id)))
        )

    async def load_salt(self, session_id: str, make: Callable[[], bytes]) -> bytes:
        """Return the salt of a session, which the first caller has made."""
        self._ledger.check_open()
        check_text(session_id)
        if session_id not in self._salts:
            made = make()
            check_salt(session_id, made)
            if self._has_ended(session_id):
                raise refuse_over(session_id)
            self._salts[session_id] = made
        return self._salts[session_id]

    async def append_lines(
        self,
        session_id: str,
        salt: bytes,
        lines: Sequence[SealedLine],
        first_number: int,
        owner: Ownership | None = None,
    ) -> None:
        """Keep *lines*, and forget those below *first_number*."""
        self._ledger.check_open()
        check_salt(session_id, salt)
        check_lines(lines, first_number)
        self._owners.check_owner(session_id, owner)
        if self._salts.get(session_id) != salt or self._has_ended(session_id):
            raise refuse_over(session_id)
        kept = self._lines.setdefault(session_id, {})
        for line in lines:
            kept.setdefault((line.role, line.id), line)
        self._lines[session_id] = {key: line for key, line in kept.items() if line.number >= first_number}

    async def drop_chat(self, session_id: str) -> None:
        """Forget the salt and the lines of a session."""
        self._ledger.check_open()
        check_text(session_id)
        self._salts.pop(session_id, None)
        self._lines.pop(session_id, None)

    async def sweep_chats(self, before_ms: int) -> int:
        """Forget the chats of sessions that have ended, and those without a line since *before_ms*; see the port."""
        self._ledger.check_open()
        check_numbers(before_ms)
        swept = [
            session_id
            for session_id in self._salts
            if self._has_ended(session_id) or self._newest_ms(session_id) < before_ms
        ]
        for session_id in swept:
            await self.drop_chat(session_id)
        return len(swept)

    def _has_ended(self, session_id: str) -> bool:
        return any(event.type == ENDED_TYPE for event in self._ledger.events.get(session_id, ()))

    def _newest_ms(self, session_id: str) -> int:
        dated: Iterable[SealedLine | StoredEvent] = self._lines.get(session_id, {}).values()
        dated = dated or self._ledger.events.get(session_id, ())
        return max((each.at_ms for each in dated), default=0)
