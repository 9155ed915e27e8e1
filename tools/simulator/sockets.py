"""A simulated WebSocket: two pipes with an end at the page and an end at the service. Either end may go alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import msgspec

from langdao_video.session.roles import Role
from langdao_video.signaling.messages import Answer, ClientFrame, Error, Ice, Offer, ServerFrame
from tools.simulator.world import Line, Pipe

if TYPE_CHECKING:
    from tools.simulator.pages import Page

ABNORMAL = 1006
"""RFC 6455 §7.4.1: the connection ended without a close frame."""


class SocketsEnd(Protocol):
    """The service's end of the pages' sockets."""

    @property
    def run(self) -> int:
        """The number of the process that takes connections now. Sockets of an older one are dead."""
        ...

    def accept(self, socket: SimulatedSocket) -> bool:
        """Take a connection, if a process runs, and answer its handshake as soon as that process does anything."""
        ...

    def receive(self, socket: SimulatedSocket, frame: ClientFrame) -> None:
        """Take a frame from a page."""
        ...

    def lose(self, socket: SimulatedSocket, *, said_goodbye: bool) -> None:
        """Note that a socket is gone."""
        ...

    def note_refused(self, role: Role) -> None:
        """Note a fault: the answer of somebody in the room was refused, as if they were not there."""
        ...


class SimulatedSocket:
    """The socket between the service and a page. The service's end is a `signaling.hub.Socket`."""

    def __init__(self, page: Page, line: Line, service: SocketsEnd) -> None:
        self.conn = -1
        self.has_joined = False
        self.is_accepted = False
        self.is_refused = False
        """Whether the service has closed its end."""
        self.run = service.run
        self._page = page
        self._service = service
        self._up, self._down = Pipe(line, "up"), Pipe(line, "down")
        self._is_page_gone = False

    # ── The page's end ───────────────────────────────────────────────────────────────────────────

    def connect(self) -> None:
        """Ask for a connection. The answer takes one trip up and one trip down."""
        self._up.send(self._accept)

    def say(self, frame: ClientFrame) -> None:
        """Send a frame to the service."""
        if not self._is_page_gone:
            self._up.send(lambda: self._service.receive(self, frame))

    def leave(self, *, said_goodbye: bool) -> None:
        """Close the page's end. The service learns of it when the close frame arrives."""
        if not self._is_page_gone:
            self._is_page_gone = True
            self._up.send(lambda: self._service.lose(self, said_goodbye=said_goodbye))

    def vanish(self) -> None:
        """End without a close frame."""
        self._is_page_gone = True

    # ── The service's end ────────────────────────────────────────────────────────────────────────

    def _accept(self) -> None:
        self.is_accepted = self._service.accept(self)
        if not self.is_accepted:
            self.drop()

    def answer_handshake(self) -> None:
        """Let the page know that it may send."""
        self._down.send(lambda: self._page.on_open(self))

    def send(self, frame: ServerFrame) -> None:
        """Send a frame to the page."""
        if not self.is_refused:
            if isinstance(frame, Error) and frame.code == "not-here" and self.has_joined:
                self._service.note_refused(self._page.role)
            self._down.send(lambda: self._page.on_frame(self, frame))

    def pass_on(self, frame: bytes) -> None:
        """Send a frame of the other page as it came."""
        self.send(msgspec.json.decode(frame, type=Offer | Answer | Ice))

    def close(self, code: int, reason: str) -> None:  # noqa: ARG002 - pages go by the code
        """Close after the frames that were sent. The page's close frame comes back later."""
        if not self.is_refused:
            self.is_refused = True
            self._page.unlink(self)
            self._down.send(lambda: self._end(code))

    def drop(self) -> None:
        """Die with the service's process. The page gets a reset."""
        self.is_refused = True
        self._page.unlink(self)
        self._down.send(lambda: self._page.on_close(self, ABNORMAL))

    def _end(self, code: int) -> None:
        self._up.send(lambda: self._service.lose(self, said_goodbye=False))
        self._page.on_close(self, code)
