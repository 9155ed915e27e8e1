"""When a service starts and stops if nobody starts and stops it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from starlette.types import Message

from langdao_video.app import create_app
from langdao_video.errors import Unavailable
from langdao_video.nodes.file_lock import locked
from langdao_video.settings import Settings
from langdao_video.web.lifespan import Lifespan


class Thing:
    """A context manager that notes when it opens and closes, and may fail to open."""

    def __init__(self, *, failures: int = 0) -> None:
        self.happened: list[str] = []
        self._failures = failures

    @asynccontextmanager
    async def opens(self) -> AsyncIterator[None]:
        self.happened.append("opening")
        await asyncio.sleep(0)
        if self._failures:
            self._failures -= 1
            raise OSError("no disk")
        self.happened.append("open")
        try:
            yield
        finally:
            await asyncio.sleep(0)
            self.happened.append("closed")


ONCE = ["opening", "open", "closed"]


async def test_a_hundred_who_come_at_once_open_it_once() -> None:
    thing = Thing()
    lifespan = Lifespan(thing.opens)

    await asyncio.gather(*(lifespan.begin() for _ in range(100)))
    await lifespan.end()

    assert thing.happened == ONCE


async def test_a_caller_that_gives_up_during_the_start_affects_no_other() -> None:
    thing = Thing()
    lifespan = Lifespan(thing.opens)
    first = asyncio.create_task(lifespan.begin())
    await asyncio.sleep(0)
    second = asyncio.create_task(lifespan.begin())

    first.cancel()
    await second
    await lifespan.end()

    assert first.cancelled()
    assert thing.happened == ONCE


def test_it_is_closed_when_the_event_loop_ends() -> None:
    thing = Thing()

    asyncio.run(Lifespan(thing.opens).begin())

    assert thing.happened == ONCE


def test_another_event_loop_opens_it_anew() -> None:
    thing = Thing()
    lifespan = Lifespan(thing.opens)

    asyncio.run(lifespan.begin())
    asyncio.run(lifespan.begin())

    assert thing.happened == [*ONCE, *ONCE]


async def test_after_a_failed_start_the_next_call_tries_again() -> None:
    thing = Thing(failures=1)
    lifespan = Lifespan(thing.opens)

    with pytest.raises(OSError, match="no disk"):
        await lifespan.begin()
    await lifespan.begin()
    await lifespan.end()

    assert thing.happened == ["opening", *ONCE]


async def test_a_new_run_starts_after_the_old_one_is_closed() -> None:
    thing = Thing()
    lifespan = Lifespan(thing.opens)
    await lifespan.begin()

    ending = asyncio.create_task(lifespan.end())
    await asyncio.sleep(0)
    await lifespan.begin()
    await ending
    await lifespan.end()

    assert thing.happened == [*ONCE, *ONCE]


async def test_an_end_without_a_beginning_is_nothing() -> None:
    thing = Thing()

    await Lifespan(thing.opens).end()

    assert thing.happened == []


async def test_a_server_is_told_in_one_line_why_the_service_does_not_start(tmp_path: Path) -> None:
    database = tmp_path / "lessons.sqlite"
    service = create_app(Settings(database_url=f"sqlite:///{database}"))
    told: list[Message] = []

    async def receive() -> Message:
        return {"type": "lifespan.startup"}

    async def send(message: Message) -> None:
        told.append(message)

    with locked(database), pytest.raises(Unavailable):
        await service({"type": "lifespan"}, receive, send)

    (failed,) = told
    assert failed["type"] == "lifespan.startup.failed"
    assert failed["message"].startswith("Another process serves lessons.sqlite already: stop it")
    assert "Traceback" not in failed["message"]
