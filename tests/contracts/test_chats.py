"""All stores keep the chat in the same way: sealed lines that live as long as their session, and no longer."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol

import pytest

from langdao_video.errors import BadRequest, Conflict
from langdao_video.store.chat_port import (
    ENDED_TYPE,
    LINES_PER_APPEND_MAX,
    SEALED_BYTES_MAX,
    ChatStore,
    SealedChat,
    SealedLine,
)
from langdao_video.store.port import NewEvent, Store

if TYPE_CHECKING:
    from langdao_video.session.roles import Role
    from tests.contracts.conftest import Place

SALT: Final = bytes(range(32))
OTHER_SALT: Final = bytes(reversed(range(32)))


class KeepsChats(Store, Protocol):
    """A store with its chats."""

    @property
    def chats(self) -> ChatStore:
        """The chats."""
        ...


def line(number: int, sealed: bytes = b"\x00sealed\xff", role: Role = "student", id_: str = "") -> SealedLine:
    return SealedLine(role=role, id=id_ or f"m-{number}", at_ms=1_000 + number, number=number, sealed=sealed)


async def end(store: Store, session_id: str) -> None:
    await store.append_events(session_id, 0, [NewEvent(f"end-of-{session_id}", ENDED_TYPE, 5_000, {})])


async def keep(store: KeepsChats, session_id: str, *lines: SealedLine, first: int = 1) -> bytes:
    salt = await store.chats.load_salt(session_id, lambda: SALT)
    await store.chats.append_lines(session_id, salt, lines, first)
    return salt


async def test_a_session_without_lines_has_no_chat(store: KeepsChats) -> None:
    assert await store.chats.load_chat("s-1") is None


async def test_another_process_reads_the_lines_in_their_order(place: Place) -> None:
    one, two = await place.open(), await place.open()
    await keep(one, "s-1", line(1), line(2, role="tutor"))
    await keep(two, "s-1", line(3, b""))
    await keep(two, "s-2", line(1))

    chat = await two.chats.load_chat("s-1")

    assert chat == SealedChat(SALT, (line(1), line(2, role="tutor"), line(3, b"")))


async def test_the_first_salt_stays_and_all_processes_get_it(place: Place) -> None:
    nodes = [await place.open() for _ in range(4)]
    salts = [bytes([n]) * 32 for n in range(4)]

    got = await asyncio.gather(
        *(node.chats.load_salt("s-1", partial(bytes, salts[n])) for n, node in enumerate(nodes))
    )

    assert len(set(got)) == 1
    assert set(got) <= set(salts)


async def test_a_line_that_is_sent_again_stays_as_it_was(store: KeepsChats) -> None:
    await keep(store, "s-1", line(1, b"first"))

    await keep(store, "s-1", line(7, b"again", id_="m-1"), line(7, b"theirs", "tutor", "m-1"))

    chat = await store.chats.load_chat("s-1")
    assert chat is not None
    assert [(each.role, each.number, each.sealed) for each in chat.lines] == [
        ("student", 1, b"first"),
        ("tutor", 7, b"theirs"),
    ]


async def test_lines_below_the_first_number_are_forgotten(store: KeepsChats) -> None:
    await keep(store, "s-1", *(line(n) for n in range(1, 6)))
    await keep(store, "s-2", line(1))

    await keep(store, "s-1", line(6), first=5)

    chats = [await store.chats.load_chat(session_id) for session_id in ("s-1", "s-2")]
    assert [[each.number for each in chat.lines] for chat in chats if chat] == [[5, 6], [1]]


async def test_a_dropped_chat_is_gone_and_a_late_line_does_not_bring_it_back(store: KeepsChats) -> None:
    salt = await keep(store, "s-1", line(1))
    await keep(store, "s-2", line(1))

    await store.chats.drop_chat("s-1")

    with pytest.raises(Conflict, match="gone"):
        await store.chats.append_lines("s-1", salt, [line(2)], 1)
    assert await store.chats.load_chat("s-1") is None
    assert await store.chats.load_chat("s-2") is not None


async def test_a_session_that_ended_gets_neither_salt_nor_line(store: KeepsChats) -> None:
    salt = await keep(store, "s-1", line(1))
    for session_id in ("s-1", "s-2"):
        await end(store, session_id)

    with pytest.raises(Conflict) as late:
        await store.chats.append_lines("s-1", salt, [line(2)], 1)
    with pytest.raises(Conflict) as never:
        await store.chats.load_salt("s-2", lambda: SALT)

    assert (late.value.code, never.value.code) == ("chat-over", "chat-over")


async def test_a_line_under_another_salt_is_refused(store: KeepsChats) -> None:
    await keep(store, "s-1", line(1))

    with pytest.raises(Conflict):
        await store.chats.append_lines("s-1", OTHER_SALT, [line(2)], 1)


async def test_a_sweep_forgets_ended_sessions_and_old_chats_only(store: KeepsChats) -> None:
    for session_id in ("ended", "old", "new"):
        await keep(store, session_id, line({"old": 1}.get(session_id, 500)))
    await store.chats.load_salt("empty", lambda: SALT)
    await end(store, "ended")

    swept = await store.chats.sweep_chats(1_100)

    chats = {name: await store.chats.load_chat(name) for name in ("ended", "old", "new", "empty")}
    assert swept == 3
    assert [name for name, chat in chats.items() if chat] == ["new"]


async def test_a_sweep_between_a_salt_and_its_first_line_loses_no_line(place: Place) -> None:
    one, two = await place.open(), await place.open()
    await one.append_events("s-1", 0, [NewEvent("begun", "session-created", 1_200, {})])
    salt = await one.chats.load_salt("s-1", lambda: SALT)

    await two.chats.sweep_chats(1_100)
    await one.chats.append_lines("s-1", salt, [line(500)], 1)

    assert await two.chats.load_chat("s-1") == SealedChat(SALT, (line(500),))
    assert await two.chats.sweep_chats(1_501) == 1, "an old chat goes, however new its facts"


async def test_a_drop_that_meets_a_line_leaves_all_or_nothing(place: Place) -> None:
    one, two = await place.open(), await place.open()
    for number in range(10):
        salt = await keep(one, "s-1", line(1))

        await asyncio.gather(
            one.chats.append_lines("s-1", salt, [line(2)], 1),
            two.chats.drop_chat("s-1"),
            return_exceptions=True,
        )

        assert await one.chats.load_chat("s-1") is None, number


@pytest.mark.parametrize(
    "lines",
    [
        [line(1, id_="nul\0")],
        [line(1, b"x" * (SEALED_BYTES_MAX + 1))],
        [line(2**53)],
        [line(number) for number in range(LINES_PER_APPEND_MAX + 1)],
    ],
    ids=["nul", "large", "number", "many"],
)
async def test_what_some_store_could_not_keep_is_refused(store: KeepsChats, lines: list[SealedLine]) -> None:
    salt = await keep(store, "s-1", line(1))

    with pytest.raises(BadRequest):
        await store.chats.append_lines("s-1", salt, lines, 1)

    chat = await store.chats.load_chat("s-1")
    assert chat is not None
    assert chat.lines == (line(1),)


@pytest.mark.parametrize("salt", [b"", b"x" * 65], ids=["empty", "long"])
async def test_a_salt_that_is_none_is_refused(store: KeepsChats, salt: bytes) -> None:
    with pytest.raises(BadRequest):
        await store.chats.load_salt("s-1", lambda: salt)
