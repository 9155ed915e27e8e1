"""The backplane over a real Redis: letters in order, hints to all nodes, and what happens when Redis goes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import structlog

from langdao_video.across_nodes.messages import MESSAGE_BYTES_MAX
from langdao_video.backplane.redis import RedisBackplane, check_redis, open_redis
from langdao_video.errors import Unavailable
from tests.redis_server import RedisServer, running_redis
from tests.stories.live import until


@pytest.fixture
async def redis(tmp_path: Path) -> AsyncIterator[RedisServer]:
    async with running_redis(tmp_path) as server:
        yield server


@asynccontextmanager
async def joined(redis: RedisServer, *nodes: str, service: str = "s") -> AsyncIterator[list[RedisBackplane]]:
    """Connect the backplanes of *nodes*."""
    backplanes = [RedisBackplane(redis.url, service, node) for node in nodes]
    async with asyncio.TaskGroup() as group:
        runs = [group.create_task(each.run()) for each in backplanes]
        await until(lambda: all(each.is_up for each in backplanes))
        try:
            yield backplanes
        finally:
            for run in runs:
                run.cancel()


async def test_letters_come_once_and_in_order(redis: RedisServer) -> None:
    taken: list[bytes] = []
    async with joined(redis, "a", "b") as (a, b):
        b.take_letter = taken.append

        sent = [a.send_letter("b", b"%d \x00\xff" % number) for number in range(1_000)]
        await asyncio.gather(*sent)

        await until(lambda: len(taken) == 1_000)
    assert taken == [b"%d \x00\xff" % number for number in range(1_000)]


async def test_the_largest_message_between_nodes_comes_whole_behind_the_others(redis: RedisServer) -> None:
    taken: list[bytes] = []
    letters = [b"before", bytes(range(256)) * (MESSAGE_BYTES_MAX // 256), b"behind"]
    async with joined(redis, "a", "b") as (a, b):
        b.take_letter = taken.append

        await asyncio.gather(*[a.send_letter("b", letter) for letter in letters])

        await until(lambda: len(taken) == len(letters))
    assert taken == letters


async def test_a_letter_to_nobody_is_refused(redis: RedisServer) -> None:
    async with joined(redis, "a") as (a,):
        with pytest.raises(Unavailable) as refused:
            await a.send_letter("gone", b"hello")

    assert refused.value.code == "node-gone"


async def test_a_hint_wakes_the_watchers_on_all_nodes(redis: RedisServer) -> None:
    async with joined(redis, "a", "b") as (a, b):
        with a.watch("lesson ü") as here, b.watch("lesson ü") as there, b.watch("other") as other:
            await _until_watched(a, there)
            here.clear()

            a.publish_hint("lesson ü")

            assert here.is_set()
            await until(there.is_set)
            assert not other.is_set()


async def _until_watched(backplane: RedisBackplane, event: asyncio.Event) -> None:
    """Wait until the hints reach *event*, and clear it."""

    def is_reached() -> bool:
        backplane.publish_hint("lesson ü")
        return event.is_set()

    await until(is_reached)
    await asyncio.sleep(0)
    event.clear()


async def test_two_services_on_one_redis_do_not_hear_each_other(redis: RedisServer) -> None:
    async with joined(redis, "a"), joined(redis, "b", service="other") as (b,):
        with pytest.raises(Unavailable, match="gone"):
            await b.send_letter("a", b"hello")


async def test_after_redis_was_killed_everything_comes_back(redis: RedisServer) -> None:
    taken: list[bytes] = []
    downs: list[str] = []
    async with joined(redis, "a", "b") as (a, b):
        b.take_letter = taken.append
        a.note_down = lambda: downs.append("a")

        await redis.kill()
        await until(lambda: not a.is_up and not b.is_up)
        with pytest.raises(Unavailable, match="no connection"):
            await a.send_letter("b", b"lost")
        await redis.start()
        await until(lambda: a.is_up and b.is_up)
        with b.watch("lesson ü") as news:
            await _until_watched(a, news)
        await a.send_letter("b", b"found")

        await until(lambda: taken)
    assert (taken, downs[:1]) == ([b"found"], ["a"])


@pytest.mark.parametrize(("steady_ms", "tries"), [(10**9, [0, 1, 2]), (0, [0, 0, 0])])
async def test_a_redis_that_hangs_up_again_and_again_is_tried_later_each_time(
    redis: RedisServer, monkeypatch: pytest.MonkeyPatch, steady_ms: int, tries: list[int]
) -> None:
    monkeypatch.setattr("langdao_video.backplane.redis.STEADY_MS", steady_ms)
    downs: list[int] = []
    with structlog.testing.capture_logs() as logs:
        async with open_redis(redis.url) as client, joined(redis, "a") as (a,):
            a.note_down = lambda: downs.append(len(downs))
            for count in range(1, 4):
                await client.execute_command("CLIENT", "KILL", "TYPE", "pubsub")  # type: ignore[no-untyped-call]
                await until(lambda count=count: len(downs) == count and a.is_up)  # type: ignore[misc]

    assert [line["tries"] for line in logs if line["event"] == "backplane-lost"] == tries


async def test_more_than_the_bound_is_refused(redis: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("langdao_video.backplane.redis.WAITING_BYTES_MAX", 100_000)
    async with joined(redis, "a", "b") as (a, _):
        sent = [a.send_letter("b", b"x" * 60_000) for _ in range(2)]
        results = await asyncio.gather(*sent, return_exceptions=True)

    assert results[0] is None
    assert isinstance(results[1], Unavailable)
    assert results[1].code == "backplane-full"


async def test_a_start_without_redis_fails_with_its_cause(tmp_path: Path) -> None:
    backplane = RedisBackplane(RedisServer(tmp_path).url, "s", "a")
    began: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    await backplane.run(began)

    with pytest.raises(Exception, match=r"[Cc]onnect"):
        began.result()


async def test_the_check_says_what_to_set(tmp_path: Path) -> None:
    async with running_redis(tmp_path, "--requirepass", "secret") as locked:
        await check_redis(f"redis://:secret@127.0.0.1:{locked.port}")
        assert "password" in await _complaint(locked.url)
        assert "password" in await _complaint(f"redis://:wrong@127.0.0.1:{locked.port}")
        assert "TLS" in await _complaint(f"rediss://127.0.0.1:{locked.port}")
    assert "no Redis answers" in await _complaint(locked.url)


async def test_the_check_refuses_a_server_that_is_no_redis() -> None:
    async def answer(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        assert "no Redis" in await _complaint(f"redis://127.0.0.1:{port}")


async def _complaint(url: str) -> str:
    with pytest.raises(Unavailable) as refused:
        await check_redis(url)
    assert "secret" not in refused.value.message
    return refused.value.message
