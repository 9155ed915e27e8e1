"""Measures the delivery of events: how many a second, what it adds to a post, and what a million waiting rows cost.

The reference is bare httpx2: the same bodies to the same receiver, with as many requests at once. The receiver is a
process of its own that answers 200 at once. Rounds of both alternate.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
import resource
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from random import random
from typing import Final

import httpx2
import structlog
import uvloop
from sqlalchemy import Connection, TextClause, text

from bench.table import print_table
from langdao_video.clock import SystemClock
from langdao_video.delivery.dispatcher import Means
from langdao_video.delivery.pacing import WINDOW_MAX
from langdao_video.delivery.port import WebhookAnswer
from langdao_video.delivery.signing import make_secret
from langdao_video.delivery.targets import TargetRule
from langdao_video.delivery.transport import HttpTransport
from langdao_video.delivery.worker import DeliveryWorker
from langdao_video.in_process.event_renderer import EventRenderer, encode_event
from langdao_video.session.facts import Mark, SeatTaken, UserActed, body_of
from langdao_video.store.delivery_port import Endpoint
from langdao_video.store.migrate import migrate
from langdao_video.store.port import NewEvent
from langdao_video.store.sql import SqlStore

ROUNDS: Final = 5
LOADS: Final = ((200, 20), (5_000, 2))
"""(sessions, events of each)."""
FRESH: Final = 200
WAITING: Final = 1_000_000
TARGET: Final = 0.5
TARGET_WAITING: Final = 1.2
SECRET: Final = make_secret(b"k" * 32)
RECEIVER: Final = """
import asyncio, uvloop

