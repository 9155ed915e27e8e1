"""A call service and a backend as two processes with databases of their own, joined by signed requests."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import httpx2

from langdao_video.billing.lesson import Lesson
from langdao_video.billing.live import load_lesson
from langdao_video.billing.records import read_record
from langdao_video.session.facts import Recorded
from langdao_video.store.port import load_stream
from langdao_video.store.sql import SqlStore
from tests.stories.forked import ForkedService
from tests.stories.live import NO_TLS, PATIENCE_SECONDS, until_async
from tests.stories.page import ADDRESSES, Page

BACKEND_SECRET: Final = "whsec_" + base64.b64encode(b"b" * 32).decode()
CALL_SECRET: Final = "whsec_" + base64.b64encode(b"c" * 32).decode()


@dataclass(frozen=True, slots=True)
class Apart:
    """Both processes, and a client of the backend's API."""

    call: ForkedService
    backend: ForkedService
    http: httpx2.AsyncClient
    folder: Path

    async def make_session(self, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        """Make a session at a cent a second."""
        body = {
            "studentAddress": ADDRESSES["student"],
            "tutorAddress": ADDRESSES["tutor"],
            "language": "es",
            "ratePerHourMinor": 3_600,
            "currency": "EUR",
            **more,
        }
        answer = await self.http.post("/api/sessions", json=body)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def begin(self, **more: Any) -> tuple[str, Page, Page]:  # noqa: ANN401 - JSON
        """Begin a lesson; return its id, the student's page and the tutor's."""
        made = await self.make_session(**more)
        session_id = made["sessionId"]
        student = self.page_of(made["studentUrl"])
        await student.join()
        await self.wait_for(session_id, lambda state: state["participants"]["student"]["connected"])
        answer = await self.http.post(f"/api/sessions/{session_id}/tutor-link", json={})
        assert answer.status_code == 200, answer.text
        tutor = self.page_of(answer.json()["tutorUrl"])
        await tutor.join()
        await self.wait_for(session_id, lambda state: state["state"] == "live")
        return session_id, student, tutor

    def page_of(self, url: str) -> Page:
        """Open a link of the backend, which leads to the call service."""
        parts = urlsplit(url)
        assert parts.port == self.call.port
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        return Page(
            f"ws://localhost:{self.call.port}/",
            query["room"],
            query["role"],
            address=query["address"],
            language=query["language"],
            sessionStart=int(query["sessionStart"]),
        )

    async def read(self, session_id: str) -> dict[str, Any]:
        """Return the session as the backend shows it."""
        answer = await self.http.get(f"/api/sessions/{session_id}")
        assert answer.status_code == 200, answer.text
        state: dict[str, Any] = answer.json()
        return state

    async def wait_for(self, session_id: str, condition: Any) -> dict[str, Any]:  # noqa: ANN401 - a predicate
        """Wait until the backend's session is as *condition* says, and return it."""
        states: list[dict[str, Any]] = []

        async def holds() -> bool:
            states.append(await self.read(session_id))
            return bool(condition(states[-1]))

        await until_async(holds)
        return states[-1]

    async def lessons(self, session_id: str) -> tuple[Lesson, Lesson]:
        """Return the session from the database of the call service, and from that of the backend."""
        return (
            await load_from_file(self.folder / "call" / "lessons.sqlite", session_id),
            await load_from_file(self.folder / "backend" / "lessons.sqlite", session_id),
        )

    async def records(self, session_id: str) -> tuple[list[Recorded], list[Recorded]]:
        """Return the ledger of the call service, and that of the backend."""
        ledgers = []
        for name in ("call", "backend"):
            async with opened(self.folder / name / "lessons.sqlite") as store:
                ledgers.append([read_record(stored) for stored in await load_stream(store, session_id)])
        return ledgers[0], ledgers[1]


async def load_from_file(database: Path, session_id: str) -> Lesson:
    """Return a session from the SQLite file of a service."""
    async with opened(database) as store:
        return await load_lesson(store, session_id)


@asynccontextmanager
async def opened(database: Path) -> AsyncIterator[SqlStore]:
    """Open the SQLite file of a service."""
    store = await SqlStore.open(f"sqlite:///{database}")
    try:
        yield store
    finally:
        await store.close()


@asynccontextmanager
async def apart(folder: Path, **env: str) -> AsyncIterator[Apart]:
    """Run both processes until the block ends."""
    shared = {"STUN_URLS": "none", "BACKEND_SECRET": BACKEND_SECRET, "CALL_SECRET": CALL_SECRET, **env}
    for name in ("call", "backend"):
        (folder / name).mkdir()
    call = ForkedService(folder / "call", {**shared, "SERVICE_ROLE": "call"})
    backend = ForkedService(folder / "backend", {**shared, "SERVICE_ROLE": "backend"})
    call.set(BACKEND_URL=f"http://localhost:{backend.port}/api/webrtc-events")
    backend.set(CALL_URL=call.url, WEBRTC_URL=call.url)
    async with (
        call,
        backend,
        httpx2.AsyncClient(
            base_url=f"http://localhost:{backend.port}",
            trust_env=False,
            timeout=PATIENCE_SECONDS,
            verify=NO_TLS,
        ) as http,
    ):
        yield Apart(call, backend, http, folder)
