"""Measures what a lesson's sockets cost beside those of a bare relay on Node's `ws`, in turns in one run.

`BENCH_LESSONS=150,2000` picks the sizes, `BENCH_PROFILE=1` prints where the service spends its time with the first of
them. `SOCKET_DRIVER=portable` measures the other driver.
"""

from __future__ import annotations

import asyncio
import json
import os
import pstats
import resource
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from bench.table import print_table
from tests.browser.server import Server, Service

LESSONS: Final = (150, 2_000, 10_000)
SECONDS: Final = 10.0
MESSAGES_MIN: Final = 2.0
MESSAGES_OF_MANY_MIN: Final = 1.5
RELAY: Final = Path(__file__).parent / "node" / "relay.mjs"
Figures = dict[str, Any]


class NodeRelay(Server):
    """The bare relay."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, "node")
        self._command = (str(Path(sys.executable).parent / "node"), str(RELAY))


class ProfiledService(Service):
    """The service with a profile from one SIGUSR1 to the next, in the file *figures*."""

    def __init__(self, folder: Path, env: dict[str, str]) -> None:
        super().__init__(folder, env)
        self.figures = folder / "profile"
        self._command = (sys.executable, "-m", "bench.profiled", str(self.figures))


def main() -> None:
    """Measure and print."""
    sizes = [int(word) for word in os.environ.get("BENCH_LESSONS", "").split(",") if word] or list(LESSONS)
    if os.environ.get("BENCH_PROFILE"):
        asyncio.run(profile(sizes[0]))
        return
    results = []
    for wanted in sizes:
        lessons = min(wanted, find_lessons_max())
        node = asyncio.run(measure_node(lessons))
        ours = asyncio.run(measure_service(lessons))
        results.append((wanted, node, ours))
        print_size(wanted, node, ours)
    print_targets(results)


def find_lessons_max() -> int:
    """Return how many lessons the limit of open files allows: a quarter of the files stays free (server/run.py)."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    return (hard * 3 // 4 - 200) // 2


async def measure_node(lessons: int) -> Figures:
    """Measure the bare relay."""
    with tempfile.TemporaryDirectory() as folder:
        async with NodeRelay(Path(folder)) as relay:
            return await load(relay, lessons)


async def measure_service(lessons: int) -> Figures:
    """Measure the service."""
    async with service() as served:
        return await load(served, lessons, "join")


async def profile(lessons: int) -> None:
    """Print where the service spends its time, in C functions, too. The joins are in it."""
    async with service(ProfiledService) as served:
        if not isinstance(served, ProfiledService):
            raise TypeError(served)
        served.send_signal(signal.SIGUSR1)
        await load(served, lessons, "join")
        served.send_signal(signal.SIGUSR1)
        while not served.figures.exists():  # noqa: ASYNC110 - the file is the event
            await asyncio.sleep(0.1)
        await asyncio.sleep(1)
        pstats.Stats(str(served.figures)).sort_stats("tottime").print_stats(45)


@asynccontextmanager
async def service(kind: type[Service] = Service) -> AsyncIterator[Service]:
    """Run the service as it is by default, behind a proxy that tells the callers apart."""
    env = {"STUN_URLS": "none", "FORWARDED_ALLOW_IPS": "127.0.0.0/8", "LOG_LEVEL": "warning"}
    with tempfile.TemporaryDirectory() as folder:
        async with kind(Path(folder), env) as served:
            yield served


async def load(server: Server, lessons: int, *more: str) -> Figures:
    """Run the load against *server*, and return what it has measured."""
    seconds = float(os.environ.get("BENCH_SECONDS", SECONDS))
    process = server._process  # noqa: SLF001 - a test's server tells its pid to nobody else
    if not isinstance(process, asyncio.subprocess.Process):
        raise TypeError(process)
    words = (str(server.port), str(process.pid), str(lessons), str(seconds), *more)
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.socket_load", *words, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await program.communicate()
    if program.returncode:
        raise SystemExit(f"The load failed. The server's log:\n{server.read_log()}")
    figures: Figures = json.loads(said)
    return figures


def print_size(wanted: int, node: Figures, ours: Figures) -> None:
    """Print the figures of one size."""
    rows = [
        ("messages a second, one by one", "messages_per_second", 0),
        ("messages a CPU second, one by one", "messages_per_cpu_second", 0),
        ("messages a CPU second, eight at a time", "bursts_per_cpu_second", 0),
        ("one relay, median, ms", "relay_ms", 2),
        ("one relay, p99, ms", "relay_p99_ms", 2),
        ("memory of a socket, KB", "memory_kb", 1),
        ("heartbeats alone, cores", "heartbeats_cores", 3),
        ("CPU of a join, ms", "join_cpu_ms", 2),
    ]
    lessons = ours["lessons"]
    title = f"{wanted:,} lessons" + (f" (as the open files allow: {lessons:,})" if lessons != wanted else "")
    print_table(
        title,
        ("", "ours ÷ Node's", "ours", "Node's"),
        [
            [
                words,
                f"{ours[name] / node[name]:.2f}" if node[name] else "—",
                f"{ours[name]:,.{digits}f}",
                f"{node[name]:,.{digits}f}",
            ]
            for words, name, digits in rows
        ],
    )


def print_targets(results: list[tuple[int, Figures, Figures]]) -> None:
    """Print which targets of docs/scale.md are reached."""
    first = results[0][2]
    for wanted, node, ours in results:
        ratio = ours["messages_per_cpu_second"] / node["messages_per_cpu_second"]
        least = MESSAGES_MIN if wanted <= LESSONS[0] else MESSAGES_OF_MANY_MIN
        tell(f"{wanted:,} lessons: messages a CPU second ≥ {least} × Node", ratio, ratio / least)
        at_most(f"{wanted:,} lessons: one relay ÷ Node's", ours["relay_ms"] / node["relay_ms"], 1)
        at_most(
            f"{wanted:,} lessons: CPU of a join ÷ Node's accept", ours["join_cpu_ms"] / node["join_cpu_ms"], 6
        )
        if wanted >= LESSONS[-1]:
            at_most("memory of a seated socket, KB", ours["memory_kb"], 12)
            at_most("heartbeats, cores", ours["heartbeats_cores"] * wanted / ours["lessons"], 0.5)
            growth = cores_of_lesson(ours) / cores_of_lesson(first)
            at_most(f"a heartbeat ÷ one with {first['lessons']} lessons", growth, 1.3)


def cores_of_lesson(figures: Figures) -> float:
    """Return what the heartbeats of one lesson take."""
    cores: float = figures["heartbeats_cores"] / figures["lessons"]
    return cores


def at_most(what: str, figure: float, bound: float) -> None:
    """Print whether *figure* is at most *bound*."""
    tell(f"{what} ≤ {bound}", figure, bound / figure if figure else 1)


def tell(target: str, figure: float, reached: float) -> None:
    """Print one target. It is reached if *reached* is 1 or more."""
    print(f"Target: {target}: {'reached' if reached >= 1 else 'MISSED'} ({figure:.2f})")


if __name__ == "__main__":
    main()
