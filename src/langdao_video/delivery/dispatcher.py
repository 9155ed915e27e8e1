"""Works on the streams of one endpoint: claims them, sends their messages, settles what became of them.

Laws: a stream's messages are sent one after the other; a crash repeats messages with the same id, and skips none.
What a result means is decided in outcomes.py, and how many run at once in pacing.py; this file only drives.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Final

import structlog

from langdao_video.clock import Clock
from langdao_video.delivery.outcomes import GONE, decide, describe_failure, follow, is_taken, is_trouble, stay
from langdao_video.delivery.pacing import Lane, Pace
from langdao_video.delivery.port import Message, MessageRenderer, Transport, find_url, make_webhook_id
from langdao_video.delivery.schedule import wait_ms
from langdao_video.delivery.signing import sign_headers
from langdao_video.errors import LangDAOError
from langdao_video.store.delivery_port import (
    Attempt,
    DeliveryStore,
    Endpoint,
    Outcome,
    Parked,
    SessionLog,
    Stream,
)

log = structlog.get_logger(__name__)

RUN_MESSAGES_MAX: Final = 20
RUN_MS_MAX: Final = 20_000
"""A stream is given back after so many messages or so long, so that others have their turn."""
LEASE_MS: Final = 60_000
"""Longer than a run with its last request: 20 s, 5 s to connect, 15 s to answer, and then the settling."""
POLL_SECONDS: Final = 1.0
HURRY_STEP: Final = 1_000
HURRY_MS_MIN: Final = 60_000
HURRY_MS_MAX: Final = 3_600_000
"""How soon after one hurry the next may follow: a minute, then twice as long each time. An hour without one ends that.
Otherwise sessions that are always refused would be tried again whenever another session succeeds."""
PROBE_MS: Final = 300_000
"""How often an endpoint that is away is tried at least, although the schedule of its sessions has longer waits."""
FRESH_MAX: Final = 10_000
"""How many sessions with news are remembered. The others are found by the poll."""
_BEATS_REMEMBERED: Final = 20_000
_STORE_REST_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Means:
    """What all dispatchers of a process share."""

    store: DeliveryStore
    clock: Clock
    transport: Transport
    renderers: Mapping[str, MessageRenderer]
    make_token: Callable[[], str]
    chance: Callable[[], float]
    poll_seconds: float = POLL_SECONDS


@dataclass(slots=True)
class StreamRun:
    """One claimed stream while its messages are sent."""

    stream: Stream
    lane: Lane
    log: SessionLog
    begun_ms: int
    outcome: Outcome
    task: asyncio.Task[None] | None = None
    attempts: list[Attempt] = field(default_factory=list)
    parked: list[Parked] = field(default_factory=list)

    def take(self, outcome: Outcome) -> None:
        """Take over the result of one message."""
        self.attempts += outcome.log
        self.parked += outcome.parked
        self.outcome = outcome
        self.stream = follow(self.stream, outcome)

    def finish(self) -> Outcome:
        """Return what is settled."""
        return replace(self.outcome, stream=self.stream, parked=tuple(self.parked), log=tuple(self.attempts))


class Dispatcher:
    """Deliver to one endpoint."""

    def __init__(self, endpoint: Endpoint, means: Means) -> None:
        self.endpoint = endpoint
        self.pace = Pace()
        self._means = means
        self._fresh: OrderedDict[str, None] = OrderedDict()
        self._again: set[str] = set()
        self._runs: dict[str, StreamRun] = {}
        self._done: list[StreamRun] = []
        self._beats: OrderedDict[str, tuple[str, ...]] = OrderedDict()
        self._wake = asyncio.Event()
        self._polls_backlog = True
        self._polled_s = 0.0
        self._is_closing = False
        self._task: asyncio.Task[None] | None = None
        self._has_taken = False
        self._hurries = False
        self._may_owe = True
        """Whether something may have failed and wait for its next try. After a start nobody knows."""
        self._hurries_from_ms = 0
        self._hurry_wait_ms = HURRY_MS_MIN
        self._sent_ms = 0

    @property
    def is_idle(self) -> bool:
        """Whether nothing runs and no news is known. Tests wait for it."""
        return not (self._runs or self._done or self._fresh or self._polls_backlog)

    def hint(self, session_id: str) -> None:
        """Note that a session may have news."""
        if session_id in self._runs:
            self._again.add(session_id)
        elif len(self._fresh) < FRESH_MAX:
            self._fresh[session_id] = None
        self._wake.set()

    def hurry(self) -> None:
        """Try at once what waits after a failure, if anything does."""
        if self._may_owe:
            self._hurries = True
            self._hurries_from_ms = 0
            self._wake.set()

    def change(self, endpoint: Endpoint) -> None:
        """Go on with what an operator has made of the endpoint."""
        if endpoint != self.endpoint:
            self.endpoint = endpoint
            self._polls_backlog = True
            self._wake.set()

    def start(self) -> None:
        """Deliver from now on."""
        self._task = asyncio.create_task(self._run())

    async def close(self, seconds: float) -> int:
        """Claim nothing more, let the running requests end for at most *seconds*, and give all streams back.

        Return how many requests were cut off. Their messages are sent again, with the same ids.
        """
        self._is_closing = True
        self._wake.set()
        loop = asyncio.get_running_loop()
        ends_s = loop.time() + seconds
        if self._task is not None:
            await asyncio.wait([self._task], timeout=seconds)
            self._task.cancel()
            await asyncio.wait([self._task])
        tasks = [run.task for run in self._runs.values() if run.task is not None]
        pending: set[asyncio.Task[None]] = set()
        if tasks:
            _, pending = await asyncio.wait(tasks, timeout=max(0.0, ends_s - loop.time()))
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)
        await self._settle()
        return len(pending)

    async def _run(self) -> None:
        while not self._is_closing:
            pause_s = self._means.poll_seconds
            try:
                await self._step()
            except LangDAOError as error:
                log.warning("deliveries-held-up", endpoint=self.endpoint.id, code=error.code)
                self._wake.clear()
                pause_s = _STORE_REST_SECONDS
            except Exception:
                log.exception("deliveries-held-up", endpoint=self.endpoint.id)
                self._wake.clear()
                pause_s = _STORE_REST_SECONDS
            with suppress(TimeoutError):
                async with asyncio.timeout(pause_s):
                    await self._wake.wait()

    async def _step(self) -> None:
        self._wake.clear()
        await self._settle()
        now_s = asyncio.get_running_loop().time()
        if now_s - self._polled_s >= self._means.poll_seconds:
            self._polled_s = now_s
            self._polls_backlog = True
        if self.endpoint.disabled is not None or self._is_closing:
            self._fresh.clear()
            self._polls_backlog = False
            return
        await self._hurry()
        room = self.pace.plan_room(
            self._means.clock.now_ms(), fresh=len(self._fresh), backlog=self._polls_backlog
        )
        if room["fresh"]:
            sessions = [self._fresh.popitem(last=False)[0] for _ in range(room["fresh"])]
            await self._claim("fresh", len(sessions), sessions)
        if room["backlog"]:
            found = await self._claim("backlog", room["backlog"], None)
            self._polls_backlog = found >= room["backlog"]

    async def _hurry(self) -> None:
        """Let failing streams try again before their time: all when the endpoint is back, one while it is away."""
        now_ms = self._means.clock.now_ms()
        limit = 0
        if self._hurries and now_ms >= self._hurries_from_ms:
            limit = HURRY_STEP
        elif (self.pace.is_away or not self._has_taken) and now_ms - self._sent_ms >= PROBE_MS:
            limit = 1
            self._sent_ms = now_ms
        if limit:
            count = await self._means.store.hurry(self.endpoint.id, now_ms, limit)
            self._polls_backlog = True
            if limit == HURRY_STEP and count < limit:
                self._hurries = self._may_owe = False
                was_long_ago = now_ms - self._hurries_from_ms >= HURRY_MS_MAX
                wait_ms_ = HURRY_MS_MIN if was_long_ago else min(2 * self._hurry_wait_ms, HURRY_MS_MAX)
                self._hurry_wait_ms = wait_ms_
                self._hurries_from_ms = now_ms + wait_ms_

    async def _claim(self, lane: Lane, limit: int, sessions: Sequence[str] | None) -> int:
        """Claim streams and begin their runs. Return how many there were."""
        means, now_ms = self._means, self._means.clock.now_ms()
        try:
            streams = await means.store.claim(
                self.endpoint.id,
                token=means.make_token(),
                now_ms=now_ms,
                lease_until_ms=now_ms + LEASE_MS,
                limit=limit,
                sessions=sessions,
            )
            if not streams:
                return 0
            logs = await means.store.load_logs([stream.session_id for stream in streams])
        except BaseException:
            self._fresh.update(dict.fromkeys(sessions or ()))  # a claim that was made lapses with its lease
            raise
        for stream in streams:
            running = self._runs.get(stream.session_id)
            if (
                running is not None
            ):  # its lease ran out, for example because this machine slept: the claim is ours anew
                running.stream = replace(running.stream, token=stream.token)
                continue
            found = logs.get(stream.session_id, SessionLog((), ()))
            run = self._runs[stream.session_id] = StreamRun(stream, lane, found, now_ms, stay(stream))
            self.pace.begin(lane)
            run.task = asyncio.create_task(self._drive(run))
        return len(streams)

    async def _drive(self, run: StreamRun) -> None:
        """Send the messages of one stream."""
        try:
            await self._send_all(run)
        except asyncio.CancelledError:
            if not self._is_closing:
                raise
        except Exception as error:
            # A session that cannot be shown must not stop the others. It waits like one that was refused.
            log.exception("delivery-failed", endpoint=self.endpoint.id, session=run.stream.session_id)
            run.take(self._put_off(run.stream, error))
        finally:
            self.pace.end(run.lane)
            self._done.append(run)
            self._wake.set()

    async def _send_all(self, run: StreamRun) -> None:
        render = self._means.renderers[self.endpoint.kind]
        messages: Iterator[Message] = iter(render(run.stream, run.log, self.endpoint))
        for number, message in enumerate(messages):
            if self._is_told(run.stream.session_id, message):
                continue
            now_ms = self._means.clock.now_ms()
            if number >= RUN_MESSAGES_MAX or now_ms - run.begun_ms >= RUN_MS_MAX or self._is_closing:
                return
            if message.is_beat:
                self._pass_facts(run)
            if not await self._send(run, message):
                return
        self._pass_facts(run)

    def _pass_facts(self, run: StreamRun) -> None:
        """Move past the facts after the last message, which are not for this endpoint.

        Heartbeats come after that: the stream of one that was refused would otherwise be due again at once.
        """
        newest = run.log.events[-1].seq if run.log.events else 0
        if newest > run.stream.position:
            run.take(replace(stay(run.stream), position=newest, attempts=0, failing_since_ms=None))

    async def _send(self, run: StreamRun, message: Message) -> bool:
        """Send one message. Return whether the next one may follow."""
        clock, endpoint, stream = self._means.clock, self.endpoint, run.stream
        webhook_id = make_webhook_id(stream.session_id, message.event_id)
        headers = sign_headers(endpoint.secrets, webhook_id, clock.now_ms() // 1000, message.body)
        self._sent_ms = clock.now_ms()
        url = find_url(endpoint, stream.session_id)
        answer = await self._means.transport.post(url, headers, message.body)
        now_ms = clock.now_ms()
        run.take(decide(answer, stream, message, now_ms, self._means.chance()))
        if is_taken(answer):
            self._note_taken(stream, message)
            return True
        self._may_owe = True
        self.pace.fail(now_ms, is_trouble=is_trouble(answer), is_known=stream.attempts > 0)
        log.warning(
            "delivery-refused" if answer.status is not None else "delivery-failed",
            endpoint=endpoint.id,
            session=stream.session_id,
            type=message.type,
            seq=message.seq,
            attempts=run.stream.attempts,
            **(
                {"status": answer.status}
                if answer.status is not None
                else {"error": describe_failure(answer)}
            ),
        )
        if run.outcome.parked:
            log.error("event-parked", endpoint=endpoint.id, session=stream.session_id, seq=message.seq)
        if answer.status == GONE:
            await self._disable(f"It answered 410 Gone to {message.type} of session {stream.session_id}.")
        return False

    def _note_taken(self, stream: Stream, message: Message) -> None:
        # After a start nobody knows of an outage before, and an outage may have been seen by another process only.
        if self.pace.take() or not self._has_taken or stream.attempts > 1:
            self._has_taken = self._hurries = True
        if message.is_beat:
            known = self._beats.pop(stream.session_id, ())
            self._beats[stream.session_id] = (*known, message.event_id)[-2:]
            if len(self._beats) > _BEATS_REMEMBERED:
                self._beats.popitem(last=False)

    def _is_told(self, session_id: str, message: Message) -> bool:
        """Tell whether a heartbeat was taken a moment ago: both seats may have one of the same millisecond."""
        return message.is_beat and message.event_id in self._beats.get(session_id, ())

    def _put_off(self, stream: Stream, error: Exception) -> Outcome:
        now_ms, attempts = self._means.clock.now_ms(), stream.attempts + 1
        since_ms = now_ms if stream.failing_since_ms is None else stream.failing_since_ms
        attempt = Attempt(
            endpoint_id=stream.endpoint_id,
            session_id=stream.session_id,
            seq=stream.position + 1,
            event_id="",
            type="",
            at_ms=now_ms,
            duration_ms=0,
            status=None,
            error=f"not-shown: {type(error).__name__}",
            answer="",
        )
        return replace(
            stay(stream),
            attempts=attempts,
            failing_since_ms=since_ms,
            due_ms=now_ms + wait_ms(attempts, self._means.chance()),
            log=(attempt,),
        )

    async def _disable(self, why: str) -> None:
        if self.endpoint.disabled is not None:
            return
        self.endpoint = replace(self.endpoint, disabled=why)
        log.error("endpoint-disabled", endpoint=self.endpoint.id, why=why)
        await self._means.store.save_endpoint(self.endpoint)

    async def _settle(self) -> None:
        """Save what became of the streams whose runs have ended, all in one call."""
        if not self._done:
            return
        done, self._done = self._done, []
        try:
            await self._means.store.settle([run.finish() for run in done])
        except LangDAOError:
            self._done = done + self._done
            raise
        for run in done:
            session_id = run.stream.session_id
            del self._runs[session_id]
            # A run that ended early because of its bound goes on when the others had their turn.
            if session_id in self._again:
                self._again.discard(session_id)
                self._fresh[session_id] = None
            elif run.outcome.due_ms is None and run.outcome.position < run.stream.newest_seq:
                self._polls_backlog = True
