"""The loop of virtual time: timers follow the world's time, and a killed process does nothing more."""

from __future__ import annotations

import asyncio
from random import Random

import pytest

from tools.simulator.loop import Saving, VirtualLoop
from tools.simulator.world import Killed, World


@pytest.fixture
def world() -> World:
    return World(Random(1))  # noqa: S311 - chance that can be had again is the point


def run(world: World, until_ms: int) -> None:
    world.run(until_ms, lambda: False)


async def note_after(world: World, seconds: float, heard: list[int]) -> None:
    await asyncio.sleep(seconds)
    heard.append(world.now_ms)


@pytest.mark.parametrize(("grain_ms", "at_ms"), [(1, 1_300), (250, 1_500), (1_000, 2_000)])
def test_a_timer_fires_at_its_time_or_a_grain_later(world: World, grain_ms: int, at_ms: int) -> None:
    heard: list[int] = []
    loop = VirtualLoop(world, grain_ms)

    loop.do(lambda: loop.create_task(note_after(world, 1.3, heard)))
    run(world, 10_000)

    assert heard == [at_ms]


def test_tasks_that_wait_for_each_other_need_no_time(world: World) -> None:
    heard: list[int] = []
    loop = VirtualLoop(world, 250)

    async def ask() -> None:
        await asyncio.shield(asyncio.create_task(note_after(world, 0, heard)))
        heard.append(world.now_ms)

    loop.do(lambda: loop.create_task(ask()))

    assert heard == [0, 0]


def test_a_process_that_is_killed_does_nothing_more(world: World) -> None:
    heard: list[int] = []
    loop = VirtualLoop(world, 250)
    loop.do(lambda: loop.create_task(note_after(world, 1, heard)))

    world.at(500, loop.kill)
    run(world, 10_000)

    assert heard == []


def test_a_task_in_which_the_service_dies_tells_the_world(world: World) -> None:
    deaths: list[int] = []
    loop = VirtualLoop(world, 250)
    world.on_killed = lambda: deaths.append(world.now_ms)

    async def die() -> None:
        await asyncio.sleep(1)
        raise Killed

    loop.do(lambda: loop.create_task(die()))
    run(world, 10_000)

    assert deaths == [1_000]


@pytest.mark.parametrize("is_saved", [True, False])
def test_all_who_wait_for_a_save_go_on_together(world: World, *, is_saved: bool) -> None:
    heard: list[tuple[int, bool]] = []
    loop = VirtualLoop(world, 250)
    saving = Saving(loop)

    async def wait() -> None:
        saved = await saving.wait()
        heard.append((world.now_ms, saved))

    for _ in range(2):
        loop.do(lambda: loop.create_task(wait()))
    world.at(7, lambda: loop.do(lambda: saving.finish(is_saved=is_saved)))
    run(world, 1_000)

    assert heard == [(7, is_saved)] * 2
