"""Runs the backends of the guide: each takes a real lesson's events, signed, and charges the right amount once."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self
from urllib.parse import urlsplit

import httpx2
import pytest
import pytest_asyncio

from langdao_video.delivery.signing import sign_headers
from langdao_video.platform import UnknownEvent, verify
from tests.browser.server import Service
from tests.ports import free_port, listens
from tests.recorder import Recorder
from tests.test_docs_samples import ROOT, SECONDS_MAX, STUDENT, TOOLS, TUTOR, program, running_service

pytestmark = [pytest.mark.requirement("R24", "R25", "R26", "R46"), pytest.mark.slow]

SECRET: Final = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="  # noqa: S105 - public, in wire/
OTHER_SECRET: Final = "whsec_yMnKy8zNzs/Q0dLT1NXW19jZ2tvc3d7f4OHi4+Tl5ufo6err7O3u7/Dx8vP09fb3"  # noqa: S105 - the same
BEATS: Final = 5

SERVE_WSGI: Final = """
import os
from wsgiref.simple_server import make_server

make_server("127.0.0.1", int(os.environ["PORT"]), application).serve_forever()
"""
SERVE_FLASK: Final = f"from backend import app as application\n{SERVE_WSGI}"
SERVE_DJANGO: Final = f"""
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import path

settings.configure(ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, SECRET_KEY="k" * 50)

import backend as views

urlpatterns = [path("api/webrtc-events", views.webrtc_events)]
application = get_wsgi_application()
{SERVE_WSGI}"""
SERVE_FASTAPI: Final = """
import os

import uvicorn

