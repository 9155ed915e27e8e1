"""How far a browser's socket has come: one enum, one table. Pure.

Law: a socket that is closing stays so, whatever was under way when the close began.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class SocketPhase(StrEnum):
    """Where a socket is."""

    NEW = "new"
    """It has not said yet who comes."""
    LOBBY = "lobby"
    SEATED = "seated"
    CLOSING = "closing"
    """Nothing is read from it any more; what was queued goes out, then the close."""


class SocketCause(StrEnum):
    """What leads a socket on."""

    VISITED = "came into the lobby"
    SAT_DOWN = "took a seat"
    CLOSED = "we close it"


NEXT: Final[dict[tuple[SocketPhase, SocketCause], SocketPhase]] = {
    (SocketPhase.NEW, SocketCause.VISITED): SocketPhase.LOBBY,
    (SocketPhase.NEW, SocketCause.SAT_DOWN): SocketPhase.SEATED,
    (SocketPhase.NEW, SocketCause.CLOSED): SocketPhase.CLOSING,
    # A page may say again what it has on.
    (SocketPhase.LOBBY, SocketCause.VISITED): SocketPhase.LOBBY,
    (SocketPhase.LOBBY, SocketCause.SAT_DOWN): SocketPhase.SEATED,
    (SocketPhase.LOBBY, SocketCause.CLOSED): SocketPhase.CLOSING,
    (SocketPhase.SEATED, SocketCause.CLOSED): SocketPhase.CLOSING,
    # The room was still being opened when the close began.
    (SocketPhase.CLOSING, SocketCause.VISITED): SocketPhase.CLOSING,
    (SocketPhase.CLOSING, SocketCause.SAT_DOWN): SocketPhase.CLOSING,
    (SocketPhase.CLOSING, SocketCause.CLOSED): SocketPhase.CLOSING,
}
