"""What is dropped in steps is dropped whole."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import create_engine

from langdao_video.store import endpoint_queries
from langdao_video.store.migrate import migrate
from langdao_video.store.sql import SqlStore
from tests.contracts.streams import HOOK, append


async def test_the_last_step_drops_streams_that_came_meanwhile(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    await migrate(url)
    store = await SqlStore.open(url)
    await store.deliveries.save_endpoint(HOOK)
    for n in range(7):
        await append(store, f"session-{n}")
    await store.close()

    engine = create_engine(url)
    with engine.begin() as connection:
        assert endpoint_queries.drop_streams(connection, HOOK.id, 3) == 3
        assert endpoint_queries.drop_endpoint(connection, HOOK.id, 3)
        assert not endpoint_queries.drop_endpoint(connection, HOOK.id, 3)
        assert endpoint_queries.load_endpoints(connection) == []
        assert endpoint_queries.drop_streams(connection, HOOK.id, 3) == 0
    engine.dispose()
