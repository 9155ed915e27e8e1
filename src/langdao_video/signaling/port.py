"""What the rooms see of the world: the platform backend, the keeper of the chat, and the sockets. Pure.

`in_process/` implements the first two; `apart/` shows the figures of another process in the backend's place.
`web/portable_socket.py` carries a socket's frames on any ASGI server, `server/fast_socket.py` where we own the port.

Law: nothing in a room depends on how bytes arrive.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable

from langdao_video.session.events import PublicEvent
from langdao_video.session.links import Link
from langdao_video.session.roles import Role
from langdao_video.session.snapshot import KeptLine, SessionSnapshot
from langdao_video.signaling.messages import ServerFrame
from langdao_video.signaling.tally import Driver

if TYPE_CHECKING:
    from langdao_video.signaling.room import Room


class EventTaker(Protocol):
    """Where an outbox delivers."""

    async def take_event(self, event: PublicEvent) -> object:
        """Take an event (R21–R26)."""
        ...

    def take_at_once(self, event: PublicEvent) -> bool:
        """Take an event that nothing has to be waited for; return False if it has to go through `take_event`."""
        ...

    async def decide_grace(
        self, session_id: str, decision: Literal["wait", "end"], decided_by: Role
    ) -> object:
        """Take the answer to a question (R40)."""
        ...


class Backend(EventTaker, Protocol):
    """The platform backend."""

    async def open_session(self, link: Link, now_ms: int) -> SessionSnapshot:
        """Return the session of *link*; make the session if it is new."""
        ...

    async def load_preview(self, link: Link, now_ms: int) -> SessionSnapshot:
        """Return the session as `open_session` would, for the lobby; store nothing."""
        ...


class ChatKeeper(Protocol):
    """Keeps the chat of each session until it ends."""

    async def load_lines(self, session_id: str) -> Sequence[KeptLine]:
        """Return the kept lines of a session in their order. Raises Unavailable."""
        ...

    async def keep_lines(self, session_id: str, lines: Sequence[KeptLine], first_number: int) -> None:
        """Keep *lines*, and forget those below *first_number*. A line that is known stays as it was.

        Raises Unavailable, or Conflict `chat-over` if the session has ended.
        """
        ...


@dataclass(frozen=True, slots=True)
class Opening:
    """How a browser opened its socket (R5). Its Origin is checked already."""

    room: str
    """The room that the URL names; empty if it does not name exactly one."""
    host: str | None
    """The address of the caller, who may be behind proxies."""


class Carrier(Protocol):
    """Carries frames to one browser. No call waits or raises, even if the socket is gone already."""

    @property
    def driver(self) -> Driver:
        """Which driver this is."""
        ...

    def send(self, frame: bytes) -> bool:
        """Queue a text frame (JSON in UTF-8). Return False if the queue is full: then the frame is dropped."""
        ...

    def close(self, code: int, reason: str) -> None:
        """Close after the queued frames, within CLOSE_SECONDS_MAX. Nothing can be sent from now on."""
        ...

    def admit(self) -> None:
        """Note that the browser has shown a valid link, so that it may send more than a stranger."""
        ...

    def resume(self) -> None:
        """Note that the taker is not busy any more, and give it the frames that waited."""
        ...


class Taker(Protocol):
    """Takes the frames of one browser, in order. No call waits or raises."""

    @property
    def is_busy(self) -> bool:
        """Whether the next frame must wait until the taker calls `resume`."""
        ...

    def receive(self, frame: bytes | None) -> None:
        """Take one frame: text as UTF-8, at most 64 KiB; None for a binary frame."""
        ...

    def lose(self, code: int | None) -> None:
        """Note that the socket is gone, with the browser's close code if it sent one. This is the last call."""
        ...


@runtime_checkable
class SocketService(Protocol):
    """What a driver asks about a socket: first whether it may open, then who takes its frames."""

    def check_opening(self, scope: Mapping[str, Any]) -> Opening:
        """Read the request of a socket, an ASGI scope. Raises LangDAOError if it may not open: HTTP 403."""
        ...

    def open_socket(self, opening: Opening, carrier: Carrier) -> Taker:
        """Return what takes the frames of an accepted socket."""
        ...


class CarriedPage(Protocol):
    """A browser that is connected here while its room is on another node. No call waits or raises."""

    conn: int

    def pass_on(self, frame: bytes) -> None:
        """Send a frame of the room as it came."""
        ...

    def close(self, code: int, reason: str) -> None:
        """Close the socket after the frames that were passed on before."""
        ...

    def resume(self) -> None:
        """Note that the passage is not full any more."""
        ...


class Passage(Protocol):
    """Carries one browser's frames to the node that owns its room, in order. No call waits or raises."""

    @property
    def is_full(self) -> bool:
        """Whether the next frame must wait until the passage calls `resume`."""
        ...

    def receive(self, frame: bytes) -> None:
        """Take the next frame."""
        ...

    def lose(self, code: int | None) -> None:
        """Note that the socket is gone, with the browser's close code if it sent one. This is the last call."""
        ...


class Passages(Protocol):
    """The ways to the rooms of other nodes."""

    async def open(self, page: CarriedPage, opening: Opening, frame: bytes) -> Passage:
        """Carry *page*, whose join is *frame*, to the owner of its room. Raises Unavailable."""
        ...


class Socket(Protocol):
    """One browser's socket. Neither call blocks; a socket that reads too slowly closes itself."""

    conn: int

    def send(self, frame: ServerFrame) -> None:
        """Queue a frame."""
        ...

    def pass_on(self, frame: bytes) -> None:
        """Queue a frame that is JSON already."""
        ...

    def close(self, code: int, reason: str) -> None:
        """Close after the frames that were queued before."""
        ...


class RoomSource(Protocol):
    """Loads rooms into memory."""

    async def open_room(self, link: Link, now_ms: int) -> Room:
        """Open the room of *link*'s session; make the session if it is new."""
        ...

    async def load_preview(self, link: Link, now_ms: int) -> Room:
        """Return the room for its lobby; store nothing."""
        ...
