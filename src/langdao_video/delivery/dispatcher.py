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

from langdao_video.clock import Clock, read_wall_ms
from langdao_video.delivery.hurrying import Hurrying
from langdao_video.delivery.outcomes import (
    GONE,
    decide,
    describe_failure,
    find_rest_ms,
    is_taken,
    is_trouble,
    put_off,
    stay,
)
from langdao_video.delivery.pacing import Lane, Pace
from langdao_video.delivery.port import Message, MessageRenderer, Transport, find_url, make_webhook_id
from langdao_video.delivery.signing import sign_headers
from langdao_video.delivery.stream_run import StreamRun
from langdao_video.delivery.tally import DeliveryTally
from langdao_video.errors import LangDAOError
from langdao_video.store.delivery_port import (
    DeliveryStore,
    Endpoint,
    Outcome,
    SessionLog,
    Stream,
)

log = structlog.get_logger(__name__)

RUN_MESSAGES_MAX: Final = 20
RUN_MS_MAX: Final = 5_000
"""A stream is given back after so many messages or so long, so that others have their turn."""
LEASE_MS: Final = 30_000
"""Longer than a run with its last request: 5 s, 5 s to connect, 15 s to answer, and then the settling. What a process
had claimed when it was killed waits for so long.
"""
POLL_SECONDS: Final = 1.0
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
    wall_ms: Callable[[], int] = read_wall_ms
    """The time in signatures, Unix ms."""
    poll_seconds: float = POLL_SECONDS
    tally: DeliveryTally = field(default_factory=DeliveryTally)


