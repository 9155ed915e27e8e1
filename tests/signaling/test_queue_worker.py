"""The task of a room's queue: one at a time, and gone when its time is over."""

from __future__ import annotations

import asyncio

import pytest

from langdao_video.signaling.queue_worker import QueueWorker, pause


class Numbers(QueueWorker):
    """Takes a number from its queue whenever it is allowed to."""

    def __init__(self) -> None:
        super().__init__()
        self.queue: list[int] = []
        self.taken: list[int] = []
        self.drains = 0
        self.may_go_on = asyncio.Event()

    def add(self, number: int) -> None:
        self.queue.append(number)
        self._wake()

    async def _drain(self) -> None:
        self.drains += 1
        while self.queue:
            await self.may_go_on.wait()
            self.taken.append(self.queue.pop(0))


async def test_one_task_takes_all_in_order_and_a_later_number_gets_a_new_one() -> None:
    numbers = Numbers()
    for number in (1, 2):
        numbers.add(number)
    assert not numbers.is_idle

    numbers.may_go_on.set()
    await numbers.settle(10)
    assert (numbers.is_idle, numbers.taken, numbers.drains) == (True, [1, 2], 1)
    numbers.add(3)
    await numbers.settle(10)

    assert (numbers.taken, numbers.drains) == ([1, 2, 3], 2)


async def test_to_settle_leaves_what_takes_too_long_at_work_and_to_finish_ends_it() -> None:
    numbers = Numbers()
    numbers.add(1)

    await numbers.settle(0.01)
    assert not numbers.is_idle
    await numbers.finish(0.01)
    await asyncio.sleep(0)
    await asyncio.sleep(0)

    assert (numbers.is_idle, numbers.queue) == (True, [1])


async def test_an_empty_queue_is_idle_and_nobody_waits_for_it() -> None:
    numbers = Numbers()

    await numbers.finish(10)

    assert (numbers.is_idle, numbers.drains) == (True, 0)


async def test_pauses_grow_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr("langdao_video.signaling.queue_worker.asyncio.sleep", sleep)
    for failures in range(7):
        await pause(failures)

    assert slept == sorted(slept)
    assert slept[-1] == slept[-2] == 5.0
