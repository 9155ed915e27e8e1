"""Appends until it is killed, and prints what was stored: `python -m tests.contracts.endless_writer URL RUN`."""

from __future__ import annotations

import asyncio
import sys
from itertools import count

from langdao_video.store.port import NewEvent, Presence
from langdao_video.store.sql import SqlStore

WRITERS = 8


async def write_for_ever(store: SqlStore, name: str) -> None:
    """Append three events and a deadline at once, then both seats' proofs. Print the name after they are stored."""
    for n in count():
        session_id = f"{name}-{n}"
        facts = [NewEvent(f"{session_id}-{k}", "fact", k, {"pad": "x" * 700 * k}) for k in range(3)]
        await store.append_events(session_id, 0, facts, deadlines={"silence": 10})
        await store.save_presence(
            [Presence(session_id, "student", 1, n), Presence(session_id, "tutor", 1, n)]
        )
        sys.stdout.write(f"{session_id}\n")
        sys.stdout.flush()


async def main(url: str, run: str) -> None:
    """Write from several callers at once, so that a kill interrupts batches."""
    store = await SqlStore.open(url)
    await asyncio.gather(*(write_for_ever(store, f"{run}-{writer}") for writer in range(WRITERS)))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
