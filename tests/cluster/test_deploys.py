"""A node that stops carries pages whose rooms are elsewhere: each has its next socket before the first one ends."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING

import pytest

from langdao_video.signaling.effects import CloseCode
from tests.cluster.nodes import running_cluster
from tests.contracts.postgres import PostgresServer, postgres_server
from tests.stories.page import ADDRESSES, Page

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["postgres_server"]


@pytest.mark.slow
@pytest.mark.requirement("R20")
async def test_a_page_that_a_stopping_node_carries_moves_within_its_sitting(
    tmp_path: Path, postgres_server: PostgresServer
) -> None:
    async with running_cluster(tmp_path, postgres_server, DRAIN_SECONDS="60") as cluster:
        owner, edge, other = (f"ws://127.0.0.1:{port}/" for port in cluster.ports)
        student = Page(owner, "lesson", "student", address=ADDRESSES["student"])
        tutor = Page(edge, "lesson", "tutor", address=ADDRESSES["tutor"])
        await student.join()
        first = await tutor.join()

        stopping = asyncio.create_task(cluster.nodes[1].stop(signal.SIGTERM))
        leaving = (await tutor.expect("moving"))["leaving"]
        moved = Page(other, "lesson", "tutor", page=tutor.page, address=ADDRESSES["tutor"])
        welcome = await moved.join(leaving=leaving, resume=first["resume"])
        await student.send("chat", id="m-1", text="Hola")
        await moved.expect("chat")
        await tutor.send("moved")

        assert await tutor.closed() == CloseCode.RESTARTS
        await stopping
        assert (welcome["epoch"], welcome["peer"]["page"]) == (first["epoch"], student.page)
        assert tutor.of_type("error") == moved.of_type("error") == student.of_type("peer-left") == []
        await student.send("end-session")
        assert (await moved.expect("session-ended"))["endedBy"] == "student"
