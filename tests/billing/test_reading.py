"""A node that does not own a session shows it as the store has it."""

from __future__ import annotations

import pytest

from langdao_video.billing.reading import read_history, read_lesson
from langdao_video.billing.service import SessionService
from langdao_video.errors import NotFound, NotOwner
from langdao_video.store.port import Deadline, Ownership
from tests.billing.timeline import SESSION, Timeline, lesson_of_a_minute


class RoomsOfOthers:
    """The holdings of a node that owns nothing."""

    async def hold(self, session_id: str) -> Ownership:
        raise NotOwner("not-owner", "another node owns it", session_id)

    def find(self, session_id: str) -> Ownership | None:  # noqa: ARG002 - the port's
        return None

    def lose(self, session_id: str, owner: Ownership) -> None:
        raise AssertionError(f"{session_id} was never owned as {owner}")

    async def claim_due(self, now_ms: int, limit: int) -> list[Deadline]:  # noqa: ARG002 - the port's
        return []


def another_node(line: Timeline) -> SessionService:
    """Return the service of a node that shares the store of *line* and owns nothing."""
    own = line.service
    return SessionService(
        store=line.store,
        clock=line.clock,
        rules=own.rules,
        default_rate=line.rate,
        owners=RoomsOfOthers(),
    )


async def test_another_node_shows_the_same_bill() -> None:
    line = await lesson_of_a_minute()
    other = another_node(line)

    lesson, records = await read_history(other, SESSION)

    mine = await line.lesson()
    assert (await read_lesson(other, SESSION)).billable_ms == lesson.billable_ms == mine.billable_ms > 0
    assert [record.seq for record in records] == list(range(1, mine.version + 1))


async def test_a_session_that_was_never_made_is_unknown_on_each_node() -> None:
    line = Timeline()

    for service in (line.service, another_node(line)):
        with pytest.raises(NotFound, match="There is no session"):
            await read_lesson(service, "never")
        with pytest.raises(NotFound, match="There is no session"):
            await read_history(service, "never")
