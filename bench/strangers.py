"""Measures how much a stranger's attack slows a session: the time of a chat line to the other side.

Each kind of stranger (bench/flood.py) is a process that does only this. Quiet and loud times alternate, so that the
ratio comes from the same run. At the end the bill is compared with the time in which both were there.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from statistics import median, quantiles
from typing import Final

from bench.flood import KINDS
from bench.table import print_table
from tests.browser.server import Service
from tests.stories.page import Page, two_pages

TARGET: Final = 3.0
SECONDS: Final = 3.0
GAP_SECONDS: Final = 0.05
HEARTBEAT_SECONDS: Final = 5


def main() -> None:
    """Measure and print."""
    rounds = max(2, int(os.environ.get("BENCH_ROUNDS", "3")))
    results = [asyncio.run(measure(kind, rounds)) for kind in KINDS]
    print_table(
        f"A line of chat during a stranger's attack, {rounds} quiet and {rounds} loud times of {SECONDS:.0f} s each",
        (
            "stranger",
            "median ÷ quiet",
            "quiet, ms",
            "loud, ms",
            "loud p99, ms",
            "/health, ms",
            "billed ÷ true, s",
        ),
        [result.row() for result in results],
    )
    worst = max(result.ratio for result in results)
    bills = all(result.is_billed_right for result in results)
    print(f"Target: median ≤ {TARGET} × quiet: {'reached' if worst <= TARGET else 'MISSED'} ({worst:.2f})")
    print(
        f"Target: each bill at most one heartbeat below the true time, never above: {'reached' if bills else 'MISSED'}"
    )


class Result:
    """The measurements with one kind of stranger."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.quiet_ms: list[float] = []
        self.loud_ms: list[float] = []
        self.health_ms: list[float] = []
        self.true_seconds = 0.0
        self.billed_seconds = 0

    @property
    def ratio(self) -> float:
        """Return the loud median divided by the quiet median."""
        return median(self.loud_ms) / median(self.quiet_ms)

    @property
    def is_billed_right(self) -> bool:
        """Tell whether the bill is the time in which both were there, or less by at most one heartbeat."""
        return self.true_seconds - HEARTBEAT_SECONDS - 1 <= self.billed_seconds <= self.true_seconds

    def row(self) -> list[str]:
        """Return a row of the table."""
        return [
            self.kind,
            f"{self.ratio:.2f}",
            f"{median(self.quiet_ms):.2f}",
            f"{median(self.loud_ms):.2f}",
            f"{quantiles(self.loud_ms, n=100)[-1]:.1f}",
            f"{max(self.health_ms):.0f}",
            f"{self.billed_seconds} ÷ {self.true_seconds:.1f}",
        ]


async def measure(kind: str, rounds: int) -> Result:
    """Let a pair chat in quiet and loud times by turns, and end their session."""
    result = Result(kind)
    with tempfile.TemporaryDirectory() as folder:
        async with Service(Path(folder), {"STUN_URLS": "none"}) as service:
            ws_url = f"ws://127.0.0.1:{service.port}/"
            async with two_pages(ws_url, "lesson") as (student, tutor):
                began_s = time.monotonic()
                await talk(student, tutor, 1.0)  # warms up, and is not counted
                for _ in range(rounds):
                    result.quiet_ms += await talk(student, tutor, SECONDS)
                    async with stranger(service.port, kind):
                        await asyncio.sleep(0.5)
                        result.loud_ms += await talk(student, tutor, SECONDS)
                        result.health_ms.append(await asyncio.to_thread(ask_health, service.url))
                await student.send("end-session")
                ended = await student.expect("session-ended")
                result.true_seconds = time.monotonic() - began_s
                result.billed_seconds = ended["billableSeconds"]
    return result


async def talk(student: Page, tutor: Page, seconds: float) -> list[float]:
    """Send lines of chat for *seconds*. Return how long each took to the other side, ms."""
    took_ms: list[float] = []
    until_s = time.perf_counter() + seconds
    while time.perf_counter() < until_s:
        sent_s = time.perf_counter()
        line = f"m-{time.monotonic_ns()}"
        await student.send("chat", id=line, text="¿Me oyes?")
        while (await tutor.expect("chat"))["line"]["id"] != line:
            pass
        took_ms.append((time.perf_counter() - sent_s) * 1000)
        await asyncio.sleep(GAP_SECONDS)
    return took_ms


def ask_health(url: str) -> float:
    """Request /health and return how long the answer took, ms. Raises OSError without an answer in 10 s."""
    asked_s = time.perf_counter()
    with urllib.request.urlopen(f"{url}/health", timeout=10) as answer:  # noqa: S310 - http, ours
        answer.read()
    return (time.perf_counter() - asked_s) * 1000


@asynccontextmanager
async def stranger(port: int, kind: str) -> AsyncIterator[None]:
    """Let a process attack the service until the block ends."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "bench.flood", str(port), kind)
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


if __name__ == "__main__":
    main()
