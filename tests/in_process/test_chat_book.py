"""The chat book seals what it stores, reads it after a restart or a change of keys, and forgets it in the end."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import pytest
import structlog

from langdao_video.billing.money import Rate
from langdao_video.billing.new_session import NewSession
from langdao_video.billing.rules import BillRules
from langdao_video.billing.service import SessionService
from langdao_video.errors import Conflict, Unavailable
from langdao_video.in_process import chat_book
from langdao_video.in_process.chat_book import KEPT_MS_MAX, ChatBook
from langdao_video.session.commands import End
from langdao_video.session.snapshot import KeptLine
from langdao_video.store.memory import MemoryStore
from tests.stories.live import HandClock, until, until_async

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

OLD_KEY: Final = "an-old-key-of-this-service-32-bytes"
NEW_KEY: Final = "the-new-key-of-this-service-32-bytes"
RATE: Final = Rate(2_000, "USD", 2)


def line(number: int, text: str = "Hola, ¿qué tal?") -> KeptLine:
    return KeptLine(
        role="student", id=f"m-{number}", text=text, at_ms=1_764_000_000_000 + number, number=number
    )


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def book(store: MemoryStore, clock: HandClock) -> ChatBook:
    return ChatBook(store.chats, [OLD_KEY], clock)


@pytest.fixture
async def running(book: ChatBook) -> AsyncIterator[None]:
    task = asyncio.create_task(book.run())
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_lines_come_back_after_a_restart(book: ChatBook, store: MemoryStore, clock: HandClock) -> None:
    await book.keep_lines("s-1", [line(1), line(2)], 1)
    await book.keep_lines("s-1", [line(3)], 2)

    assert await ChatBook(store.chats, [OLD_KEY], clock).load_lines("s-1") == [line(2), line(3)]


async def test_the_store_sees_no_text(book: ChatBook, store: MemoryStore) -> None:
    await book.keep_lines("s-1", [line(1)], 1)

    chat = await store.chats.load_chat("s-1")

    assert chat is not None
    assert all(b"Hola" not in each.sealed for each in chat.lines)


async def test_one_text_is_never_sealed_twice_in_the_same_way(book: ChatBook, store: MemoryStore) -> None:
    await book.keep_lines("s-1", [line(1, "sí"), line(2, "sí")], 1)

    chat = await store.chats.load_chat("s-1")

    assert chat is not None
    assert len({each.sealed for each in chat.lines}) == 2


async def test_a_new_key_in_front_loses_no_line(book: ChatBook, store: MemoryStore, clock: HandClock) -> None:
    await book.keep_lines("s-1", [line(1)], 1)
    both = ChatBook(store.chats, [NEW_KEY, OLD_KEY], clock)
    await both.keep_lines("s-1", [line(2)], 1)

    assert await both.load_lines("s-1") == [line(1), line(2)]


async def test_without_its_key_a_line_is_left_out_and_the_log_says_so(
    book: ChatBook, store: MemoryStore, clock: HandClock
) -> None:
    await book.keep_lines("s-1", [line(1)], 1)

    with structlog.testing.capture_logs() as logs:
        lines = await ChatBook(store.chats, [NEW_KEY], clock).load_lines("s-1")

    assert lines == []
    assert [(entry["event"], entry["lines"]) for entry in logs] == [("chat-not-readable", 1)]


@pytest.mark.usefixtures("running")
async def test_the_end_of_a_session_deletes_its_lines(
    book: ChatBook, store: MemoryStore, clock: HandClock
) -> None:
    service = SessionService(store=store, clock=clock, rules=BillRules(), default_rate=RATE)
    service.listeners.append(book.note)
    for session_id in ("s-1", "s-2"):
        await service.create_session(
            NewSession(
                id=session_id,
                student_address=None,
                tutor_address=None,
                language="es",
                start_ms=clock.now_ms(),
                rate=RATE,
            )
        )
        await book.keep_lines(session_id, [line(1)], 1)

    await service.obey(
        "s-1",
        End(
            ended_by="student",
            reason="ended-by-user",
            total_seconds=0,
            billable_seconds=0,
            cost=None,
            ended_at_ms=clock.now_ms(),
            statement_url=None,
            pauses=0,
        ),
    )

    await until_async(lambda: is_gone(store, "s-1"))
    assert await book.load_lines("s-2") == [line(1)]
    with pytest.raises(Conflict):
        await book.keep_lines("s-1", [line(2)], 1)


async def test_a_chat_that_nobody_ended_is_swept_after_a_day(
    book: ChatBook, store: MemoryStore, clock: HandClock
) -> None:
    await book.keep_lines("s-1", [line(1)], 1)
    clock.advance(KEPT_MS_MAX)
    await book.sweep()
    assert not await is_gone(store, "s-1")

    clock.advance(2)
    await book.sweep()

    assert await is_gone(store, "s-1")


async def test_a_store_that_fails_is_swept_later(
    store: MemoryStore, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = [Unavailable("store-unavailable", "later"), RuntimeError("a defect")]
    sweeps = 0
    sweep = store.chats.sweep_chats

    async def sweep_at_last(before_ms: int) -> int:
        nonlocal sweeps
        sweeps += 1
        if failures:
            raise failures.pop()
        return await sweep(before_ms)

    monkeypatch.setattr(store.chats, "sweep_chats", sweep_at_last)
    monkeypatch.setattr(chat_book, "_RETRY_SECONDS", 0.0)
    task = asyncio.create_task(ChatBook(store.chats, [OLD_KEY], clock).run())

    await until(lambda: sweeps == 3)

    assert not task.done()
    task.cancel()


async def is_gone(store: MemoryStore, session_id: str) -> bool:
    return await store.chats.load_chat(session_id) is None
