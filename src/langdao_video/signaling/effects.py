"""The effects that a room asks for, as values. The hub carries them out in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from langdao_video.session.events import PublicEvent
from langdao_video.session.roles import Role
from langdao_video.session.snapshot import KeptLine
from langdao_video.signaling.messages import Error, ServerFrame


class CloseCode:
    """Our own WebSocket close codes (RFC 6455 §7.4.2: 4000–4999 are private), and three registered codes."""

    BAD_FRAMES: Final = 4400
    TOKEN: Final = 4401
    SEAT_OF_ANOTHER: Final = 4403
    LOBBY_TIMEOUT: Final = 4408
    MOVED: Final = 4409
    ENDED: Final = 4410
    TOO_SLOW: Final = 4413
    FLOOD: Final = 4429
    OUR_FAULT: Final = 1011
    RESTARTS: Final = 1012
    TRY_AGAIN_LATER: Final = 1013


@dataclass(frozen=True, slots=True)
class Send:
    """Put a frame on a socket."""

    conn: int
    frame: ServerFrame


@dataclass(frozen=True, slots=True)
class Close:
    """Close a socket after the frames that were sent before."""

    conn: int
    code: int
    reason: str


@dataclass(frozen=True, slots=True)
class Emit:
    """Give an event to the platform backend."""

    event: PublicEvent


@dataclass(frozen=True, slots=True)
class Decide:
    """Give the platform backend the answer to its question."""

    role: Role
    decision: Literal["wait", "end"]
    conn: int
    """The socket that sent the answer; a refusal goes back to it."""


@dataclass(frozen=True, slots=True)
class Keep:
    """Store a line of chat, and then show it. The store may forget the lines below *first_number*."""

    line: KeptLine
    first_number: int


Effect = Send | Close | Emit | Decide | Keep


def refuse(conn: int, code: str, message: str, close_code: int) -> list[Effect]:
    """Tell the page why its socket is closed for good, and close it."""
    return [Send(conn, Error(code=code, message=message, final=True)), Close(conn, close_code, code)]
