"""Measures a file beside a call: the pictures a second that both sides decode, how fast it comes, and the memory.

The reference is the same call in the same run, right before: the machine is loaded by the same things. The digest of
what came is compared with that of what was given. BENCH_FILE_MB is its size (200 is the largest that a page takes), and
with BENCH_FILE_CUT the connection is closed when half of it has come.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import tempfile
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bench.calls import CAMERA, lesson_links, two_page_call
from bench.table import print_table
from tests.browser.chromium import launch_chromium
from tests.browser.server import Service
from tests.browser.tab import wait_until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from playwright.async_api import Browser

    from tests.browser.tab import ChromiumTab

FILE_MB: Final = int(os.environ.get("BENCH_FILE_MB", "50"))
FILE_BYTES: Final = FILE_MB * 1_048_576
IS_CUT: Final = "BENCH_FILE_CUT" in os.environ
TARGET: Final = 20
SETTLE_SECONDS: Final = 10
REFERENCE_SECONDS: Final = 10
COMES_SECONDS_MAX: Final = 600
KEEP_SAVED: Final = """void (() => {
    const make = URL.createObjectURL;
    URL.createObjectURL = (blob) => make.call(URL, (globalThis.__saved = blob));
    HTMLAnchorElement.prototype.click = () => undefined;
})()"""
HASH: Final = """(async (blob) => [...new Uint8Array(
    await crypto.subtle.digest("SHA-256", await blob.arrayBuffer()))]
        .map((byte) => byte.toString(16).padStart(2, "0")).join(""))"""
NOW: Final = "__probe.received().then(({ framesDecoded }) => [performance.now() / 1000, framesDecoded])"
ARRIVED: Final = "document.querySelector('[data-part=file] progress')?.value"
PROCESSES: Final = ("giver", "receiver", "browser")


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder)))


async def measure(folder: Path) -> None:
    """Measure one file."""
    lesson = folder / "lesson.bin"
    content = os.urandom(FILE_BYTES)
    lesson.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    async with (
        Service(folder) as service,
        launch_chromium(frames_per_second=CAMERA, whole=True) as browser,
        two_page_call(browser, lesson_links(service.url)) as tabs,
    ):
        await asyncio.sleep(SETTLE_SECONDS)
        before = await read(tabs)
        await asyncio.sleep(REFERENCE_SECONDS)  # the window that is measured
        alone = rates(before, await read(tabs))
        memory = await read_memory(browser)
        async with watched_memory(browser) as most:
            seconds, beside = await give(tabs, lesson)
        if await save(tabs[1]) != digest:
            raise AssertionError("What came is not what was given.")
    rows = [
        [
            "call alone",
            *(f"{rate:.1f}" for rate in alone),
            "",
            *(f"{memory[name]:.0f}" for name in PROCESSES),
        ],
        [
            "with the file",
            *("–" if IS_CUT else f"{rate:.1f}" for rate in beside),
            f"{FILE_BYTES / 1e6 / seconds:.1f}",
            *(f"{most[name]:.0f}" for name in PROCESSES),
        ],
    ]
    head = ("", "giver's pictures / s", "receiver's", "MB / s", *(f"{name}, MiB" for name in PROCESSES))
    cut = ", the connection closed in the middle" if IS_CUT else ""
    print_table(f"{FILE_MB} MB beside a call{cut}; memory: the most of each process", head, rows)
    if not IS_CUT:
        verdict = "reached" if min(beside) > TARGET else "MISSED"
        print(f"Target: over {TARGET} pictures a second: {verdict}")


async def give(tabs: Sequence[ChromiumTab], lesson: Path) -> tuple[float, list[float]]:
    """Let the first page give *lesson* to the second; return how long it took, s, and the pictures a second."""
    giver, taker = tabs
    await giver.page.set_input_files("[data-part=files]", lesson)
    await giver.press("Send")
    await wait_until(taker, "document.querySelector('[data-part=get-file]')")
    before = await read(tabs)
    await taker.press_part("get-file")
    if IS_CUT:
        await wait_until(taker, f"{ARRIVED} > {FILE_BYTES // 2}", COMES_SECONDS_MAX)
        await taker.evaluate("__probe.connections.at(-1).close()")
    await wait_until(taker, "document.querySelector('[data-part=save-file]')", COMES_SECONDS_MAX)
    after = await read(tabs)
    return after[1][0] - before[1][0], rates(before, after)


async def save(taker: ChromiumTab) -> str:
    """Save what came, and return its digest."""
    await taker.evaluate(KEEP_SAVED)
    await taker.press_part("save-file")
    digest: str = await wait_until(taker, f"globalThis.__saved && {HASH}(__saved)")
    return digest


async def read(tabs: Sequence[ChromiumTab]) -> list[tuple[float, int]]:
    """Return each page's time, s, and the pictures that it has decoded."""
    return [tuple(await tab.evaluate(NOW)) for tab in tabs]


def rates(before: Sequence[tuple[float, int]], after: Sequence[tuple[float, int]]) -> list[float]:
    """Return each side's pictures a second."""
    return [
        (frames - frames_before) / (seconds - seconds_before)
        for (seconds_before, frames_before), (seconds, frames) in zip(before, after, strict=True)
    ]


@asynccontextmanager
async def watched_memory(browser: Browser) -> AsyncIterator[dict[str, float]]:
    """Look at the memory each second; the most of each process, MiB, is in what is yielded."""
    most = dict.fromkeys(PROCESSES, 0.0)

    async def watch() -> None:
        while True:
            for name, size in (await read_memory(browser)).items():
                most[name] = max(most[name], size)
            await asyncio.sleep(1)

    watching = asyncio.create_task(watch())
    try:
        yield most
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching


async def read_memory(browser: Browser) -> dict[str, float]:
    """Return the resident memory of both pages' processes and of the browser's own, MiB (proc(5), VmRSS)."""
    session = await browser.new_browser_cdp_session()
    found = (await session.send("SystemInfo.getProcessInfo"))["processInfo"]
    await session.detach()
    sizes = {process["id"]: resident_mib(process["id"]) for process in found}
    renderers = [process["id"] for process in found if process["type"] == "renderer"]
    # A browser keeps one in reserve, which is small. The page that was opened first has the lower number.
    giver, receiver = sorted(sorted(renderers, key=lambda number: sizes[number])[-2:])
    [own] = [process["id"] for process in found if process["type"] == "browser"]
    return dict(zip(PROCESSES, (sizes[giver], sizes[receiver], sizes[own]), strict=True))


def resident_mib(number: int) -> float:
    """Return the resident memory of the process *number*, MiB; 0 if it has ended."""
    with suppress(OSError):
        for line in Path(f"/proc/{number}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1_024
    return 0.0


if __name__ == "__main__":
    main()
