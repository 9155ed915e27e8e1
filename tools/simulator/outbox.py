"""The outbox of a simulated service: the real workers of its processes, one after the other or beside each other.

Laws: the transport is the only simulated part; its chance is its own, so that a lesson is the same with and without it.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from random import Random
from typing import Final

from langdao_video.billing.lesson import Lesson
from langdao_video.delivery.dispatcher import Means
from langdao_video.delivery.port import WebhookAnswer
from langdao_video.delivery.worker import DeliveryWorker
from langdao_video.errors import LangDAOError
from langdao_video.in_process.event_renderer import EventRenderer, render_beat
from langdao_video.session.events import SessionHeartbeat
from langdao_video.store.delivery_port import Endpoint
from tools.simulator.arrivals import Arrivals, Told, judge_arrivals
from tools.simulator.books import Books
from tools.simulator.loop import Reply, VirtualLoop
from tools.simulator.machine import Machine
from tools.simulator.plan import (
    Plan,
    ReceiverFails,
    ReceiverPlan,
    Replays,
    SecondWorker,
    StoreFails,
    WorkerDies,
)
from tools.simulator.receivers import SimulatedReceiver
from tools.simulator.world import World, finish

_GRAIN_MS: Final = 250
_CLOSE_SECONDS: Final = 3.0
_CLOSE_MS: Final = 6_000
"""How long the end of a process may take in all: its running requests, the settling, and the grain of its loop."""
_LOOKS: Final = 150
_POLL_MS_MIN: Final = 30_000
_LATEST_MS: Final = 6 * 24 * 3_600_000
"""How long after the last failure nothing may wait any more."""
_OPERATOR_MS: Final = 60_000


@dataclass(slots=True)
class SimulatedTransport:
    """The network between one process and the receivers."""

    loop: VirtualLoop
    world: World
    machine: Machine
    receivers: Mapping[str, SimulatedReceiver]
    on_cut_off: Callable[[], object]

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> WebhookAnswer:
        """Carry a request. It arrives even if the process dies meanwhile; the answer then does not."""
        receiver, reply = self.receivers[url], Reply[WebhookAnswer](self.loop)

        def arrive() -> None:
            answer, after_ms = receiver.receive(headers, body)
            self.world.after(after_ms, lambda: reply.give(answer))

        self.world.after(receiver.plan.latency_ms, arrive)
        answer: WebhookAnswer | None = None
        try:
            answer = await reply.wait()
        finally:
            if answer is None:
                self.on_cut_off()
        if answer.status is None or answer.status >= 300:  # noqa: PLR2004 - RFC 9110 §15.3
            receiver.note_failed(headers["webhook-id"], self.machine.now_ms())
        return answer


@dataclass(slots=True)
class _Process:
    """One process that delivers."""

    loop: VirtualLoop
    worker: DeliveryWorker


@dataclass(slots=True)
class SimulatedOutbox:
    """Everything of a lesson that delivers and receives."""

    world: World
    machine: Machine
    books: Books
    plan: Plan
    random: Random = field(init=False)
    receivers: list[SimulatedReceiver] = field(init=False)
    deaths: int = 0
    """How many processes were killed in the middle of something."""
    cut_off: int = 0
    """How many requests were under way when their process ended."""
    replays: int = 0
    faults: list[str] = field(default_factory=list)
    _process: _Process | None = None
    _second: _Process | None = None
    _poll_ms: int = field(init=False)
    _from_seq: dict[int, int] = field(default_factory=dict)
    _calm_ms: int = 0
    _is_lesson_over: bool = False

    def __post_init__(self) -> None:
        """Make the receivers."""
        self.random = Random(f"deliveries {self.plan.seed}")  # noqa: S311 - chance that can be had again
        self._poll_ms = self.plan.poll_ms
        self.receivers = [self._make(number, receiver) for number, receiver in enumerate(self.plan.receivers)]

    def set_up(self) -> None:
        """Make the endpoints, now or later, and plan what happens to the workers and at the operator's desk."""
        for number, receiver in enumerate(self.plan.receivers):
            if receiver.comes_ms:
                self.world.at(receiver.comes_ms, partial(self._announce, number))
            else:
                self._announce(number)
        for trouble in self.plan.troubles:
            self._plan(trouble)

    def start(self, loop: VirtualLoop) -> None:
        """Start the worker of the service's new process."""
        self._process = self._begin(loop)

    def die(self) -> None:
        """Forget the service's process, whose loop is about to be killed."""
        if self._process is not None:
            self.deaths += not self._process.worker.is_idle
        self._process = None

    def hint(self, session_id: str, *, is_beat: bool) -> None:
        """Tell the worker of the service's process that there is news. Other processes find it when they look."""
        if self._process is not None:
            self._process.worker.hint(session_id, is_beat=is_beat)

    def show_beat(self, lesson: Lesson, heartbeat: SessionHeartbeat) -> str | None:
        """Show a heartbeat if somebody gets it, as the app does."""
        if self._process is None or not self._process.worker.wants_beats:
            return None
        return render_beat(heartbeat, lesson, f"{self.random.getrandbits(64):016x}")

    def play_on(self) -> Arrivals:
        """Play on after the lesson until nothing waits, which may take days; judge what has arrived."""
        self._end_lesson()
        troubles_ms = [
            start_ms + getattr(each, "for_ms", 0) for each in self._own() for start_ms in [each.at_ms]
        ]
        last_ms = max([self.world.now_ms, *troubles_ms])
        self._poll_ms = max(_POLL_MS_MIN, (last_ms - self.world.now_ms) // _LOOKS)
        self._calm_ms = last_ms
        for trouble in self._own():
            self._plan(trouble)
        for receiver in self.receivers:
            self._enable(receiver)
        self._restart()
        self.world.run(last_ms + _LATEST_MS, self._is_calm)
        return judge_arrivals(self._tell(), self.books.outbox.find_waiting(self._ids()), self.faults)

    # ── Processes ────────────────────────────────────────────────────────────────────────────────

    def _begin(self, loop: VirtualLoop) -> _Process:
        means = Means(
            store=self.books.deliveries,
            clock=self.machine,
            transport=SimulatedTransport(
                loop,
                self.world,
                self.machine,
                {each.url: each for each in self.receivers},
                self._note_cut_off,
            ),
            renderers={"events": EventRenderer()},
            make_token=lambda: f"{self.random.getrandbits(64):016x}",
            chance=self.random.random,
            wall_ms=lambda: self.world.now_ms,
            poll_seconds=self._poll_ms / 1000,
        )
        process = _Process(loop, DeliveryWorker(means))
        loop.do(lambda: loop.create_task(self._follow(process)))
        return process

    def _note_cut_off(self) -> None:
        self.cut_off += 1

    async def _follow(self, process: _Process) -> None:
        """Follow the endpoints as `DeliveryWorker.run` does, but as seldom as the worker looks for work."""
        while True:
            with suppress(LangDAOError):
                await process.worker.refresh()
            await process.loop.wait(self._poll_ms)

    def _restart(self) -> None:
        self._process = self._begin(VirtualLoop(self.world, _GRAIN_MS))

    def _kill(self, process: _Process | None) -> None:
        if process is not None and not process.loop.is_closed():
            self.deaths += not process.worker.is_idle
            process.loop.kill()

    def _stop(self, process: _Process | None) -> None:
        """Stop a process in order (SIGTERM), and kill it when it should have ended."""
        if process is None or process.loop.is_closed():
            return
        closing = process.loop.create_task(process.worker.close(_CLOSE_SECONDS))
        process.loop.do(lambda: None)

        def end() -> None:
            if process.loop.is_closed():  # a crash came first
                return
            if not closing.done():
                self.faults.append("a worker did not stop in time")
            process.loop.kill()

        self.world.after(_CLOSE_MS, end)

    def _end_lesson(self) -> None:
        """End the service's process and everything of the lesson. Only the outbox and the receivers stay."""
        self._is_lesson_over = True
        self.books.fail(None)
        self.books.kills = None
        if self.plan.is_killed:
            self._kill(self._process)
        else:
            self._stop(self._process)
            ends_ms = self.world.now_ms + _CLOSE_MS + 1
            self.world.on_killed = lambda: None
            self.world.run(ends_ms, lambda: False)
        self._kill(self._process)
        self._kill(self._second)
        self._process = self._second = None
        self.world.forget()
        self.books.fail(None)  # the lesson's troubles went on until here
        self.books.kills = None

    def _begin_second(self, trouble: SecondWorker) -> None:
        second = self._second = self._begin(VirtualLoop(self.world, _GRAIN_MS))
        end = self._kill if trouble.is_killed else self._stop
        self.world.after(trouble.for_ms, lambda: end(second))

    def _die_later(self, trouble: WorkerDies) -> None:
        if self._is_lesson_over:
            self._kill(self._process)
            self._process = None
            self.world.after(trouble.for_ms, self._restart)

    # ── The operator ─────────────────────────────────────────────────────────────────────────────

    def _plan(self, trouble: object) -> None:
        """Plan a trouble of the outbox, if its time is still to come."""
        match trouble:
            case SecondWorker() if trouble.at_ms >= self.world.now_ms:
                self.world.at(trouble.at_ms, lambda: self._begin_second(trouble))
            case WorkerDies() if trouble.at_ms >= self.world.now_ms:
                self.world.at(trouble.at_ms, lambda: self._die_later(trouble))
            case Replays() if trouble.at_ms >= self.world.now_ms:
                self.world.at(trouble.at_ms, lambda: self._replay(trouble))
            case _:
                pass

    def _own(self) -> list[ReceiverFails | Replays | SecondWorker | WorkerDies]:
        kinds = (ReceiverFails, Replays, SecondWorker, WorkerDies)
        return [trouble for trouble in self.plan.troubles if isinstance(trouble, kinds)]

    def _make(self, number: int, plan: ReceiverPlan) -> SimulatedReceiver:
        fails = [
            (each.at_ms, each.at_ms + each.for_ms, each.how)
            for each in self.plan.all(ReceiverFails)
            if each.receiver == number
        ]
        secrets = [base64.b64encode(self.random.randbytes(24)).decode() for _ in range(plan.keys)]
        return SimulatedReceiver(
            world=self.world,
            random=self.random,
            plan=plan,
            url=f"https://platform-{number}.example/events",
            secrets=tuple(f"whsec_{secret}" for secret in secrets),
            fails=fails,
            on_gone=self._enable,
        )

    def _announce(self, number: int) -> None:
        """Make the endpoint of a receiver. A store that fails is asked again."""
        receiver = self.receivers[number]
        endpoint = Endpoint(
            id=f"platform-{number}",
            url=receiver.url,
            secrets=receiver.secrets,
            types=receiver.plan.types,
            made_ms=number,
        )
        try:
            finish(self.books.deliveries.save_endpoint(endpoint))
        except LangDAOError:
            self.world.after(_OPERATOR_MS, lambda: self._announce(number))
        else:
            self._from_seq[number] = len(self.books.facts)

    def _enable(self, receiver: SimulatedReceiver) -> None:
        """Enable an endpoint again that answered 410."""
        try:
            endpoints = finish(self.books.deliveries.load_endpoints())
            for endpoint in endpoints:
                if endpoint.url == receiver.url and endpoint.disabled is not None:
                    finish(self.books.deliveries.save_endpoint(replace(endpoint, disabled=None)))
        except LangDAOError:
            self.world.after(_OPERATOR_MS, lambda: self._enable(receiver))

    def _replay(self, trouble: Replays) -> None:
        now_ms = self.machine.now_ms()
        self.replays += 1
        with suppress(LangDAOError):
            finish(
                self.books.deliveries.rewind(
                    now_ms,
                    limit=10,
                    endpoint_id=f"platform-{trouble.receiver}",
                    from_ms=now_ms - 30_000 if trouble.way == "since" else None,
                    only_parked=trouble.way == "parked",
                )
            )

    # ── The end ──────────────────────────────────────────────────────────────────────────────────

    def _ids(self) -> list[str]:
        return [f"platform-{number}" for number in self._from_seq]

    def _is_calm(self) -> bool:
        if self.world.now_ms < self._calm_ms or self.books.outbox.find_waiting(self._ids()):
            return False
        return self._process is not None

    def _tell(self) -> list[Told]:
        excuses = self.deaths + self.cut_off + self.replays + len(self.plan.all(StoreFails))
        return [
            Told(
                name=f"platform-{number}",
                receiver=self.receivers[number],
                ledger=self.books.facts,
                from_seq=from_seq,
                parked=[
                    each for each in self.books.outbox.ever_parked if each.endpoint_id == f"platform-{number}"
                ],
                has_replays=self.replays > 0,
                may_repeat=excuses + self.receivers[number].lost_answers > 0,
            )
            for number, from_seq in sorted(self._from_seq.items())
        ]
