"""A platform's backend for tests: it takes each POST, and keeps it with its headers and time of arrival.

A test can make it fail or hang. It is a real HTTP server in a thread of its own; BACKEND_URL points to it.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any, Final, Self

from tests.http_server import ManyAtOnce

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

WAIT_SECONDS_MAX: Final = 60.0


@dataclass(frozen=True, slots=True)
class Posted:
    """One received POST. *arrived_ms* is Unix time; *body* is the parsed JSON of *raw*, the bytes that came."""

    path: str
    headers: Mapping[str, str]
    body: Any
    arrived_ms: int
    status: int
    raw: bytes = b""


class Recorder:
    """Use as `with Recorder() as backend:` and give `backend.url` to the service as BACKEND_URL."""

    def __init__(self) -> None:
        self.posts: list[Posted] = []
        self._of_session: dict[str, list[Any]] = {}
        self.answers_with = 200
        self._open = threading.Event()
        self._open.set()
        self._lock = threading.Lock()
        self._server = ManyAtOnce(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        """Return the full URL that takes the events."""
        return f"http://127.0.0.1:{self._server.server_port}/api/webrtc-events"

    def hang(self) -> None:
        """Answer no request from now on, until `resume`."""
        self._open.clear()

    def resume(self) -> None:
        """Answer again, and answer the waiting requests."""
        self._open.set()

    def of(self, session: str, kind: str | None = None, role: str | None = None) -> list[Any]:
        """Return the bodies for *session* in the order of arrival, only those of *kind* and *role* if given."""
        with self._lock:
            bodies = list(self._of_session.get(session, ()))
        wanted = {"type": kind, "userRole": role}
        return [
            body
            for body in bodies
            if all(value is None or body.get(name) == value for name, value in wanted.items())
        ]

    async def wait_for(self, session: str, kind: str, role: str | None = None, count: int = 1) -> list[Any]:
        """Wait until *count* such events have come, and return all of them. A TimeoutError lists what came."""
        deadline = time.monotonic() + WAIT_SECONDS_MAX
        while len(found := self.of(session, kind, role)) < count:
            if time.monotonic() > deadline:
                raise TimeoutError(f"No {kind} of {role or 'anyone'} came; there is {self.of(session)}")
            await asyncio.sleep(0.05)
        return found

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.resume()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=10)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        recorder = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 60

            def do_POST(self) -> None:
                arrived_ms = time.time_ns() // 1_000_000
                raw = self.rfile.read(int(self.headers.get("content-length", 0)))
                status = recorder.answers_with
                recorder._keep(
                    Posted(self.path, dict(self.headers), json.loads(raw), arrived_ms, status, raw)
                )
                recorder._open.wait()
                answer = b'{"success": true}'
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                """Print nothing, because `posts` has all requests."""

        return Handler

    def _keep(self, post: Posted) -> None:
        with self._lock:
            self.posts.append(post)
            if isinstance(post.body, dict):
                self._of_session.setdefault(post.body.get("sessionId", ""), []).append(post.body)
