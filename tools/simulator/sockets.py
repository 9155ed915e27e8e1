"""One simulated WebSocket: two pipes, an end at the page and an end at the service, each of which may be gone alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from langdao_video.signaling.messages import ClientFrame, Error, ServerFrame
from tools.simulator.world import Line, Pipe

if TYPE_CHECKING:
    from tools.simulator.pages import Page
    from tools.simulator.service import SimulatedService

ABNORMAL = 1006
"""RFC 6455 §7.4.1: the connection went without a close frame."""


class SimulatedSocket:
    """What the service and a page send each other. The service's end is what `signaling.hub.Socket` says."""

    def __init__(self, page: Page, line: Line, service: SimulatedService) -> None:
        self.conn = -1
        self.has_joined = False
        self.is_accepted = False
        self.is_refused = False
        """The service has said its last word on it."""
        self.run = service.run
        self._page = page
        self._service = service
        self._up, self._down = Pipe(line, "up"), Pipe(line, "down")
        self._is_page_gone = False

    # ── The page's end ───────────────────────────────────────────────────────────────────────────

    def connect(self) -> None:
        """Ask for a connection: it takes a way up and a way down to know the answer."""
        self._up.send(self._accept)

    def say(self, frame: ClientFrame) -> None:
        """Send a frame to the service."""
        if not self._is_page_gone:
            self._up.send(lambda: self._service.receive(self, frame))

    def leave(self, *, said_goodbye: bool) -> None:
        """Close the page's end; the service learns of it when the frame arrives."""
        if not self._is_page_gone:
            self._is_page_gone = True
            self._up.send(lambda: self._service.lose(self, said_goodbye=said_goodbye))

    def vanish(self) -> None:
        """Be gone without a word."""
        self._is_page_gone = True

    # ── The service's end ────────────────────────────────────────────────────────────────────────

    def _accept(self) -> None:
        self.is_accepted = self._service.accept(self)
        if self.is_accepted:
            self._down.send(lambda: self._page.on_open(self))
        else:
            self.drop()

    def send(self, frame: ServerFrame) -> None:
        """Send a frame to the page."""
        if not self.is_refused:
            if isinstance(frame, Error) and frame.code == "not-here" and self.has_joined:
                self._service.note_refused(self._page.role)
            self._down.send(lambda: self._page.on_frame(self, frame))

    def close(self, code: int, reason: str) -> None:  # noqa: ARG002 - pages go by the code
        """Close after what was sent; the page's close frame comes back in its time."""
        if not self.is_refused:
            self.is_refused = True
            self._page.unlink(self)
            self._down.send(lambda: self._end(code))

    def drop(self) -> None:
        """Die with the service's process: what the page hears is a reset."""
        self.is_refused = True
        self._page.unlink(self)
        self._down.send(lambda: self._page.on_close(self, ABNORMAL))

    def _end(self, code: int) -> None:
        self._up.send(lambda: self._service.lose(self, said_goodbye=False))
        self._page.on_close(self, code)
