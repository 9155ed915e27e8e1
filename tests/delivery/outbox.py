"""A session service, its outbox in memory, and workers that deliver to receivers. The clock is the test's."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Final

from langdao_video.billing.money import Rate
from langdao_video.billing.rules import BillRules
from langdao_video.billing.service import SessionService
from langdao_video.delivery.dispatcher import Means
from langdao_video.delivery.port import MessageRenderer
from langdao_video.delivery.targets import TargetRule
from langdao_video.delivery.transport import HttpTransport
from langdao_video.delivery.worker import DeliveryWorker
from langdao_video.in_process.event_renderer import EventRenderer, render_beat
from langdao_video.in_process.listeners import make_delivery_listener
from langdao_video.session.events import SessionHeartbeat, UserAction, UserConnected
from langdao_video.session.roles import Role
from langdao_video.store.delivery_port import Endpoint
from langdao_video.store.memory import MemoryStore
from tests.delivery.receivers import Receiver
from tests.stories.live import HandClock, until

ADDRESS: Final = "0x742d35Cc6634C0532925a3b8D52c0b98db8d2aD1"
POLL_SECONDS: Final = 0.01
UNSENT: Final = {"session-created"}


@dataclass
class Outbox:
    """The parts of one process. Several workers may share the store."""

    clock: HandClock = field(default_factory=HandClock)
    store: MemoryStore = field(default_factory=MemoryStore)
    wall_off_ms: int = 0
    """How far the machine's wall clock is ahead of the service's."""
    workers: list[DeliveryWorker] = field(default_factory=list)
    transport: HttpTransport = field(init=False)
    service: SessionService = field(init=False)
    renderers: dict[str, MessageRenderer] = field(default_factory=lambda: {"events": EventRenderer()})

    def __post_init__(self) -> None:
        ids = itertools.count(1)
        self.transport = HttpTransport(TargetRule(allows_loopback=True))
        self.service = SessionService(
            store=self.store,
            clock=self.clock,
            rules=BillRules(),
            default_rate=Rate(3_600, "USD", 2),
            opens_unknown=True,
            make_id=lambda: f"id-{next(ids)}",
            render_beat=lambda lesson, beat: render_beat(beat, lesson, f"beat-{next(ids)}"),
        )

        def hint(session_id: str, *, is_beat: bool) -> None:
            for worker in self.workers:
                worker.hint(session_id, is_beat=is_beat)

        self.service.listeners.append(make_delivery_listener(hint))

    async def add_endpoint(self, receiver: Receiver, id_: str = "backend", **fields: object) -> None:
        """Deliver to *receiver* what happens from now on."""
        await self.store.deliveries.save_endpoint(Endpoint(id=id_, url=receiver.url, **fields))  # type: ignore[arg-type]

    async def add_worker(self, *, starts: bool = True) -> DeliveryWorker:
        """Start one more worker."""
        random = Random(1)  # noqa: S311 - the same waits every time
        tokens = itertools.count(1)
        number = len(self.workers)
        means = Means(
            store=self.store.deliveries,
            clock=self.clock,
            transport=self.transport,
            renderers=self.renderers,
            make_token=lambda: f"token-{number}-{next(tokens)}",
            chance=random.random,
            wall_ms=lambda: self.clock.now_ms() + self.wall_off_ms,
            poll_seconds=POLL_SECONDS,
        )
        worker = DeliveryWorker(means)
        if starts:
            await worker.refresh()
        self.workers.append(worker)
        return worker

    async def begin(self, *sessions: str) -> None:
        """Let the student take a seat in each session."""
        for session in sessions:
            event = UserConnected(
                session_id=session,
                timestamp=self.clock.now_ms(),
                user_role="student",
                user_address=ADDRESS,
                language="es",
            )
            await self.service.take_event(event)

    async def act(self, session: str, times: int = 1) -> None:
        """Let the student switch the microphone: each time makes one event."""
        for _ in range(times):
            event = UserAction(
                session_id=session, timestamp=self.clock.now_ms(), user_role="student", action="muted"
            )
            await self.service.take_event(event)

    async def beat(self, session: str, role: Role = "student") -> None:
        """Let a seat send its heartbeat."""
        event = SessionHeartbeat(
            session_id=session,
            timestamp=self.clock.now_ms(),
            user_role=role,
            user_address=ADDRESS,
            language="es",
            start_time=self.clock.now_ms(),
            is_audio_enabled=True,
            is_video_enabled=True,
            elapsed_seconds=0,
        )
        await self.service.take_event(event)

    async def ledger(self, session: str) -> list[int]:
        """Return the seqs that an endpoint must get."""
        return [each.seq for each in await self.store.load_events(session) if each.type not in UNSENT]

    def due(self) -> list[str]:
        """Return the sessions that are due at an enabled endpoint."""
        outbox, now_ms = self.store.deliveries, self.clock.now_ms()
        enabled = {each.id for each in outbox._endpoints.values() if each.disabled is None}
        rows = outbox._streams.values()
        return [row.session_id for row in rows if row.endpoint_id in enabled and row.is_due(now_ms)]

    async def calm(self) -> None:
        """Let each endpoint be looked at, and wait until nothing is on its way, and nothing is due or all rest."""
        for worker in self.workers:
            for each in worker._dispatchers.values():
                looked_s = each._polled_s
                await until(lambda each=each, looked_s=looked_s: each._polled_s > looked_s)  # type: ignore[misc]

        def is_calm() -> bool:
            dispatchers = [each for worker in self.workers for each in worker._dispatchers.values()]
            if not all(
                each.is_idle or each.pace.rests_until_ms > self.clock.now_ms() for each in dispatchers
            ):
                return False
            rests = any(each.pace.rests_until_ms > self.clock.now_ms() for each in dispatchers)
            return not any(each._runs for each in dispatchers) and (rests or not self.due())

        await until(is_calm)

    async def pass_time(self, ms: int, steps: int = 20) -> None:
        """Move the clock in *steps*, and let the workers act after each."""
        for _ in range(steps):
            self.clock.advance(ms // steps)
            await self.calm()

    async def close(self) -> None:
        """Close all workers."""
        for worker in self.workers:
            await worker.close(5)
        await self.transport.close()


@asynccontextmanager
async def delivering(receivers: Mapping[str, Receiver], **fields: object) -> AsyncIterator[Outbox]:
    """Run a worker that delivers to *receivers*, by their ids as endpoints, until the block ends."""
    outbox = Outbox()
    for id_, receiver in receivers.items():
        await outbox.add_endpoint(receiver, id_, **fields)
    await outbox.add_worker()
    try:
        yield outbox
    finally:
        await outbox.close()


def seqs(receiver: Receiver, session: str, since: int = 0) -> list[int]:
    """Return the seqs of a session's facts in the order of their first arrival, from request number *since* on.

    A repeat must have the same `webhook-id` and the same bytes.
    """
    first: dict[str, tuple[int, bytes]] = {}
    for request in receiver.requests[since:]:
        body = request.body
        if body["sessionId"] == session and body["type"] != "session-heartbeat":
            known = first.setdefault(request.headers["webhook-id"], (body["seq"], request.raw))
            assert known == (body["seq"], request.raw)
    return [seq for seq, _ in first.values()]
