"""Long poll: a request waits for news, its time is bounded, and so is the number of those that wait."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from fastapi import Request
from sse_starlette.sse import AppStatus
from starlette.types import Message

from langdao_video.errors import Unavailable
from langdao_video.web.waiting import Waiting
from tests.stories.live import until


@pytest.fixture(autouse=True)
def _quick_ticks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("langdao_video.web.waiting._TICK_SECONDS", 0.01)


class Shelf:
    """Something to read: it is empty until somebody puts something on it."""

    def __init__(self) -> None:
        self.reads = 0
        self.content: str | None = None
        self.news = asyncio.Event()

    async def read(self) -> str | None:
        self.reads += 1
        return self.content

    async def was_read(self, times: int) -> None:
        await until(lambda: self.reads >= times)


def request(*, is_gone: bool = False) -> Request:
    async def receive() -> Message:
        if not is_gone:
            await asyncio.Event().wait()
        return {"type": "http.disconnect"}

    return Request({"type": "http", "method": "GET", "headers": []}, receive)


async def test_what_is_there_is_answered_at_once() -> None:
    shelf = Shelf()
    shelf.content = "event"

    assert await Waiting(most=0, reread_ticks=5).read(request(), shelf.news, 60, shelf.read) == "event"


async def test_without_a_wait_nothing_is_waited_for() -> None:
    shelf = Shelf()

    assert await Waiting(most=0, reread_ticks=5).read(request(), shelf.news, 0, shelf.read) is None
    assert shelf.reads == 1


async def test_a_hint_ends_the_wait() -> None:
    shelf = Shelf()
    waits = asyncio.create_task(
        Waiting(most=1, reread_ticks=10**9).read(request(), shelf.news, 60, shelf.read)
    )
    await shelf.was_read(1)

    shelf.content = "event"
    shelf.news.set()

    assert await waits == "event"


async def test_a_hint_that_comes_before_its_event_is_followed_up() -> None:
    shelf = Shelf()
    waits = asyncio.create_task(
        Waiting(most=1, reread_ticks=10**9).read(request(), shelf.news, 60, shelf.read)
    )
    await shelf.was_read(1)

    shelf.news.set()
    await shelf.was_read(2)
    shelf.content = "event"

    assert await waits == "event"


async def test_a_lost_hint_is_made_good_by_reading_again() -> None:
    shelf = Shelf()
    waits = asyncio.create_task(Waiting(most=1, reread_ticks=2).read(request(), shelf.news, 60, shelf.read))
    await shelf.was_read(1)

    shelf.content = "event"

    assert await waits == "event"


async def test_the_wait_ends_with_nothing() -> None:
    shelf = Shelf()

    assert await Waiting(most=1, reread_ticks=5).read(request(), shelf.news, 1, shelf.read) is None


async def test_a_request_whose_client_is_gone_gives_its_place_back() -> None:
    shelf, waiting = Shelf(), Waiting(most=1, reread_ticks=10**9)

    assert await waiting.read(request(is_gone=True), shelf.news, 60, shelf.read) is None
    assert await waiting.read(request(is_gone=True), shelf.news, 60, shelf.read) is None


async def test_no_more_wait_than_the_bound() -> None:
    shelf, waiting = Shelf(), Waiting(most=1, reread_ticks=10**9)
    waits = asyncio.create_task(waiting.read(request(), shelf.news, 60, shelf.read))
    await shelf.was_read(1)

    with pytest.raises(Unavailable) as refused:
        await waiting.read(request(), asyncio.Event(), 60, shelf.read)

    assert refused.value.code == "too-many-waiting"
    shelf.content = "event"
    shelf.news.set()
    assert await waits == "event"


@pytest.fixture
def stopping() -> Iterator[None]:
    AppStatus.should_exit = True
    yield
    AppStatus.should_exit = False


@pytest.mark.usefixtures("stopping")
async def test_nobody_waits_for_a_service_that_stops() -> None:
    shelf = Shelf()

    assert await Waiting(most=1, reread_ticks=5).read(request(), shelf.news, 60, shelf.read) is None