class Dispatcher:
    """Deliver to one endpoint."""

    def __init__(self, endpoint: Endpoint, means: Means) -> None:
        self.endpoint = endpoint
        self.pace = Pace()
        self._means = means
        self._fresh: OrderedDict[str, None] = OrderedDict()
        self._again: set[str] = set()
        self._runs: dict[str, StreamRun] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._done: list[StreamRun] = []
        self._beats: OrderedDict[str, tuple[str, ...]] = OrderedDict()
        self._wake = asyncio.Event()
        self._polls_backlog = True
        self._polled_s = 0.0
        self._is_closing = False
        self._task: asyncio.Task[None] | None = None
        self._hurrying = Hurrying()

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
        """Try soon what waits after a failure, because the endpoint's owner was heard of."""
        self._hurrying.note_heard()
        self._wake.set()

    def change(self, endpoint: Endpoint) -> None:
        """Go on with what an operator has made of the endpoint."""
        if endpoint == self.endpoint:
            return
        was, self.endpoint = self.endpoint, endpoint
        if endpoint.url != was.url or (was.disabled is not None and endpoint.disabled is None):
            self._hurrying.note_changed()
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
        tasks = [*self._tasks.values()]
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
        """Let failing streams try again before their time, if there is a reason."""
        now_ms = self._means.clock.now_ms()
        if limit := self._hurrying.plan(now_ms, is_away=self.pace.is_away):
            count = await self._means.store.hurry(self.endpoint.id, now_ms, limit)
            self._hurrying.note_hurried(now_ms, limit, count)
            self._polls_backlog = True

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
            if running is not None:
                running.renew(stream)
                continue
            found = logs.get(stream.session_id, SessionLog((), ()))
            run = self._runs[stream.session_id] = StreamRun(stream, lane, found, now_ms)
            self.pace.begin(lane)
            self._tasks[stream.session_id] = asyncio.create_task(self._drive(run))
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
            run.take(put_off(run.stream, error, self._means.clock.now_ms(), self._means.chance()))
        finally:
            self.pace.end(run.lane)
            self._done.append(run)
            self._wake.set()

    async def _send_all(self, run: StreamRun) -> None:
        if self._is_closing:
            return
        render = self._means.renderers[self.endpoint.kind]
        messages: Iterator[Message] = iter(render(run.stream, run.log, self.endpoint))
        for number, message in enumerate(messages, 1):
            if self._is_told(run.stream.session_id, message):
                continue
            if message.is_beat:
                self._pass_facts(run)
            # No message is asked for before it is its turn: a renderer goes on where it was asked last.
            if not await self._send(run, message) or self._has_had_its_turn(run, number):
                return
        self._pass_facts(run)

    def _has_had_its_turn(self, run: StreamRun, messages: int) -> bool:
        is_long = messages >= RUN_MESSAGES_MAX or self._means.clock.now_ms() - run.begun_ms >= RUN_MS_MAX
        return is_long or self._is_closing or run.newer is not None

    def _pass_facts(self, run: StreamRun) -> None:
        """Move past the facts after the last message, which are not for this endpoint.

        Heartbeats come after that: the stream of one that was refused would otherwise be due again at once.
        """
        newest = run.log.events[-1].seq if run.log.events else 0
        if newest > run.stream.position:
            run.take(replace(stay(run.stream), position=newest, attempts=0, failing_since_ms=None))

    async def _send(self, run: StreamRun, message: Message) -> bool:
        """Send one message. Return whether the next one may follow."""
        means, endpoint, stream = self._means, self.endpoint, run.stream
        webhook_id = make_webhook_id(stream.session_id, message.event_id)
        # Receivers compare with their wall clock. The service's own clock keeps the time of its start (clock.py).
        headers = sign_headers(endpoint.secrets, webhook_id, means.wall_ms() // 1000, message.body)
        self._hurrying.note_sent(means.clock.now_ms())
        answer = await means.transport.post(find_url(endpoint, stream.session_id), headers, message.body)
        now_ms = means.clock.now_ms()
        run.take(decide(answer, stream, message, now_ms, means.chance()))
        means.tally.note(answer.status, is_taken=is_taken(answer), parked=len(run.outcome.parked))
        if is_taken(answer):
            self._note_taken(stream, message)
            return True
        self._hurrying.note_failed(now_ms, find_rest_ms(answer, means.wall_ms()))
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
            await self._disable(
                endpoint, f"It answered 410 Gone to {message.type} of session {stream.session_id}."
            )
        return False

    def _note_taken(self, stream: Stream, message: Message) -> None:
        self._hurrying.note_taken(ends_outage=self.pace.take(), had_failed=stream.attempts > 1)
        if message.is_beat:
            known = self._beats.pop(stream.session_id, ())
            self._beats[stream.session_id] = (*known, message.event_id)[-2:]
            if len(self._beats) > _BEATS_REMEMBERED:
                self._beats.popitem(last=False)

    def _is_told(self, session_id: str, message: Message) -> bool:
        """Tell whether a heartbeat was taken a moment ago: both seats may have one of the same millisecond."""
        return message.is_beat and message.event_id in self._beats.get(session_id, ())

    async def _disable(self, answered: Endpoint, why: str) -> None:
        """Disable the endpoint that *answered*: it may have got another URL since, or be removed."""
        if self.endpoint.url == answered.url and self.endpoint.disabled is None:
            self.endpoint = replace(
                self.endpoint, disabled=why
            )  # at once; the worker soon reads what is stored
        try:
            if await self._means.store.disable_endpoint(answered.id, answered.url, why):
                log.error("endpoint-disabled", endpoint=answered.id, why=why)
        except LangDAOError as error:  # the next message will be answered 410, too
            log.warning("deliveries-held-up", endpoint=answered.id, code=error.code)

    async def _settle(self) -> None:
        """Save what became of the streams whose runs have ended, all in one call."""
        if not self._done:
            return
        done, self._done = self._done, []
        outcomes = [run.finish() for run in done]
        try:
            await self._save(outcomes)
        except BaseException:  # also when it is cancelled, because the service stops
            self._done = done + self._done
            raise
        for outcome in outcomes:
            session_id = outcome.stream.session_id
            del self._runs[session_id], self._tasks[session_id]
            # A run that ended early because of its bound goes on when the others had their turn.
            if session_id in self._again:
                self._again.discard(session_id)
                self._fresh[session_id] = None
            elif outcome.due_ms is None and outcome.position < outcome.stream.newest_seq:
                self._polls_backlog = True

    async def _save(self, outcomes: Sequence[Outcome]) -> None:
        """Save all, or each for itself if one of them cannot be saved. The claim of that one ends with its lease."""
        try:
            await self._means.store.settle(outcomes)
        except LangDAOError:
            raise
        except Exception:
            if len(outcomes) > 1:
                for outcome in outcomes:
                    await self._save([outcome])
            else:
                log.exception(
                    "delivery-not-settled", endpoint=self.endpoint.id, session=outcomes[0].stream.session_id
                )
