"""The port of the chat: sealed lines, kept while their session lives. The store cannot read them.

Two laws: a session's lines go with its salt, in one transaction; a session that has ended gets no salt and no line.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from langdao_video.errors import BadRequest, Conflict
from langdao_video.session.facts import Ended
from langdao_video.session.roles import ROLES, Role
from langdao_video.store.checks import check_numbers, check_text
from langdao_video.store.port import Ownership

ENDED_TYPE: Final[str] = Ended.type
"""The fact after which a session keeps no chat."""
SALT_BYTES_MAX: Final = 64
SEALED_BYTES_MAX: Final = 17 * 1024
"""4,000 characters of four bytes, and what sealing adds."""
LINES_PER_APPEND_MAX: Final = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedLine:
    """A line without its text. *number* orders the lines of a session; *at_ms* is Unix ms."""

    role: Role
    id: str
    at_ms: int
    number: int
    sealed: bytes


@dataclass(frozen=True, slots=True)
class SealedChat:
    """The chat of a session: the salt of its key, and its lines in their order."""

    salt: bytes
    lines: Sequence[SealedLine]


class ChatStore(Protocol):
    """Keep sealed lines. Every method may raise Unavailable or BadRequest, as those of the ledger."""

    async def load_chat(self, session_id: str) -> SealedChat | None:
        """Return the chat of a session; None if it has none."""
        ...

    async def load_salt(self, session_id: str, make: Callable[[], bytes]) -> bytes:
        """Return the salt of a session. The first caller makes it; in a race all get the same one.

        Raises Conflict `chat-over` if the session has ended.
        """
        ...

    async def append_lines(
        self,
        session_id: str,
        salt: bytes,
        lines: Sequence[SealedLine],
        first_number: int,
        owner: Ownership | None = None,
    ) -> None:
        """Keep *lines*, and forget those below *first_number*. A line that is known stays as it was.

        Raises Conflict `chat-over` if *salt* is not the session's any more, or the session has ended; with *owner*
        NotOwner `not-owner` if the room is not owned so any more.
        """
        ...

    async def drop_chat(self, session_id: str) -> None:
        """Forget the salt and the lines of a session."""
        ...

    async def sweep_chats(self, before_ms: int) -> int:
        """Forget the chats of sessions that have ended, and those without a line since *before_ms*; return how many.

        A chat that has no line yet counts from its session's newest fact: its first line may be on its way.
        """
        ...


def refuse_over(session_id: str) -> Conflict:
    """Return the error for a line of a session that keeps no chat any more."""
    return Conflict("chat-over", f"Session {session_id[:64]!r} has ended: its chat is gone.")


def check_salt(session_id: str, salt: bytes) -> None:
    """Refuse a salt that is no salt."""
    check_text(session_id)
    if not 0 < len(salt) <= SALT_BYTES_MAX:
        raise BadRequest("salt-invalid", f"A salt has 1 to {SALT_BYTES_MAX} bytes, not {len(salt)}.")


def check_lines(lines: Sequence[SealedLine], first_number: int) -> None:
    """Refuse lines that some database could not keep, and more than LINES_PER_APPEND_MAX at once."""
    if len(lines) > LINES_PER_APPEND_MAX:
        raise BadRequest(
            "append-too-large", f"Append at most {LINES_PER_APPEND_MAX} lines at once, not {len(lines)}."
        )
    check_numbers(first_number)
    for line in lines:
        check_text(line.id)
        check_numbers(line.at_ms, line.number)
        if line.role not in ROLES:
            raise BadRequest("role-invalid", f"A seat is one of {', '.join(ROLES)}, not {line.role!r}.")
        if len(line.sealed) > SEALED_BYTES_MAX:
            raise BadRequest(
                "line-too-large",
                f"A sealed line may have at most {SEALED_BYTES_MAX} bytes, not {len(line.sealed)}.",
            )
