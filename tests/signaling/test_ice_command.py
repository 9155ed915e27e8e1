"""The command that prints ICE servers: bounded, and its last good answer stays."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from langdao_video.signaling.ice_command import IceCommand
from langdao_video.signaling.messages import IceServer

GOOD = '[{"urls": "turn:a.example", "username": "u", "credential": "c"}]'
SERVERS = (IceServer(urls=("turn:a.example",), username="u", credential="c"),)
PATIENCE_SECONDS = 20.0


def command(program: str, seconds_max: float = PATIENCE_SECONDS) -> IceCommand:
    return IceCommand([sys.executable, "-Sc", program], good_seconds=60, seconds_max=seconds_max)


async def test_the_servers_that_it_prints_are_its_answer() -> None:
    asked = command(f"print({GOOD!r})")
    assert asked.answer() == ()

    assert await asked.refresh()

    assert asked.answer() == SERVERS


@pytest.mark.parametrize(
    ("program", "seconds_max"),
    [
        ("print('no list')", PATIENCE_SECONDS),
        ("print('[5]')", PATIENCE_SECONDS),
        ("", PATIENCE_SECONDS),
        (f"print({GOOD!r}); raise SystemExit(1)", PATIENCE_SECONDS),
        ("print(' ' * 1_000_000)", PATIENCE_SECONDS),
        ("import time; time.sleep(600)", 0.2),
        ("while True: print(' ' * 1_000, flush=True)", PATIENCE_SECONDS),
    ],
)
async def test_a_bad_answer_leaves_the_last_good_one(
    tmp_path: Path, program: str, seconds_max: float
) -> None:
    good = tmp_path / "good"
    good.touch()
    asked = command(
        f"import os\nif os.path.exists({str(good)!r}): print({GOOD!r})\nelse:\n  exec({program!r})",
        PATIENCE_SECONDS,
    )
    assert await asked.refresh()
    asked._seconds_max = seconds_max
    good.unlink()

    assert not await asked.refresh()

    assert asked.answer() == SERVERS


async def test_a_command_that_does_not_exist_is_no_answer() -> None:
    assert not await IceCommand(["/no/such/program"], 60).refresh()


async def test_what_a_late_command_has_started_ends_with_it(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    # A shell, because Python may need longer for its start than a late command gets. The name comes with the number.
    program = f"sleep 600 & echo $! > '{pid}.new'; mv '{pid}.new' '{pid}'; wait"
    asked = IceCommand(["/bin/sh", "-c", program], good_seconds=60, seconds_max=3.0)

    refused = await asked.refresh()

    assert not refused
    await wait_until(lambda: not lives(int(pid.read_text())))


def lives(pid: int) -> bool:
    """Tell whether a process runs. One that has ended and waits for its parent does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def wait_until(comes_true: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not comes_true():  # noqa: ASYNC110 - another process, or a task that tells nobody
            await asyncio.sleep(0.02)


async def test_it_is_asked_until_it_answers() -> None:
    asked = command(f"print({GOOD!r})")
    asking = asyncio.create_task(asked.run())

    await wait_until(asked.answer)

    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    assert asked.answer() == SERVERS
