"""An endpoint with many streams is removed in steps, so that no lesson waits for one long transaction."""

from __future__ import annotations

from pathlib import Path

import pytest

from langdao_video.store import deliveries
from langdao_video.store.migrate import migrate
from langdao_video.store.sql import SqlStore
from tests.contracts.streams import HOOK, OTHER, append, claim


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