class Receiver(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport, self.buffer = transport, b""

    def data_received(self, data):
        self.buffer += data
        while (end := self.buffer.find(b"\\r\\n\\r\\n")) >= 0:
            head = self.buffer[:end].lower()
            length = int(head.split(b"content-length: ", 1)[1].split(b"\\r\\n", 1)[0])
            if len(self.buffer) < end + 4 + length:
                return
            self.buffer = self.buffer[end + 4 + length :]
            self.transport.write(b"HTTP/1.1 200 OK\\r\\ncontent-length: 2\\r\\n\\r\\nok")

async def main():
    server = await asyncio.get_running_loop().create_server(Receiver, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()

uvloop.run(main())
"""


class Counted:
    """A transport that knows how many messages were taken, and wakes who waits for the next."""

    def __init__(self) -> None:
        self.taken = 0
        self.news = asyncio.Event()
        self._inner = HttpTransport(TargetRule(allows_loopback=True))

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> WebhookAnswer:
        """POST, and count."""
        answer = await self._inner.post(url, headers, body)
        if answer.status is not None:
            self.taken += 1
            self.news.set()
        return answer

    async def wait_for(self, count: int) -> None:
        """Wait until *count* messages were taken in all."""
        while self.taken < count:
            self.news.clear()
            await self.news.wait()

    async def close(self) -> None:
        """Close all connections."""
        await self._inner.close()


@asynccontextmanager
async def receiving() -> AsyncIterator[str]:
    """Run the receiver in a process of its own, and yield its URL."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", RECEIVER, stdout=asyncio.subprocess.PIPE
    )
    if process.stdout is None:
        raise RuntimeError("the receiver has no output")
    port = int(await process.stdout.readline())
    try:
        yield f"http://127.0.0.1:{port}/api/webrtc-events"
    finally:
        process.terminate()
        await process.wait()


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[tuple[SqlStore, Counted, DeliveryWorker]]:
    """Open an outbox on SQLite with one endpoint. The worker has not begun."""
    with tempfile.TemporaryDirectory(prefix="langdao-bench-") as folder:
        database = f"sqlite:///{Path(folder) / 'store.sqlite'}"
        await migrate(database)
        store = await SqlStore.open(database)
        await store.deliveries.save_endpoint(Endpoint(id="backend", url=url, secrets=(SECRET,)))
        transport = Counted()
        means = Means(
            store=store.deliveries,
            clock=SystemClock(),
            transport=transport,
            renderers={"events": EventRenderer()},
            make_token=lambda: secrets.token_hex(16),
            chance=random,
        )
        worker = DeliveryWorker(means)
        try:
            yield store, transport, worker
        finally:
            await worker.close(1)
            await transport.close()
            await store.close()


def facts(first: int, count: int) -> list[NewEvent]:
    """Make *count* facts of a session that follow on *first* others."""
    seat = SeatTaken(role="student", epoch=1, address="0x" + "a" * 40)
    made = []
    for number in range(first, first + count):
        fact = UserActed(role="student", action="muted") if number else seat
        body = body_of(fact, Mark())
        made.append(NewEvent(f"evt-{number}", fact.type, time.time_ns() // 1_000_000, body))
    return made


async def run_ours(url: str, sessions: int, events: int) -> float:
    """Deliver everything that waits; return the messages a second."""
    async with opened(url) as (store, transport, worker):
        await asyncio.gather(
            *(store.append_events(f"session-{n}", 0, facts(0, events)) for n in range(sessions))
        )
        begun_s = time.perf_counter()
        await worker.refresh()
        await transport.wait_for(sessions * events)
        return sessions * events / (time.perf_counter() - begun_s)


async def run_bare(url: str, sessions: int, events: int) -> float:
    """Post as many bodies of that size with bare httpx2; return the posts a second."""
    example = {"type": "user-action", "sessionId": "session-1000", "userRole": "student", "action": "muted"}
    body = encode_event(
        {**example, "timestamp": 1_764_000_000_000, "id": "evt-1", "seq": 1, "billableSeconds": 0}
    )
    numbers = itertools.count()
    async with httpx2.AsyncClient(trust_env=False, timeout=15, limits=_limits()) as client:

        async def post_some() -> None:
            while next(numbers) < sessions * events:
                await client.post(url, content=body, headers={"content-type": "application/json"})

        begun_s = time.perf_counter()
        await asyncio.gather(*(post_some() for _ in range(WINDOW_MAX)))
        return sessions * events / (time.perf_counter() - begun_s)


def _limits() -> httpx2.Limits:
    return httpx2.Limits(max_connections=WINDOW_MAX, max_keepalive_connections=WINDOW_MAX)


@asynccontextmanager
async def prepared(
    url: str, waiting: int, waiting_for: str = "away"
) -> AsyncIterator[Callable[[], Awaitable[float]]]:
    """Open an outbox in which *waiting* events wait. Yield what measures a fresh event, from append to answer, in ms.

    There are two endpoints in any case: the receiver ("backend"), and one that is away.
    """
    async with opened(url) as (store, transport, worker):
        await store.deliveries.save_endpoint(Endpoint(id="away", url="http://127.0.0.1:9/"))
        if waiting:
            await fill(store, waiting, waiting_for)
        await worker.refresh()
        numbers = itertools.count()

        async def measure_one() -> float:
            session = f"fresh-{next(numbers)}"
            before, begun_s = transport.taken, time.perf_counter()
            await store.append_events(session, 0, facts(0, 1))
            worker.hint(session, is_beat=False)
            await transport.wait_for(before + 1)
            return (time.perf_counter() - begun_s) * 1000

        yield measure_one


async def fill(store: SqlStore, waiting: int, endpoint: str) -> None:
    """Let events of as many sessions wait for an endpoint that has failed before, and is due."""
    seat = facts(0, 1)[0]
    now_ms = seat.at_ms
    events = text(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count) "
        "INSERT INTO session_events (session_id, seq, id, type, at_ms, body, position, xid) "
        "SELECT :prefix || i, 1, :id, :type, :at_ms, :body, "
        "i + (SELECT COALESCE(MAX(position), 0) FROM session_events), 0 FROM n"
    )
    streams = text(
        "INSERT INTO delivery_streams (endpoint_id, session_id, position, newest_seq, due_ms, attempts, "
        "failing_since_ms, beats_until_ms) SELECT :endpoint, session_id, 0, 1, :due_ms, 3, :since_ms, 0 "
        "FROM session_events WHERE session_id LIKE :prefix || '%'"
    )
    values = {
        "count": waiting,
        "prefix": "waiting-",
        "endpoint": endpoint,
        "due_ms": now_ms - 1,
        "since_ms": now_ms - 3_600_000,
        "id": seat.id,
        "type": seat.type,
        "at_ms": now_ms,
        "body": json.dumps(dict(seat.body)),
    }
    await store._write(partial(_insert, (events, streams), values))  # noqa: SLF001


def _insert(statements: Sequence[TextClause], values: Mapping[str, object], connection: Connection) -> None:
    for statement in statements:
        connection.execute(statement, {name: values[name] for name in statement.compile().params})


async def measure_fresh(url: str, waiting: int) -> list[tuple[float, ...]]:
    """Return the times of fresh events in ms: bare posts, with none waiting, and with *waiting*; all in turns."""
    async with (
        httpx2.AsyncClient(trust_env=False, timeout=15) as client,
        prepared(url, 0) as with_none,
        prepared(url, waiting) as with_many,
    ):

        async def post() -> float:
            begun_s = time.perf_counter()
            await client.post(url, content=json.dumps(dict(facts(0, 1)[0].body)).encode())
            return (time.perf_counter() - begun_s) * 1000

        return [(await post(), await with_none(), await with_many()) for _ in range(FRESH)]


async def measure_peak_mib(url: str, waiting: int) -> float:
    """Return how much memory the delivery of 50 fresh events takes beside *waiting*, in a process of its own."""
    code = f"import uvloop; from bench.delivery import print_peak; uvloop.run(print_peak({url!r}, {waiting}))"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    output, _ = await process.communicate()
    return float(output.split()[-1])


async def print_peak(url: str, waiting: int) -> None:
    """Deliver fresh events, and print the memory's peak in MiB."""
    async with prepared(url, waiting) as measure_one:
        for _ in range(50):
            await measure_one()
    sys.stdout.write(f"\n{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.1f}\n")


async def measure_throughput(url: str) -> list[tuple[str, ...]]:
    """Measure both in alternating rounds, and return the rows of the table."""
    rows: list[tuple[str, ...]] = []
    for sessions, events in LOADS:
        ours: list[float] = []
        bare: list[float] = []
        for _ in range(ROUNDS):
            ours.append(await run_ours(url, sessions, events))
            bare.append(await run_bare(url, sessions, events))
        ratios = [mine / theirs for mine, theirs in zip(ours, bare, strict=True)]
        rows.append(
            (
                f"{sessions:,} sessions, {events} events each",
                f"{statistics.median(ours):,.0f}",
                f"{statistics.median(bare):,.0f}",
                f"{statistics.median(ratios):.2f}",
                f"{min(ratios):.2f}–{max(ratios):.2f}",
            )
        )
    return rows


async def measure(waiting: int) -> None:
    """Measure and print the tables."""
    async with receiving() as url:
        print_table(
            f"Deliveries a second on SQLite against bare httpx2 with {WINDOW_MAX} posts at once, {ROUNDS} rounds",
            ("", "ours", "bare", "ratio", "lowest–highest"),
            await measure_throughput(url),
        )
        print(f"Target: at least {TARGET} of the bare posts.")
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
        times = await measure_fresh(url, waiting)
        async with prepared(url, waiting, "backend") as in_the_rush:
            rush_ms = statistics.median([await in_the_rush() for _ in range(FRESH)])
        bare_ms, none_ms, many_ms = (statistics.median(column) for column in zip(*times, strict=True))
        none_mib, many_mib = await measure_peak_mib(url, 0), await measure_peak_mib(url, waiting)
    print_table(
        f"A fresh event, from its append to the receiver's answer: median of {FRESH}, in turns",
        ("", "ms", "÷ none waiting", "÷ bare post", "peak MiB", "÷ none waiting"),
        [
            ("bare httpx2 post", f"{bare_ms:.2f}", "", "1.00", "", ""),
            ("none waiting", f"{none_ms:.2f}", "1.00", f"{none_ms / bare_ms:.2f}", f"{none_mib:.0f}", "1.00"),
            (
                f"{waiting:,} waiting for another endpoint",
                f"{many_ms:.2f}",
                f"{many_ms / none_ms:.2f}",
                f"{many_ms / bare_ms:.2f}",
                f"{many_mib:.0f}",
                f"{many_mib / none_mib:.2f}",
            ),
            (
                f"{waiting:,} on their way to the same one",
                f"{rush_ms:.2f}",
                f"{rush_ms / none_ms:.2f}",
                f"{rush_ms / bare_ms:.2f}",
                "",
                "",
            ),
        ],
    )
    print(f"Target: time and memory with events waiting at most {TARGET_WAITING} of those with none.")


def main() -> None:
    """Measure."""
    uvloop.run(measure(WAITING))


if __name__ == "__main__":
    main()
