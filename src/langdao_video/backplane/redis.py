"""The backplane of several nodes: publish and subscribe of Redis 7 or Valkey.

A node subscribes to a channel of its own for letters, and to one for each session that somebody on it watches. Two
connections are open: one publishes, the other one listens.

Bounds:
- At most 8 MiB of letters wait to be published. What comes then is refused, and its carriage ends.
- At most 10,000 hints wait. What comes then is dropped: readers look at the store every few seconds in any case.
- A node sends itself a letter every second. If none comes back for 4 s, the connection counts as lost, because a
  subscription can die without a word.
- After a loss it connects again, after 0.1 s, 0.2 s … at most 2 s, for ever.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final

import structlog
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from langdao_video.backplane.local import LocalBackplane, drop_letter, note_nothing
from langdao_video.backplane.redis_url import explain_failure
from langdao_video.clock import read_uptime_ms
from langdao_video.errors import Unavailable

log = structlog.get_logger(__name__)

WAITING_BYTES_MAX: Final = 8 * 1024 * 1024
HINTS_MAX: Final = 10_000
LETTERS_AT_ONCE: Final = 256
CONNECT_SECONDS: Final = 5.0
TICK_SECONDS: Final = 1.0
SILENCE_MS: Final = 4_000
STEADY_MS: Final = 10_000
"""A connection that lasted so long was well: the next one is tried at once. One that breaks again and again is tried
later each time, because each break sends all carried pages home."""
_RETRY_SECONDS: Final = (0.1, 0.2, 0.5, 1.0, 2.0)
_TICK: Final = b"tick "
_LETTER: Final = b"letter "


@dataclass(frozen=True, slots=True)
class _Letter:
    channel: str
    body: bytes
    passed_on: asyncio.Future[None]


class RedisBackplane:
    """Connect the node *node* with the other nodes of the service *service* over the Redis at *url*.

    *service* names the service's database, so that two services on one Redis do not hear each other.
    """

    def __init__(self, url: str, service: str, node: str) -> None:
        self.take_letter: Callable[[bytes], object] = drop_letter
        self.note_down: Callable[[], object] = note_nothing
        self.is_up = False
        self.lag_ms = 0
        """How long the newest letter to ourselves took."""
        self._url = url
        self._service = service
        self._node = node
        self._local = LocalBackplane()
        self._letters: deque[_Letter] = deque()
        self._waiting_bytes = 0
        self._hints: dict[str, None] = {}
        self._watched: dict[str, int] = {}
        """How many watch each session."""
        self._changed: set[str] = set()
        """The sessions whose channels are to be subscribed or left."""
        self._has_work = asyncio.Event()
        self._heard_ms = 0

    def publish_hint(self, session_id: str) -> None:
        """Tell the watchers of *session_id* on all nodes that it has news. At HINTS_MAX a hint is dropped."""
        self._local.publish_hint(session_id)
        if self.is_up and len(self._hints) < HINTS_MAX:
            self._hints[session_id] = None
            self._has_work.set()

    def watch(self, session_id: str) -> AbstractContextManager[asyncio.Event]:
        """Yield an asyncio.Event that is set when there is news. Clear it before you read the store."""
        return self._watch(session_id)

    @contextmanager
    def _watch(self, session_id: str) -> Iterator[asyncio.Event]:
        with self._local.watch(session_id) as event:
            self._count_watchers(session_id, 1)
            try:
                yield event
            finally:
                self._count_watchers(session_id, -1)

    def _count_watchers(self, session_id: str, more: int) -> None:
        count = self._watched.pop(session_id, 0) + more
        if count:
            self._watched[session_id] = count
        self._changed.add(session_id)
        self._has_work.set()

    def send_letter(self, node: str, letter: bytes) -> asyncio.Future[None]:
        """Put *letter* behind the earlier ones to *node*. The future is done when Redis has passed it on."""
        return self._post(self._channel(node), _LETTER + letter)

    def _post(self, channel: str, body: bytes) -> asyncio.Future[None]:
        passed_on: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if not self.is_up:
            passed_on.set_exception(_down())
        elif self._waiting_bytes + len(body) > WAITING_BYTES_MAX:
            text = f"More than {WAITING_BYTES_MAX} bytes wait for Redis: it is too slow. Try again."
            passed_on.set_exception(Unavailable("backplane-full", text))
        else:
            self._letters.append(_Letter(channel, body, passed_on))
            self._waiting_bytes += len(body)
            self._has_work.set()
        return passed_on

    async def run(self, began: asyncio.Future[None] | None = None) -> None:
        """Stay connected until cancelled. *began* is done after the first connection, or has what kept it away."""
        failures = 0
        while True:
            up_ms: int | None = None
            try:
                async with self._connected() as (client, pubsub):
                    up_ms = read_uptime_ms()
                    if began is not None and not began.done():
                        began.set_result(None)
                    await self._serve(client, pubsub)
            except Exception as error:  # noqa: BLE001 - a Redis that answers rubbish makes the library raise anything
                if began is not None and not began.done():
                    began.set_exception(error)
                    return
                if up_ms is not None and read_uptime_ms() - up_ms >= STEADY_MS:
                    failures = 0
                log.warning("backplane-lost", error=f"{type(error).__name__}: {error}"[:200], tries=failures)
            _end_if_cancelled()
            await asyncio.sleep(_RETRY_SECONDS[min(failures, len(_RETRY_SECONDS) - 1)])
            failures += 1

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[tuple[Redis, PubSub]]:
        async with open_redis(self._url) as client, client.pubsub() as pubsub:
            async with asyncio.timeout(CONNECT_SECONDS):
                await client.ping()
                channels = [self._channel(self._node), *map(self._session_channel, self._watched)]
                await pubsub.subscribe(*channels)
                await _until_subscribed(pubsub)
            _end_if_cancelled()
            self._changed.clear()
            self._heard_ms = read_uptime_ms()
            self.is_up = True
            log.info("backplane-up")
            for session_id in [*self._watched]:  # a hint may have been lost meanwhile
                self._local.publish_hint(session_id)
            try:
                yield client, pubsub
            finally:
                self._go_down()

    def _go_down(self) -> None:
        self.is_up = False
        letters, self._letters, self._waiting_bytes = self._letters, deque(), 0
        self._hints.clear()
        for letter in letters:
            _fail(letter.passed_on, _down())
        self.note_down()

    async def _serve(self, client: Redis, pubsub: PubSub) -> None:
        parts = [
            asyncio.create_task(part)
            for part in (self._read(pubsub), self._write(client, pubsub), self._tick())
        ]
        try:  # no TaskGroup, which in Python 3.11 leaves a task marked as cancelled after a failure of its child
            await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for part in parts:
                part.cancel()
            ends = await asyncio.gather(*parts, return_exceptions=True)
        for end in ends:
            if isinstance(end, Exception):
                raise end

    async def _read(self, pubsub: PubSub) -> None:
        own = self._channel(self._node).encode()
        async for message in pubsub.listen():
            _end_if_cancelled()
            if message["type"] != "message":
                continue
            body: bytes = message["data"]
            if message["channel"] != own:
                self._local.publish_hint(body.decode("utf-8", "replace"))
            elif body.startswith(_LETTER):
                self.take_letter(body.removeprefix(_LETTER))
            elif body.startswith(_TICK):
                self._heard_ms = read_uptime_ms()
                self.lag_ms = self._heard_ms - int(body.removeprefix(_TICK))
        raise ConnectionError("Redis ended the subscription")

    async def _tick(self) -> None:
        """Send a letter to ourselves every second, to see that letters come. Raises ConnectionError if none does."""
        while True:
            now_ms = read_uptime_ms()
            if now_ms - self._heard_ms > SILENCE_MS:
                raise ConnectionError(f"nothing came from Redis for {now_ms - self._heard_ms} ms")
            self._post(self._channel(self._node), _TICK + b"%d" % now_ms).add_done_callback(_forget)
            await asyncio.sleep(TICK_SECONDS)

    async def _write(self, client: Redis, pubsub: PubSub) -> None:
        while True:
            await self._has_work.wait()
            self._has_work.clear()
            await self._subscribe_changed(pubsub)
            _end_if_cancelled()
            while self._letters or self._hints:
                await self._publish_some(client)
                _end_if_cancelled()

    async def _subscribe_changed(self, pubsub: PubSub) -> None:
        changed, self._changed = self._changed, set()
        wanted = [self._session_channel(each) for each in changed if each in self._watched]
        left = [self._session_channel(each) for each in changed if each not in self._watched]
        if wanted:
            await pubsub.subscribe(*wanted)
        if left:
            await pubsub.unsubscribe(*left)

    async def _publish_some(self, client: Redis) -> None:
        letters = [self._letters.popleft() for _ in range(min(len(self._letters), LETTERS_AT_ONCE))]
        hints = [*self._hints][:LETTERS_AT_ONCE]
        for session_id in hints:
            del self._hints[session_id]
        try:
            async with client.pipeline(transaction=False) as pipeline:
                for letter in letters:
                    pipeline.publish(letter.channel, letter.body)
                for session_id in hints:
                    pipeline.publish(self._session_channel(session_id), session_id.encode())
                heard = await pipeline.execute()
        except BaseException:
            for letter in letters:
                _fail(letter.passed_on, _down())
            raise
        for letter, listeners in zip(letters, heard, strict=False):
            self._waiting_bytes -= len(letter.body)
            if listeners:
                _succeed(letter.passed_on)
            else:
                _fail(letter.passed_on, Unavailable("node-gone", "The node that owns this room has gone."))

    def _channel(self, node: str) -> str:
        return f"langdao:{self._service}:node:{node}"

    def _session_channel(self, session_id: str) -> str:
        return f"langdao:{self._service}:news:{session_id}"


@asynccontextmanager
async def open_redis(url: str) -> AsyncIterator[Redis]:
    """Open clients of the Redis at *url*, which do not try again by themselves: the caller decides what is lost."""
    options: dict[str, Any] = {
        "socket_connect_timeout": CONNECT_SECONDS,
        "socket_timeout": CONNECT_SECONDS,
        "retry": Retry(NoBackoff(), 0),
        "health_check_interval": 0,
        "max_connections": 4,
    }
    client: Redis = Redis.from_url(url, **options)
    try:
        yield client
    finally:
        with suppress(Exception):  # a broken connection cannot be closed well
            await client.aclose()


async def check_redis(url: str) -> int:
    """Return how long the Redis at *url* takes to answer, in ms. Raises Unavailable with what to set."""
    try:
        async with asyncio.timeout(CONNECT_SECONDS), open_redis(url) as client:
            await client.ping()
            asked_ms = read_uptime_ms()
            await client.publish("langdao:check", b"")
            return read_uptime_ms() - asked_ms
    except Exception as error:  # a server that is no Redis makes the library raise anything
        raise Unavailable("redis-unusable", explain_failure(url, error)) from error


async def _until_subscribed(pubsub: PubSub) -> None:
    async for message in pubsub.listen():
        if message["type"] == "subscribe":
            return


def _end_if_cancelled() -> None:
    """Raise CancelledError if this task was cancelled.

    `asyncio.wait_for` of Python 3.11, which the library calls, loses a cancellation that comes as its wait ends
    (python/cpython#86296).
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


def _down() -> Unavailable:
    return Unavailable(
        "backplane-down", "This node has no connection to Redis at the moment; the page tries again."
    )


def _succeed(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


def _fail(future: asyncio.Future[None], error: Unavailable) -> None:
    if not future.done():
        future.set_exception(error)


def _forget(future: asyncio.Future[None]) -> None:
    if not future.cancelled():
        future.exception()
