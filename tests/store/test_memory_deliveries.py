"""The outbox in memory answers as SQLite does, whatever is asked in whatever order."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from langdao_video.store.delivery_port import Stream
from langdao_video.store.memory import MemoryStore
from langdao_video.store.port import NewEvent
from langdao_video.store.sql import SqlStore
from tests.contracts.streams import HOOK, LEASE_MS, NOW_MS, OTHER, OutboxStore, attempt, failed, parked, took
from tests.examples import examples
from tests.stories.live import migrated_sqlite

pytestmark = pytest.mark.slow

Operation = tuple[Any, ...]

SESSIONS: Final = ("a", "b c", "d")
sessions = st.sampled_from(SESSIONS)
endpoints = st.sampled_from((HOOK.id, OTHER.id))
times = st.integers(0, 60).map(lambda seconds: NOW_MS + seconds * 1_000)
maybe_times = st.none() | times
operations = st.one_of(
    st.tuples(st.just("append"), sessions, st.integers(1, 3), times),
    st.tuples(st.just("save"), st.sampled_from((HOOK, OTHER))),
    st.tuples(st.just("remove"), endpoints),
    st.tuples(
        st.just("claim"), endpoints, times, st.integers(1, 3), st.none() | st.lists(sessions, max_size=3)
    ),
    st.tuples(st.just("took"), st.integers(0, 3), st.integers(0, 3)),
    st.tuples(st.just("kept"), st.integers(0, 3), times),
    st.tuples(st.just("failed"), st.integers(0, 3), times),
    st.tuples(st.just("parked"), st.integers(0, 3), times),
    st.tuples(st.just("hurry"), endpoints, times, st.integers(1, 3)),
    st.tuples(
        st.just("rewind"),
        times,
        st.none() | endpoints,
        st.none() | sessions,
        maybe_times,
        maybe_times,
        st.booleans(),
        st.integers(1, 4),
    ),
    st.tuples(st.just("forget"), times, st.integers(1, 2)),
)


class Player:
    """Plays operations on one store and writes down what it answers."""

    def __init__(self, store: OutboxStore) -> None:
        self.store = store
        self.outbox = store.deliveries
        self.claimed: list[Stream] = []
        self.answers: list[object] = []
        self.events = 0

    async def play(self, operation: Operation) -> None:
        """Play one operation, then look at everything."""
        name, *values = operation
        call: Callable[..., Coroutine[Any, Any, object]] = getattr(self, name)
        self.answers += [operation, await call(*values), await self.look()]

    async def look(self) -> object:
        """Return all that an operator sees."""
        return [
            await self.outbox.load_streams(None, None, 99),
            await self.outbox.load_streams(None, "a", 2, only_failing=True),
            await self.outbox.load_parked(None, None, 99),
            await self.outbox.load_attempts(None, None, 99),
            await self.outbox.count(HOOK.id, NOW_MS + 20_000),
            await self.outbox.load_logs(SESSIONS),
            (await self.outbox.load_all_events("", 999))[0],
        ]

    async def append(self, session_id: str, events: int, at_ms: int) -> object:
        version = len(await self.store.load_events(session_id))
        self.events += events
        facts = [NewEvent(f"{self.events}-{n}", "x", at_ms, {}) for n in range(events)]
        return await self.store.append_events(session_id, version, facts)

    async def save(self, endpoint: Any) -> object:  # noqa: ANN401 - drawn
        return await self.outbox.save_endpoint(endpoint)

    async def remove(self, endpoint_id: str) -> object:
        return await self.outbox.remove_endpoint(endpoint_id)

    async def claim(self, endpoint_id: str, now_ms: int, limit: int, hints: list[str] | None) -> object:
        claimed = await self.outbox.claim(
            endpoint_id,
            token=f"token-{len(self.answers)}",
            now_ms=now_ms,
            lease_until_ms=now_ms + LEASE_MS,
            limit=limit,
            sessions=hints,
        )
        self.claimed = [*claimed, *self.claimed]
        return claimed

    async def took(self, number: int, events: int) -> object:
        return await self.outbox.settle(
            [
                took(stream, min(stream.position + events, stream.newest_seq))
                for stream in self.claimed[: number + 1]
            ]
        )

    async def kept(self, number: int, until_ms: int) -> object:
        return await self.outbox.settle(
            [
                replace(took(stream), keeps_lease_until_ms=until_ms, log=[attempt(stream, 1, until_ms)])
                for stream in self.claimed[number : number + 2]
            ]
        )

    async def failed(self, number: int, due_ms: int) -> object:
        return await self.outbox.settle(
            [failed(stream, due_ms, due_ms - 9) for stream in self.claimed[number : number + 1]]
        )

    async def parked(self, number: int, at_ms: int) -> object:
        return await self.outbox.settle(
            [
                replace(took(stream), parked=[parked(stream, stream.newest_seq, at_ms)])
                for stream in self.claimed[number : number + 1]
            ]
        )

    async def hurry(self, endpoint_id: str, now_ms: int, limit: int) -> object:
        return await self.outbox.hurry(endpoint_id, now_ms, limit)

    async def rewind(  # noqa: PLR0913, PLR0917 - as the port
        self,
        now_ms: int,
        endpoint_id: str | None,
        session_id: str | None,
        from_ms: int | None,
        to_ms: int | None,
        only_parked: bool,  # noqa: FBT001 - drawn
        limit: int,
    ) -> object:
        steps = []
        after: str | None = ""
        while after is not None:
            steps.append(
                await self.outbox.rewind(
                    now_ms,
                    limit=limit,
                    endpoint_id=endpoint_id,
                    session_id=session_id,
                    from_ms=from_ms,
                    to_ms=to_ms,
                    only_parked=only_parked,
                    after_session=after,
                )
            )
            after = steps[-1][2]
        return steps

    async def forget(self, before_ms: int, keep: int) -> None:
        await self.outbox.forget_attempts(before_ms, keep)


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(operations, max_size=25))
def test_memory_answers_as_sqlite_does(played: list[Operation]) -> None:
    asyncio.run(compare([("save", HOOK), ("append", "a", 2, NOW_MS), *played]))


async def compare(played: list[Operation]) -> None:
    """Play the same on both."""
    with tempfile.TemporaryDirectory() as folder:
        ledger = Path(folder) / "ledger.sqlite"
        shutil.copyfile(await migrated_sqlite(), ledger)
        store = await SqlStore.open(f"sqlite:///{ledger}")
        memory, sqlite = Player(MemoryStore()), Player(store)
        try:
            for operation in played:
                await memory.play(operation)
                await sqlite.play(operation)

                assert memory.answers[-3:] == sqlite.answers[-3:]
        finally:
            await store.close()
