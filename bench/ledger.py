"""Measures how many heartbeats a second the store saves durably, against a bare sqlite3 loop with the same batches.

Here a heartbeat saves the proofs of both seats of one session. A thousand callers, one for each session, send their
next heartbeat when the last one is on disk. The bare loop inserts as many rows, in transactions of the size that the
store used in the run before.
"""

from __future__ import annotations

import asyncio
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import uvloop
from sqlalchemy import Connection, Engine, event

from bench.table import print_table
from langdao_video.store.migrate import migrate
from langdao_video.store.port import Presence
from langdao_video.store.sql import SqlStore

ROUNDS: Final = 9
SESSIONS: Final = 1_000
HEARTBEATS_A_SESSION: Final = 40
TARGET: Final = 0.4


@dataclass(frozen=True, slots=True)
class Round:
    """The result of one run."""

    heartbeats: int
    seconds: float
    commits: int

    @property
    def per_second(self) -> float:
        """Return the heartbeats saved in a second."""
        return self.heartbeats / self.seconds

    @property
    def batch(self) -> int:
        """Return the heartbeats in a transaction, at least 1."""
        return max(1, round(self.heartbeats / self.commits))


async def run_store(folder: Path) -> Round:
    """Send the heartbeats of all sessions through the store at the same time."""
    url = f"sqlite:///{folder / 'store.sqlite'}"
    await migrate(url)
    store = await SqlStore.open(url)

    async def beat(session_id: str) -> None:
        for proof_ms in range(HEARTBEATS_A_SESSION):
            await store.save_presence(
                [Presence(session_id, "student", 1, proof_ms), Presence(session_id, "tutor", 1, proof_ms)]
            )

    with counted_commits() as commits:
        started_s = time.perf_counter()
        await asyncio.gather(*(beat(f"session-{n}") for n in range(SESSIONS)))
        seconds = time.perf_counter() - started_s
    await store.close()
    return Round(SESSIONS * HEARTBEATS_A_SESSION, seconds, len(commits))


def run_bare(folder: Path, batch: int) -> Round:
    """Insert as many heartbeats with the bare driver, *batch* in each transaction."""
    connection = sqlite3.connect(folder / "bare.sqlite", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE proof (session_id TEXT, role TEXT, epoch INTEGER, proof_ms INTEGER)")
    heartbeats = SESSIONS * HEARTBEATS_A_SESSION

    started_s = time.perf_counter()
    for first in range(0, heartbeats, batch):
        connection.execute("BEGIN IMMEDIATE")
        for n in range(first, min(first + batch, heartbeats)):
            for role in ("student", "tutor"):
                connection.execute(
                    "INSERT INTO proof VALUES (?, ?, 1, ?)", (f"session-{n % SESSIONS}", role, n)
                )
        connection.execute("COMMIT")
    seconds = time.perf_counter() - started_s
    connection.close()
    return Round(heartbeats, seconds, -(-heartbeats // batch))


@contextmanager
def counted_commits() -> Iterator[list[None]]:
    """Count the transactions that all engines commit during the block."""
    commits: list[None] = []

    def count(_connection: Connection) -> None:
        commits.append(None)

    event.listen(Engine, "commit", count)
    try:
        yield commits
    finally:
        event.remove(Engine, "commit", count)


def run_rounds() -> tuple[list[Round], list[Round]]:
    """Run both in alternating order, after an uncounted run that gives the size of a transaction."""
    with tempfile.TemporaryDirectory(prefix="langdao-bench-") as name:
        batch = uvloop.run(run_store(Path(name))).batch
    ours: list[Round] = []
    bare: list[Round] = []
    for number in range(ROUNDS):
        for turn in (number, number + 1):
            with tempfile.TemporaryDirectory(prefix="langdao-bench-") as name:
                if turn % 2:
                    bare.append(run_bare(Path(name), batch))
                else:
                    ours.append(uvloop.run(run_store(Path(name))))
                    batch = ours[-1].batch
    return ours, bare


def main() -> None:
    """Measure and print the table."""
    ours, bare = run_rounds()
    medians = [statistics.median(one.per_second for one in rounds) for rounds in (ours, bare)]
    spread = [
        f"{min(one.per_second for one in rounds):,.0f}–{max(one.per_second for one in rounds):,.0f}"
        for rounds in (ours, bare)
    ]
    batches = [f"{statistics.median(one.batch for one in rounds):,.0f}" for rounds in (ours, bare)]
    print_table(
        f"Heartbeats on disk a second: SQLite, synchronous=FULL, {SESSIONS:,} callers, {ROUNDS} interleaved rounds",
        ("", "median", "lowest–highest", "a commit", "ratio"),
        [
            ("the store", f"{medians[0]:,.0f}", spread[0], batches[0], f"{medians[0] / medians[1]:.2f}"),
            ("bare sqlite3", f"{medians[1]:,.0f}", spread[1], batches[1], "1.00"),
        ],
    )
    print(f"Target: at least {TARGET} of the bare loop.")


if __name__ == "__main__":
    main()
