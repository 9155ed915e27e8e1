"""The chats in memory belong to a store: when it is closed, they are refused like everything else of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from langdao_video.errors import Unavailable
from langdao_video.store.memory import MemoryStore

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


@pytest.mark.parametrize(
    "call",
    [
        lambda store: store.chats.load_chat("s-1"),
        lambda store: store.chats.load_salt("s-1", lambda: b"salt"),
        lambda store: store.chats.append_lines("s-1", b"salt", [], 1),
        lambda store: store.chats.drop_chat("s-1"),
        lambda store: store.chats.sweep_chats(0),
    ],
    ids=["load", "salt", "append", "drop", "sweep"],
)
async def test_a_closed_store_keeps_and_shows_no_chat(
    call: Callable[[MemoryStore], Awaitable[object]],
) -> None:
    store = MemoryStore()
    await store.close()

    with pytest.raises(Unavailable) as refused:
        await call(store)

    assert refused.value.code == "store-closed"
