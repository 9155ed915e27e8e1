"""Every stored event reaches the platform, in the order of its session, however often the service dies.

The service and the receiver are real processes and sockets. What the ledger has at the end is what must have come.
"""

from __future__ import annotations

import asyncio
import signal
import time
from collections import defaultdict
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Any, Final

import httpx2
import pytest

from tests.contracts.postgres import PostgresServer, postgres_server
from tests.recorder import Recorder
from tests.stories.forked import ForkedService
from tests.stories.live import PATIENCE_SECONDS, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

__all__ = ["postgres_server"]

KILLS: Final = 50
SESSIONS: Final = 8
WAITING: Final = 1_000
EACH: Final = 25
"""So many of them in a session: more than one run of a stream sends, and few sessions to ask for one by one."""
AT_ONCE: Final = 20
ADDRESS: Final = "0x742d35Cc6634C0532925a3b8D52c0b98db8d2aD1"
AGAIN_SECONDS: Final = 0.05
"""To knock a hundred times a second at a service that starts would cost as much as its start."""
BUSY: Final = 503
UNSENT: Final = {"session-created", "tutor-accepted"}
"""The platform's own requests made these facts."""


@pytest.fixture(params=["sqlite", "postgresql"])
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """Yield the URL of an empty database of each kind."""
    async with AsyncExitStack() as stack:
        if request.param == "sqlite":
            yield f"sqlite:///{tmp_path / 'ledger.sqlite'}"
        else:
            server: PostgresServer = request.getfixturevalue("postgres_server")
            url = await server.take_migrated_database()
            stack.push_async_callback(server.give_back, url)
            yield url


@dataclass
class Caller:
    """A call service elsewhere: it posts the events of a few sessions as fast as they are taken."""

    url: str
    random: Random
    sent: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def has_sent_more_than(self, count: int) -> bool:
        """Tell whether more than *count* events were taken."""
        return sum(self.sent.values()) > count

    async def run(self, client: httpx2.AsyncClient) -> None:
        """Mute and unmute in the sessions, one after the other, until cancelled."""
        while True:
            session = f"lesson-{self.random.randrange(SESSIONS)}"
            kind = "user-action" if self.sent[session] else "user-connected"
            action = {"action": "muted" if self.sent[session] % 2 else "unmuted"}
            event = {
                "type": kind,
                "sessionId": session,
                "userRole": "student",
                "userAddress": ADDRESS,
                "timestamp": time.time_ns() // 1_000_000,
                "id": f"{session}-{self.sent[session]}",
                **(action if kind == "user-action" else {"language": "es"}),
            }
            try:
                answer = await client.post(f"{self.url}/api/webrtc-events", json=event)
            except httpx2.HTTPError:  # killed: the same event goes again
                await asyncio.sleep(AGAIN_SECONDS)
                continue
            if answer.status_code == 200:
                self.sent[session] += 1
            await asyncio.sleep(0.02)


async def read_ledger(client: httpx2.AsyncClient, url: str, sessions: list[str]) -> dict[str, list[Any]]:
    """Return the sessions' events that a webhook is to get, as the API lists them."""
    ledger = {}
    for session in sessions:
        answer = (await client.get(f"{url}/api/sessions/{session}/events")).raise_for_status().json()
        ledger[session] = [event for event in answer["events"] if event["type"] not in UNSENT]
    return ledger


class Arrivals:
    """Each session's facts in the order in which each came first. Each post is read once, and repeats are equal."""

    def __init__(self, receiver: Recorder) -> None:
        self._receiver = receiver
        self._read = 0
        self._by_id: dict[str, dict[str, tuple[str, Any]]] = defaultdict(dict)

    def of(self, session: str) -> list[Any]:
        """Return the facts of *session* that have come."""
        self._read_new()
        return [body for _, body in self._by_id[session].values()]

    def have_all(self, ledger: dict[str, list[Any]]) -> bool:
        """Tell whether as much has come of each session as *ledger* has."""
        self._read_new()
        return all(len(self._by_id[session]) >= len(events) for session, events in ledger.items())

    def _read_new(self) -> None:
        new = self._receiver.posts[self._read :]
        self._read += len(new)
        for post in new:
            if post.body["type"] == "session-heartbeat":
                continue
            headers = {name.lower(): value for name, value in post.headers.items()}
            came = (headers["webhook-id"], post.body)
            known = self._by_id[post.body["sessionId"]].setdefault(post.body["id"], came)
            assert known == came, "a repeat is the same event with the same webhook-id"


