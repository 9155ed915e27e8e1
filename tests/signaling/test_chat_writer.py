"""Lines of chat reach the store in their order, each once, however long it takes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from langdao_video.errors import Conflict, LangDAOError, Unavailable
from langdao_video.session.snapshot import KeptLine
from langdao_video.signaling import queue_worker
from langdao_video.signaling.chat_writer import ChatWriter
from tests.stories.live import until

if TYPE_CHECKING:
    from collections.abc import Sequence


class SlowKeeper:
    """Stores when the test allows it, and fails as often as the test says."""

    def __init__(self, *failures: Exception) -> None:
        self.stored: list[tuple[list[int], int]] = []
        self.may_go_on = asyncio.Event()
        self.may_go_on.set()
        self._failures = list(failures)

    async def load_lines(self, session_id: str) -> Sequence[KeptLine]:  # noqa: ARG002 - nobody reads here
        """Return nothing."""
        return ()

    async def keep_lines(self, session_id: str, lines: Sequence[KeptLine], first_number: int) -> None:  # noqa: ARG002
        """Store *lines*."""
        await self.may_go_on.wait()
        if self._failures:
            raise self._failures.pop(0)
        self.stored.append(([line.number for line in lines], first_number))


class Told:
    """Keeps what the writer tells."""

    def __init__(self, keeper: SlowKeeper) -> None:
        self.kept: list[int] = []
        self.not_kept: list[tuple[list[int], str]] = []
        self.writer = ChatWriter("s-1", keeper, self._keep, self._miss)

    def write(self, *numbers: int, first: int = 1) -> None:
        """Write lines with these numbers."""
        for number in numbers:
            line = KeptLine(role="student", id=f"m-{number}", text="Hola", at_ms=number, number=number)
            self.writer.write(line, first)

    def _keep(self, lines: Sequence[KeptLine]) -> None:
        self.kept += [line.number for line in lines]

    def _miss(self, lines: Sequence[KeptLine], error: LangDAOError) -> None:
        self.not_kept.append(([line.number for line in lines], error.code))


@pytest.fixture(autouse=True)
def _quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue_worker, "_RETRY_SECONDS", (0.0,))


async def test_lines_that_come_meanwhile_are_stored_together() -> None:
    keeper = SlowKeeper()
    told = Told(keeper)
    keeper.may_go_on.clear()

    told.write(1)
    await asyncio.sleep(0)
    told.write(2, 3, first=2)
    assert told.kept == []
    keeper.may_go_on.set()

    await until(lambda: told.writer.is_idle)
    assert keeper.stored == [([1], 1), ([2, 3], 2)]
    assert told.kept == [1, 2, 3]


async def test_a_store_that_is_down_is_told_once_and_then_gets_every_line() -> None:
    keeper = SlowKeeper(*(Unavailable("store-unavailable", "later") for _ in range(3)))
    told = Told(keeper)

    told.write(1, 2)

    await until(lambda: told.writer.is_idle)
    assert told.not_kept == [([1, 2], "store-unavailable")]
    assert told.kept == [1, 2]


@pytest.mark.parametrize(
    ("failure", "code"),
    [(Conflict("chat-over", "gone"), "chat-over"), (RuntimeError("a defect"), "chat-not-stored")],
    ids=["refused", "broken"],
)
async def test_lines_that_can_never_be_stored_do_not_hold_up_the_next(failure: Exception, code: str) -> None:
    keeper = SlowKeeper(failure)
    told = Told(keeper)

    told.write(1)
    await until(lambda: told.writer.is_idle)
    told.write(2)

    await until(lambda: told.writer.is_idle)
    assert told.not_kept == [([1], code)]
    assert told.kept == [2]


async def test_a_stop_does_not_wait_for_ever() -> None:
    keeper = SlowKeeper()
    told = Told(keeper)
    keeper.may_go_on.clear()

    told.write(1)
    await told.writer.finish(0.01)

    assert told.kept == []


async def test_a_writer_without_lines_has_nothing_to_finish() -> None:
    told = Told(SlowKeeper())

    await told.writer.finish(60)

    assert told.writer.is_idle
