"""What the database file keeps of a chat: nothing that can be read, and after its end nothing at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from langdao_video.store.chat_port import SealedLine
from langdao_video.store.sql import SqlStore
from tests.stories.live import migrated_sqlite

if TYPE_CHECKING:
    from pathlib import Path

SALT: Final = b"a salt that is found in the file"
SEALED: Final = b"sealed text that is found in the file"


async def test_a_dropped_chat_leaves_no_byte_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "ledger.sqlite"
    file.write_bytes((await migrated_sqlite()).read_bytes())
    store = await SqlStore.open(f"sqlite:///{file}")
    await store.chats.load_salt("s-1", lambda: SALT)
    line = SealedLine(role="student", id="m-1", at_ms=1, number=1, sealed=SEALED)
    await store.chats.append_lines("s-1", SALT, [line], 1)
    await store.close()  # which writes the log into the file
    before = file.read_bytes()

    store = await SqlStore.open(f"sqlite:///{file}")
    await store.chats.drop_chat("s-1")
    await store.close()

    assert SALT in before
    assert SEALED in before
    left = read_all(tmp_path)
    assert SALT not in left
    assert SEALED not in left


def read_all(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())
