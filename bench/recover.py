"""Measures how long a call needs to come back, beside the join of the lean call over the same lines in the same run.

Two homes with a NAT each (tests/network/). Ten times one of the two changes to another network, in turn. Five times one
reloads. Three times the service is killed and starts again, which must cost no picture: its longest stall counts.
A side is back when pictures and sound have come for a second without a stall, looked at every 100 ms.

The lean call never comes back from any of these by itself. So the reference is the time it needs to begin: from the
second person's navigation to the first picture on the slower side. Run it as root with `python -m bench recover`.
"""

from __future__ import annotations

import asyncio
import os
import signal
import tempfile
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final

from bench.calls import OWN_PICTURE, bare_links
from bench.table import print_table
from langdao_video.session.roles import ROLES
from tests.browser.lesson import now_ms
from tests.browser.tab import wait_until
from tests.network import relay
from tests.network.call import Call, calling, open_tab, read_looks
from tests.network.flow import longest_stall_ms, recover_ms
from tests.network.town import LEAN_URL, Town, running_town

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from langdao_video.session.roles import Role

PATH_CHANGE_TARGET_MS: Final = 3_000
FRAMES_PER_SECOND: Final = 15
STEADY_SECONDS: Final = 2.0
"""How long both must have received before the next fault, so that two faults are not measured as one."""

Times = dict[str, list[int]]


def main() -> None:
    """Measure and print."""
    changes = int(os.environ.get("BENCH_ROUNDS", "10"))
    times = asyncio.run(measure(changes))
    reference = median(times["lean join"])
    rows = [
        [
            name,
            str(len(values)),
            f"{median(values) / reference:.2f}",
            f"{median(values):.0f}",
            f"{max(values)}",
        ]
        for name, values in times.items()
    ]
    head = ("until both see and hear each other", "times", "÷ lean join", "median, ms", "longest, ms")
    print_table("Coming back, as ratios to the join of the lean call", head, rows)
    path_change_ms = median(times["path change"])
    verdict = "reached" if path_change_ms <= PATH_CHANGE_TARGET_MS else "MISSED"
    print(
        f"Target: path change ≤ {PATH_CHANGE_TARGET_MS} ms at the median: {verdict} ({path_change_ms:.0f} ms)"
    )


async def measure(changes: int) -> Times:
    """Measure each kind of fault in one call, and the lean join before and after."""
    times: Times = {"lean join": [], "path change": [], "reload": [], "restart of the service": []}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        async with running_town(
            path, frames_per_second=FRAMES_PER_SECOND, real_media=True, with_lean_call=True
        ) as town:
            for _ in range(max(3, changes // 2)):
                note(times, "lean join", await join_lean_call(town))
            async with calling(town) as call:
                for number in range(changes):
                    note(times, "path change", await measure_path_change(call, ROLES[number % 2]))
                for number in range(max(1, changes // 2)):
                    note(times, "reload", await measure_reload(call, ROLES[number % 2]))
                for _ in range(max(1, changes // 3)):
                    note(times, "restart of the service", await measure_restart(call))
    return times


def note(times: Times, name: str, time_ms: int) -> None:
    """Keep a time, and print it, because all of them take minutes."""
    times[name].append(time_ms)
    print(f"{name}: {time_ms} ms", flush=True)


async def join_lean_call(town: Town) -> int:
    """Measure one join of the lean call, ms."""
    tabs = [await open_tab(town, role) for role in ROLES]
    links = bare_links(LEAN_URL, stun=relay.STUN)
    await tabs[0].open(links[0])
    await wait_until(tabs[0], f"'socket open' in __probe.marks && {OWN_PICTURE}")
    await tabs[1].open(links[1])
    shown = [await wait_until(tab, "__probe.shown[0]") for tab in tabs]
    navigated = await tabs[1].evaluate("performance.timeOrigin")
    for tab in tabs:
        await tab.page.context.close()
    return int(max(shown) - navigated)


async def measure_path_change(call: Call, role: Role) -> int:
    """Move one home to another network; return the time until both receive again, ms."""

    async def change() -> None:
        await asyncio.to_thread(call.town.homes[role].change_path)

    return await measure_outage(call, change)


async def measure_reload(call: Call, role: Role) -> int:
    """Reload one page; return the time until both receive again, ms."""
    other = next(person for of, person in call.people.items() if of != role)
    tab = call.people[role].tab
    since_ms = await measure_start(call)
    await tab.reload()
    await call.wait_for_media()
    own_ms = int(await tab.evaluate("__probe.shown[0]")) - since_ms
    return max(own_ms, recover_ms(await read_looks(other.tab), since_ms) or 0)


async def measure_restart(call: Call) -> int:
    """Kill the service and start it again; return how long a picture or sound was missing, ms."""
    since_ms = await measure_start(call)
    await call.town.service.stop(signal.SIGKILL)
    await call.town.service.start()
    for person in call.people.values():
        await person.wait_for_state("live")
    await call.wait_for_media()
    return max([longest_stall_ms(await read_looks(person.tab), since_ms) for person in call.people.values()])


async def measure_outage(call: Call, fault: Callable[[], Awaitable[None]]) -> int:
    """Return how long after *fault* began both receive for good again, ms."""
    since_ms = await measure_start(call)
    await fault()
    while True:
        await call.wait_for_media()
        await asyncio.sleep(STEADY_SECONDS)
        times = [recover_ms(await read_looks(person.tab), since_ms) for person in call.people.values()]
        known = [time_ms for time_ms in times if time_ms is not None]
        if len(known) == len(times):
            return max(known)


async def measure_start(call: Call) -> int:
    """Wait until both have received for a while, and return the time now, Unix ms."""
    await call.wait_for_media()
    await asyncio.sleep(STEADY_SECONDS)
    return now_ms()


if __name__ == "__main__":
    main()