uvicorn.run("backend:app", port=int(os.environ["PORT"]), log_level="warning")
"""
PYTHON: Final = {"fastapi": SERVE_FASTAPI, "flask": SERVE_FLASK, "django": SERVE_DJANGO}
JAVASCRIPT: Final = ("npm", "node")


def write_backend(folder: Path, mark: str) -> tuple[str, str]:
    """Write the program of the guide under *mark* and what it imports; return the command that starts it."""
    if mark in JAVASCRIPT:
        (folder / "bills.js").write_text(program("js", "bills"))
        (folder / "backend.js").write_text(program("js", mark))
        node = shutil.which("node", path=TOOLS)
        assert node, "Node is installed by `make install`"
        return node, "backend.js"
    (folder / "bills.py").write_text(program("python", "bills"))
    (folder / "backend.py").write_text(program("python", mark))
    (folder / "serve.py").write_text(PYTHON[mark])
    return sys.executable, "serve.py"


@dataclass(frozen=True, slots=True)
class Webhook:
    """A request with an event, as it was sent."""

    headers: Mapping[str, str]
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        return dict(json.loads(self.body))

    @classmethod
    def sign(cls, event: dict[str, Any], *secrets: str) -> Self:
        body = json.dumps(event, ensure_ascii=False).encode()
        return cls(sign_headers(secrets, f"evt_{event['id']}", int(time.time()), body), body)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lesson(tmp_path_factory: pytest.TempPathFactory) -> list[Webhook]:
    """Play a lesson at the real service; return its webhooks, and those of the final and of a corrected bill."""
    folder = tmp_path_factory.mktemp("service")
    with Recorder() as backend:
        async with running_service(folder, BACKEND_URL=backend.url, BACKEND_SECRET=SECRET) as service:
            session = await play_lesson(service, backend)
            await backend.wait_for(session, "session-ended")
    sent = [Webhook(post.headers, post.raw) for post in backend.posts]
    [ended] = [webhook.event for webhook in sent if webhook.event["type"] == "session-ended"]
    final = {**ended, "type": "bill-final", "id": "final", "seq": ended["seq"] + 1}
    cost = {**ended["cost"], "minor": ended["cost"]["minor"] - 7}
    corrected = {
        **final,
        "type": "bill-corrected",
        "id": "c",
        "seq": final["seq"] + 1,
        "minor": -7,
        "cost": cost,
    }
    return [*sent, Webhook.sign(final, SECRET), Webhook.sign(corrected, SECRET)]


async def play_lesson(service: Service, backend: Recorder) -> str:
    """Play a lesson of 50 s through the API, as another call service would. Return its id."""
    async with httpx2.AsyncClient(base_url=service.url, trust_env=False, timeout=SECONDS_MAX) as api:

        async def post(path: str, **body: object) -> dict[str, Any]:
            answer = await api.post(path, json=body)
            assert answer.is_success, answer.text
            return dict(answer.json())

        made = await post("/api/sessions", studentAddress=STUDENT, tutorAddress=TUTOR, language="es")
        session, start_ms = made["sessionId"], made["sessionStart"]
        people = {"student": STUDENT, "tutor": TUTOR}
        send = "/api/webrtc-events"
        for role in people:
            about = {"sessionId": session, "timestamp": start_ms, "userRole": role}
            await post(send, type="user-connected", **about)
        for n in range(1, BEATS + 1):
            about = {"sessionId": session, "timestamp": start_ms + n * 10_000, "startTime": start_ms}
            for role, address in people.items():
                who = {"userRole": role, "userAddress": address, "language": "es", "elapsedSeconds": n * 10}
                media = {"heartbeat": True, "isAudioEnabled": True, "isVideoEnabled": True}
                await post(send, type="session-heartbeat", **about, **who, **media)
        await backend.wait_for(session, "session-heartbeat")  # the end would take its place
        about = {"sessionId": session, "timestamp": start_ms + BEATS * 10_000, "userAddress": STUDENT}
        await post(send, type="session-ended", totalSeconds=BEATS * 10, endedBy="student", **about)
        return str(session)


class Backend:
    """A running program of the guide."""

    def __init__(self, process: asyncio.subprocess.Process, port: int) -> None:
        self.process = process
        self._url = f"http://127.0.0.1:{port}/api/webrtc-events"

    async def take(self, webhook: Webhook) -> int:
        """Send *webhook*; return the status of the answer."""
        names = ("webhook-id", "webhook-timestamp", "webhook-signature")
        headers = {name: value for name, value in webhook.headers.items() if name.lower() in names}
        async with httpx2.AsyncClient(trust_env=False, timeout=SECONDS_MAX) as client:
            answer = await client.post(self._url, content=webhook.body, headers=headers)
        return answer.status_code

    async def hang_up(self) -> None:
        """Send half a request, and close."""
        await self._send_raw(b"Content-Length: 10\r\n\r\nhalf", reads=False)

    async def flood(self) -> None:
        """Send the beginning of a body of a gigabyte, and wait until the backend closes."""
        await self._send_raw(b"Content-Length: 1000000000\r\n\r\n" + bytes(2 * 1024**2), reads=True)

    async def _send_raw(self, rest: bytes, *, reads: bool) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(self._url).port)
        writer.write(b"POST /api/webrtc-events HTTP/1.1\r\nHost: localhost\r\n" + rest)
        with suppress(ConnectionError):  # it may have closed already
            await writer.drain()
            if reads:
                await asyncio.wait_for(reader.read(), SECONDS_MAX)
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    async def stop(self) -> list[str]:
        """Stop it, and return the lines that it printed."""
        self.process.terminate()
        printed, _ = await asyncio.wait_for(self.process.communicate(), SECONDS_MAX)
        return printed.decode().splitlines()


@asynccontextmanager
async def running_backend(folder: Path, mark: str) -> AsyncIterator[Backend]:
    port = free_port()
    env = {
        **os.environ,
        "PORT": str(port),
        "BACKEND_SECRET": SECRET,
        "NODE_PATH": str(ROOT / "client" / "node_modules"),
    }
    process = await asyncio.create_subprocess_exec(
        *write_backend(folder, mark), cwd=folder, env=env, stdout=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(SECONDS_MAX):
            while not await listens(port):
                assert process.returncode is None, "the backend ended"
                await asyncio.sleep(0.05)
        yield Backend(process, port)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


@pytest.mark.parametrize("mark", [*PYTHON, *JAVASCRIPT])
async def test_a_backend_of_the_guide_charges_a_signed_lesson_once(
    mark: str, lesson: list[Webhook], tmp_path: Path
) -> None:
    final = lesson[-2].event
    session, cost = final["sessionId"], final["cost"]["minor"]
    later = {**lesson[0].event, "type": "board-drawn", "seq": 99, "id": "later"}

    async with running_backend(tmp_path, mark) as backend:
        forged = [await backend.take(Webhook.sign(final, *secrets)) for secrets in [(), (OTHER_SECRET,)]]
        taken = [await backend.take(webhook) for webhook in lesson for _ in range(2)]
        unknown = await backend.take(Webhook.sign(later, SECRET))
        printed = await backend.stop()

    assert forged == [401, 401]
    assert {*taken, unknown} == {200}
    assert cost == 2_000 * BEATS * 10 // 3_600
    assert printed == [f"charge {session}: 50 s, {cost} USD", f"charge {session}: 50 s, -7 USD"]


@pytest.mark.parametrize("mark", [*PYTHON, *JAVASCRIPT])
async def test_the_final_bill_alone_is_enough(mark: str, lesson: list[Webhook], tmp_path: Path) -> None:
    final = lesson[-2].event

    async with running_backend(tmp_path, mark) as backend:
        status = await backend.take(Webhook.sign(final, OTHER_SECRET, SECRET))
        printed = await backend.stop()

    assert status == 200
    assert printed == [f"charge {final['sessionId']}: 50 s, {final['cost']['minor']} USD"]


@pytest.mark.parametrize("mark", JAVASCRIPT)
async def test_no_stranger_ends_a_backend_in_javascript_or_fills_its_memory(
    mark: str, lesson: list[Webhook], tmp_path: Path
) -> None:
    async with running_backend(tmp_path, mark) as backend:
        await backend.hang_up()
        await backend.flood()
        status = await backend.take(Webhook.sign(lesson[-2].event, SECRET))

    assert status == 200


def test_the_library_reads_every_webhook_of_the_service(lesson: list[Webhook]) -> None:
    events = [verify(SECRET, webhook.headers, webhook.body) for webhook in lesson]

    assert not any(isinstance(event, UnknownEvent) for event in events)
    assert len({webhook.headers["webhook-id"] for webhook in lesson}) == len(lesson)
    assert {"user-connected", "session-heartbeat", "session-ended"} <= {event.type for event in events}
