"""Somebody else's backend, written from R21–R24 alone, bills a lesson right although it loses nearly all events."""

from __future__ import annotations

import asyncio
import json
import threading
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any, Final, Self

import pytest
import pytest_asyncio

from tests.browser.lesson import Lesson
from tests.browser.tab import LOOK_EVERY_SECONDS, WAIT_SECONDS_MAX
from tests.http_server import ManyAtOnce
from tests.stories.apart import load_from_file
from tests.stories.forked import ForkedService

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from tests.browser.conftest import People

KEPT_OF: Final = 10
SWITCHES: Final = 6
"""Each switch of the microphone is an event that this backend does not know, so its tenth event comes sooner."""


class ForeignBackend:
    """It knows four events, keeps one delivery in ten, and loses the first `session-ended` on the way.

    Its bill of a session is the largest total that it has seen.
    """

    def __init__(self) -> None:
        self.seen: dict[str, int] = {}
        self.kept: dict[str, int] = {}
        self.ended: set[str] = set()
        self._billed: dict[str, int] = {}
        self._lock = threading.Lock()
        self._server = ManyAtOnce(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        """Return the full URL for BACKEND_URL."""
        return f"http://127.0.0.1:{self._server.server_port}/events"

    def bill(self, session_id: str) -> int:
        """Return the billed seconds."""
        return self._billed.get(session_id, 0)

    def take(self, event: dict[str, Any]) -> int:
        """Take an event and return the status of the answer."""
        with self._lock:
            session_id, kind = event["sessionId"], event["type"]
            count = self.seen[session_id] = self.seen.get(session_id, 0) + 1
            is_end = kind == "session-ended"
            if is_end and session_id not in self.ended:
                self.ended.add(session_id)
                return 503
            if count % KEPT_OF and not is_end:
                return 200  # dropped on purpose
            self.kept[session_id] = self.kept.get(session_id, 0) + 1
            if kind in {"user-connected", "session-heartbeat", "user-disconnected", "session-ended"}:
                self._billed[session_id] = max(self.bill(session_id), event.get("billableSeconds", 0))
            return 200

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        backend = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers.get("content-length", 0)))
                answer = b'{"success": true}'
                self.send_response(backend.take(json.loads(raw)))
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                """Print nothing."""

        return Handler


@pytest.fixture
def foreign() -> Iterator[ForeignBackend]:
    """Run the backend of somebody else."""
    with ForeignBackend() as backend:
        yield backend


@pytest_asyncio.fixture(loop_scope="session")
async def call_side(tmp_path: Path, foreign: ForeignBackend) -> AsyncIterator[ForkedService]:
    """Run the call service alone."""
    env = {"SERVICE_ROLE": "call", "BACKEND_URL": foreign.url, "STUN_URLS": "none"}
    async with ForkedService(tmp_path, env) as service:
        yield service


@pytest.mark.requirement("R21", "R22", "R23", "R24", "R36")
async def test_the_right_bill_although_nine_of_ten_deliveries_are_dropped(
    people: People, call_side: ForkedService, foreign: ForeignBackend, tmp_path: Path
) -> None:
    lesson = Lesson(call_side.url)
    student, tutor = await people.meet(lesson)
    for _ in range(SWITCHES):
        await student.switch("microphone")
    await wait_for(lambda: foreign.seen.get(lesson.room, 0) >= KEPT_OF + 1)
    before_the_end = foreign.bill(lesson.room)

    await student.end_call()
    await tutor.wait_for_frame("session-ended")
    ledger = await load_from_file(tmp_path / "lessons.sqlite", lesson.room)
    seconds = ledger.billable_ms // 1000
    await wait_for(lambda: foreign.bill(lesson.room) >= seconds)

    assert foreign.bill(lesson.room) == seconds > 0
    assert before_the_end <= seconds
    assert foreign.kept[lesson.room] <= foreign.seen[lesson.room] // KEPT_OF + 1


async def wait_for(condition: Any) -> None:  # noqa: ANN401 - a predicate
    """Wait until *condition* holds."""
    async with asyncio.timeout(2 * WAIT_SECONDS_MAX):
        while not condition():  # noqa: ASYNC110 - a condition has no event
            await asyncio.sleep(LOOK_EVERY_SECONDS)