@pytest.mark.slow
@pytest.mark.timeout(900)  # fifty starts of a service, on a machine that may be busy
@pytest.mark.requirement("R27")
async def test_fifty_kills_lose_no_event_and_swap_none(database_url: str, tmp_path: Path) -> None:
    random = Random(50)  # noqa: S311 - the same instants every time
    with Recorder() as receiver:
        env = {"STUN_URLS": "none", "BACKEND_URL": receiver.url, "DATABASE_URL": database_url}
        async with (
            ForkedService(tmp_path, env) as service,
            httpx2.AsyncClient(trust_env=False, timeout=60) as client,
        ):
            caller = Caller(service.url, random)
            calls = asyncio.create_task(caller.run(client))
            for _ in range(KILLS):
                await until(partial(caller.has_sent_more_than, sum(caller.sent.values())))
                await asyncio.sleep(random.uniform(0, 0.2))
                await service.stop(signal.SIGKILL)
                await service.start()
            calls.cancel()
            ledger = await read_ledger(client, service.url, list(caller.sent))
            arrivals = Arrivals(receiver)
            await until(lambda: arrivals.have_all(ledger))
            await check_arrivals(arrivals, client, service.url, ledger)

    for session, events in ledger.items():
        assert len(events) >= caller.sent[session], "what was answered with 200 is stored"


@pytest.mark.slow
@pytest.mark.requirement("R27")
async def test_a_stop_with_a_thousand_waiting_events_is_quick_and_loses_none(
    database_url: str, tmp_path: Path
) -> None:
    with Recorder() as receiver:
        receiver.hang()
        env = {"STUN_URLS": "none", "BACKEND_URL": receiver.url, "DATABASE_URL": database_url}
        async with (
            ForkedService(tmp_path, env) as service,
            httpx2.AsyncClient(trust_env=False, timeout=60) as client,
        ):
            sessions = [f"lesson-{n}" for n in range(WAITING // EACH)]
            for first in range(0, len(sessions), AT_ONCE):
                await asyncio.gather(
                    *(tell_all(client, service.url, each) for each in sessions[first : first + AT_ONCE])
                )
            ledger = await read_ledger(client, service.url, sessions)
            assert sum(len(events) for events in ledger.values()) >= WAITING
            await service.stop(signal.SIGTERM)  # kills after ten seconds, and then the status is not 0
            # uvicorn raises the signal again when it has closed everything.
            assert service.exit_status in (0, -signal.SIGTERM), "it ended by itself"
            receiver.resume()
            await service.start()
            arrivals = Arrivals(receiver)
            await until(lambda: arrivals.have_all(ledger))
            await check_arrivals(arrivals, client, service.url, ledger)


async def check_arrivals(
    arrivals: Arrivals, client: httpx2.AsyncClient, url: str, ledger: dict[str, list[Any]]
) -> None:
    """Check that all of *ledger* came, in its order, and nothing that the ledger does not have."""
    # A seat may have been found silent since *ledger* was read, so it is read again, after the arrivals.
    arrived = {session: arrivals.of(session) for session in ledger}
    for session, events in (await read_ledger(client, url, list(ledger))).items():
        assert arrived[session] == events[: len(arrived[session])]
        assert len(arrived[session]) >= len(ledger[session])


async def tell_all(client: httpx2.AsyncClient, url: str, session: str) -> None:
    """Begin a session, mute and unmute: EACH events for the platform."""
    now_ms = time.time_ns() // 1_000_000
    who = {"sessionId": session, "userRole": "student", "userAddress": ADDRESS}
    event = {"type": "user-connected", "language": "es", "timestamp": now_ms, "id": "evt-0", **who}
    await tell(client, url, event)
    for n in range(1, EACH):
        action = "muted" if n % 2 else "unmuted"
        event = {"type": "user-action", "action": action, "timestamp": now_ms + n, "id": f"evt-{n}", **who}
        await tell(client, url, event)


async def tell(client: httpx2.AsyncClient, url: str, event: dict[str, Any]) -> None:
    """Post *event* until it is taken: a busy service answers 503, and then the same event goes again."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        answer = await client.post(f"{url}/api/webrtc-events", json=event)
        while answer.status_code == BUSY:
            await asyncio.sleep(AGAIN_SECONDS)
            answer = await client.post(f"{url}/api/webrtc-events", json=event)
    answer.raise_for_status()
