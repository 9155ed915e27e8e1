"""What a room wants done: values, carried out by the hub in the order in which they come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from langdao_video.session.events import PublicEvent
from langdao_video.session.roles import Role
from langdao_video.signaling.messages import Error, ServerFrame


class CloseCode:
    """WebSocket close codes of ours (RFC 6455 §7.4.2: 4000–4999 are private), and a registered one."""

    BAD_FRAMES: Final = 4400
    TOKEN: Final = 4401
    SEAT_OF_ANOTHER: Final = 4403
    LOBBY_TIMEOUT: Final = 4408
    MOVED: Final = 4409
    ENDED: Final = 4410
    TOO_SLOW: Final = 4413
    FLOOD: Final = 4429
    TRY_AGAIN_LATER: Final = 1013


@dataclass(frozen=True, slots=True)
class Send:
    """Put a frame on a socket."""

    conn: int
    frame: ServerFrame


@dataclass(frozen=True, slots=True)
class Close:
    """Close a socket, after what was sent before."""

    conn: int
    code: int
    reason: str


@dataclass(frozen=True, slots=True)
class Emit:
    """Give an event to the platform backend."""

    event: PublicEvent


@dataclass(frozen=True, slots=True)
class Decide:
    """Give the platform backend an answer to its warning."""

    role: Role
    decision: Literal["wait", "end"]
    conn: int
    """The socket that asked: a refusal is answered there."""


Effect = Send | Close | Emit | Decide


def refuse(conn: int, code: str, message: str, close_code: int) -> list[Effect]:
    """Say why a socket is closed for good, and close it."""
    return [Send(conn, Error(code=code, message=message, final=True)), Close(conn, close_code, code)]
