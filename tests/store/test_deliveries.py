"""What is removed or forgotten goes in steps, so that no lesson waits for one long transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection

from langdao_video.store import deliveries, endpoint_queries
from langdao_video.store.migrate import migrate
from langdao_video.store.sql import SqlStore
from tests.contracts.streams import HOOK, NOW_MS, OTHER, append, attempt, claim, claim_one, took


async def test_an_endpoint_is_removed_in_steps_and_no_other_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliveries, "DROPPED_AT_ONCE", 2)
    url = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    await migrate(url)
    store = await SqlStore.open(url)
    for endpoint in (HOOK, OTHER):
        await store.deliveries.save_endpoint(endpoint)
    for n in range(5):
        await append(store, f"session-{n}")

    assert await store.deliveries.remove_endpoint(HOOK.id)

    assert await store.deliveries.load_endpoints() == [OTHER]
    assert await store.deliveries.load_streams(HOOK.id, None, 9) == []
    assert len(await claim(store.deliveries, endpoint=OTHER.id)) == 5
    await store.close()


async def test_attempts_are_forgotten_in_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliveries, "DROPPED_AT_ONCE", 2)
    steps: list[list[int]] = []
    forget = endpoint_queries.forget_attempts

    def note(connection: Connection, numbers: Iterable[int]) -> None:
        steps.append([*numbers])
        forget(connection, steps[-1])

    monkeypatch.setattr(endpoint_queries, "forget_attempts", note)
    url = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    await migrate(url)
    store = await SqlStore.open(url)
    for endpoint in (HOOK, OTHER):
        await store.deliveries.save_endpoint(endpoint)
    await append(store, "session")
    stream = await claim_one(store.deliveries)
    log = [attempt(stream, seq, NOW_MS + seq) for seq in range(1, 9)]
    await store.deliveries.settle([replace(took(stream), log=log)])

    await store.deliveries.forget_attempts(NOW_MS + 3, 3)

    assert [len(step) for step in steps] == [2, 2, 1]
    assert await store.deliveries.load_attempts(HOOK.id, None, 9) == log[:4:-1]
    await store.close()
