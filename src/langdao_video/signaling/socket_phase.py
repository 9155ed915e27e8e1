"""The phases of a browser's socket: one enum, one table. Pure.

Law: a closing socket stays closing, even if a join was under way when the close began.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class SocketPhase(StrEnum):
    """Where a socket is."""

    NEW = "new"
    """The first frame, which says who comes, has not arrived."""
    LOBBY = "lobby"
    SEATED = "seated"
    CLOSING = "closing"
    """The server reads nothing from it any more. It sends the queued frames, then the close."""


class SocketCause(StrEnum):
    """What moves a socket to its next phase."""

    VISITED = "came into the lobby"
    SAT_DOWN = "took a seat"
    CLOSED = "we close it"


NEXT: Final[dict[tuple[SocketPhase, SocketCause], SocketPhase]] = {
    (SocketPhase.NEW, SocketCause.VISITED): SocketPhase.LOBBY,
    (SocketPhase.NEW, SocketCause.SAT_DOWN): SocketPhase.SEATED,
    (SocketPhase.NEW, SocketCause.CLOSED): SocketPhase.CLOSING,
    # A page in the lobby may send `look` again.
    (SocketPhase.LOBBY, SocketCause.VISITED): SocketPhase.LOBBY,
    (SocketPhase.LOBBY, SocketCause.SAT_DOWN): SocketPhase.SEATED,
    (SocketPhase.LOBBY, SocketCause.CLOSED): SocketPhase.CLOSING,
    (SocketPhase.SEATED, SocketCause.CLOSED): SocketPhase.CLOSING,
    # The close began while the room was still being opened.
    (SocketPhase.CLOSING, SocketCause.VISITED): SocketPhase.CLOSING,
    (SocketPhase.CLOSING, SocketCause.SAT_DOWN): SocketPhase.CLOSING,
    (SocketPhase.CLOSING, SocketCause.CLOSED): SocketPhase.CLOSING,
}
