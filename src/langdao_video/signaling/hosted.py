"""A room in memory with all that belongs to it: its lobby, its sockets, what it reports and what it keeps."""

from __future__ import annotations

from dataclasses import dataclass, field

from langdao_video.signaling.chat_writer import ChatWriter
from langdao_video.signaling.lobby import Lobby
from langdao_video.signaling.outbox import Outbox
from langdao_video.signaling.port import Socket
from langdao_video.signaling.preview import Preview
from langdao_video.signaling.room import Room


@dataclass(slots=True)
class Hosted:
    """A room that the hub holds. Its parts are fed by the hub alone."""

    room: Room | Preview
    """A preview while only the lobby is in use. The first join opens the room."""
    outbox: Outbox
    writer: ChatWriter
    lobby: Lobby = field(default_factory=Lobby)
    is_told: bool = False
    """Whether its pages were told to move to another process."""
    sockets: dict[int, Socket] = field(default_factory=dict)
    refused: frozenset[tuple[int, str]] = frozenset()
    """The error codes each socket was sent, so that a page that repeats its mistake is logged once."""

    @property
    def is_left(self) -> bool:
        """Whether no socket is here, and no seat is kept for one."""
        return not self.sockets and (isinstance(self.room, Preview) or self.room.is_empty)
