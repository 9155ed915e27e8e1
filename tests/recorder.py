"""A platform's backend as a test sees it: takes every POST, keeps it with its headers and time of arrival.

Told to, it fails or hangs. It stands where BACKEND_URL points; it is a real HTTP server on a thread of its own.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType


@dataclass(frozen=True, slots=True)
class Posted:
    """One POST as it came in. *arrived_ms* is Unix time; *body* is the parsed JSON."""

    path: str
    headers: Mapping[str, str]
    body: Any
    arrived_ms: int
    status: int

    @property
    def type(self) -> str:
        """Name the event, "" for a body that is none."""
        return str(self.body.get("type", "")) if isinstance(self.body, dict) else ""


class Recorder:
    """Use as `with Recorder() as backend:` and give `backend.url` to the service as BACKEND_URL."""

    def __init__(self) -> None:
        self.posts: list[Posted] = []
        self.answers_with = 200
        self._open = threading.Event()
        self._open.set()
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        """Return the full URL that takes the events."""
        return f"http://127.0.0.1:{self._server.server_port}/api/webrtc-events"

    def hang(self) -> None:
        """Answer nothing from now on, until `resume`."""
        self._open.clear()

    def resume(self) -> None:
        """Answer again, also those that hang."""
        self._open.set()

    def of_type(self, kind: str, role: str | None = None) -> list[Posted]:
        """Return what came of one type, of one role if given, in the order of arrival."""
        with self._lock:
            posts = list(self.posts)
        return [
            post
            for post in posts
            if post.type == kind and (role is None or post.body.get("userRole") == role)
        ]

    async def wait_for(self, found: Callable[[Recorder], Any], seconds: float = 45.0) -> Any:  # noqa: ANN401
        """Wait until *found* returns something truthy and return it; TimeoutError tells what did arrive."""
        deadline = time.monotonic() + seconds
        while not (value := found(self)):
            if time.monotonic() > deadline:
                raise TimeoutError(
                    f"The backend waited in vain; it has got {[post.body for post in self.posts]}"
                )
            await asyncio.sleep(0.05)
        return value

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
                recorder._keep(Posted(self.path, dict(self.headers), json.loads(raw), arrived_ms, status))
                recorder._open.wait()
                answer = b'{"success": true}'
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                """Print nothing: what came is in `posts`."""

        return Handler

    def _keep(self, post: Posted) -> None:
        with self._lock:
            self.posts.append(post)
