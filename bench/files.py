"""Measures a file of 50 MB beside a call: the pictures a second that both sides decode, and how fast it comes.

The reference is the same call in the same run, right before: the machine is loaded by the same things. The digest of
what came is compared with that of what was given.
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bench.calls import CAMERA, lesson_links, two_page_call
from bench.table import print_table
from tests.browser.chromium import launch_chromium
from tests.browser.server import Service
from tests.browser.tab import wait_until

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.browser.tab import ChromiumTab

FILE_BYTES: Final = 50 * 1_048_576
TARGET: Final = 20
SETTLE_SECONDS: Final = 10
REFERENCE_SECONDS: Final = 10
GIVE: Final = f"""(async () => {{
    const bytes = new Uint8Array({FILE_BYTES});
    for (let at = 0; at < bytes.length; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
    globalThis.__given = new File([bytes], "lesson.bin");
    const chosen = new DataTransfer();
    chosen.items.add(__given);
    const input = document.querySelector("[data-part=files]");
    input.files = chosen.files;
    input.dispatchEvent(new Event("change", {{ bubbles: true }}));
}})()"""
KEEP_SAVED: Final = """void (() => {
    const make = URL.createObjectURL;
    URL.createObjectURL = (blob) => make.call(URL, (globalThis.__saved = blob));
    HTMLAnchorElement.prototype.click = () => undefined;
})()"""
HASH: Final = """(async (blob) => [...new Uint8Array(
    await crypto.subtle.digest("SHA-256", await blob.arrayBuffer()))].join())"""
NOW: Final = "__probe.received().then(({ framesDecoded }) => [performance.now() / 1000, framesDecoded])"


def main() -> None:
    """Measure and print."""
    asyncio.run(measure())


async def measure() -> None:
    """Measure one file."""
    with tempfile.TemporaryDirectory() as folder:
        async with (
            Service(Path(folder)) as service,
            launch_chromium(frames_per_second=CAMERA, whole=True) as browser,
            two_page_call(browser, lesson_links(service.url)) as tabs,
        ):
            await asyncio.sleep(SETTLE_SECONDS)
            before = await read(tabs)
            await asyncio.sleep(REFERENCE_SECONDS)  # the window that is measured
            alone = rates(before, await read(tabs))
            seconds, beside = await give(tabs)
    rows = [
        ["call alone", *(f"{rate:.1f}" for rate in alone), ""],
        ["with the file", *(f"{rate:.1f}" for rate in beside), f"{FILE_BYTES / 1e6 / seconds:.1f}"],
    ]
    print_table("50 MB beside a call", ("", "sender's pictures / s", "receiver's", "MB / s"), rows)
    print(f"Target: over {TARGET} pictures a second: {'reached' if min(beside) > TARGET else 'MISSED'}")


async def give(tabs: Sequence[ChromiumTab]) -> tuple[float, list[float]]:
    """Let the first page give a file to the second; return how long it took, s, and the pictures a second meanwhile."""
    giver, taker = tabs
    await wait_until(giver, "document.querySelector('[data-part=files]')")
    await giver.evaluate(GIVE)
    await giver.press("Send")
    await wait_until(taker, "document.querySelector('[data-part=get-file]')")
    before = await read(tabs)
    await taker.press_part("get-file")
    await wait_until(taker, "document.querySelector('[data-part=save-file]')")
    after = await read(tabs)
    await taker.evaluate(KEEP_SAVED)
    await taker.press_part("save-file")
    arrived = await wait_until(taker, f"globalThis.__saved && {HASH}(__saved)")
    if arrived != await giver.evaluate(f"{HASH}(__given)"):
        raise AssertionError("What came is not what was given.")
    return after[1][0] - before[1][0], rates(before, after)


async def read(tabs: Sequence[ChromiumTab]) -> list[tuple[float, int]]:
    """Return each page's time, s, and the pictures that it has decoded."""
    return [tuple(await tab.evaluate(NOW)) for tab in tabs]


def rates(before: Sequence[tuple[float, int]], after: Sequence[tuple[float, int]]) -> list[float]:
    """Return each side's pictures a second."""
    return [
        (frames - frames_before) / (seconds - seconds_before)
        for (seconds_before, frames_before), (seconds, frames) in zip(before, after, strict=True)
    ]


if __name__ == "__main__":
    main()
