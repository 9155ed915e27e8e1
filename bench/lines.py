"""Measures a call on bad lines, beside the lean call on the same line: what is heard, seen, and made up.

The student's home (tests/network/) loses 10, 20 and 30 % of all packets in each direction, then has 150 kbit/s: every
packet of the call crosses that line once, so the loss is what it is called. Each call has the line to itself, begins on
a whole one, and is looked at for a minute after the line has become bad.

- Sound: its energy, as a ratio to the same call's on the whole line, and the part of its samples that the receiver made
  up and that are no silence ((concealedSamples − silentConcealedSamples) ÷ totalSamplesReceived, W3C webrtc-stats).
- What the pages say of the line at the end: whose side it is, in the words of the person on the bad line and of the
  other one.
- Picture: its width at the end, its frames a second, and its longest freeze, without what the page itself was late.

Run it as root with `python -m bench lines`.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bench.calls import bare_links
from bench.table import print_table
from langdao_video.session.roles import ROLES
from tests.browser.lesson import now_ms
from tests.network import relay, rules
from tests.network.call import Call, calling, read_looks
from tests.network.flow import heard_between, longest_freeze_ms
from tests.network.town import LEAN_URL, Town, running_town

if TYPE_CHECKING:
    from langdao_video.session.roles import Role
    from tests.network.flow import Look

LINES: Final[dict[str, list[str]]] = {
    "10 % lost": [rules.lose(10)],
    "20 % lost": [rules.lose(20)],
    "30 % lost": [rules.lose(30)],
    "150 kbit/s": rules.narrow(150_000),
}
SPOILED: Final = "student"
WORDS: Final = "document.querySelector('[data-part=connection-status]').innerText"
FRAMES_PER_SECOND: Final = 30
WHOLE_SECONDS: Final = 10
"""On the whole line first: the bitrate has grown by then."""
STILL_HERE_MS: Final = 5_000
"""A call that has received nothing for so long at the end is lost."""
SETTLE_SECONDS: Final = 10
"""What a call may need to get used to a bad line. Only the freezes count from the change on."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What the worse side of a call got on a line."""

    energy_part: float
    """The energy of the sound a second, as a ratio to the whole line's."""
    concealed_part: float
    width: int
    frames_per_second: float
    freeze_ms: int
    lost_call: bool
    """Whether nothing came at the end."""
    words: str = ""
    """What the lesson's pages say, the spoiled side's first."""


def main() -> None:
    """Measure and print."""
    seconds = int(os.environ.get("BENCH_SECONDS", "60"))
    figures = asyncio.run(measure(seconds))
    rows = [
        [
            f"{line}: {call}",
            f"{found.energy_part:.2f}",
            f"{100 * found.concealed_part:.0f} %",
            str(found.width),
            f"{found.frames_per_second:.1f}",
            f"{found.freeze_ms}",
            "lost" if found.lost_call else "holds",
            found.words,
        ]
        for (line, call), found in figures.items()
    ]
    head = (
        "line and call",
        "sound ÷ whole line",
        "made up",
        "width",
        "frames/s",
        "freeze, ms",
        "call",
        "words",
    )
    print_table(f"The worse side on bad lines, {seconds} s each", head, rows)


async def measure(seconds: int) -> dict[tuple[str, str], Figures]:
    """Measure each call on each line."""
    figures = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        async with running_town(
            path, frames_per_second=FRAMES_PER_SECOND, real_media=True, with_lean_call=True
        ) as town:
            for line, treatment in LINES.items():
                for name in ("lesson", "lean"):
                    figures[line, name] = found = await measure_call(town, name, treatment, seconds)
                    print(f"{line}, {name}: {found}", flush=True)  # all of them take minutes
    return figures


async def measure_call(town: Town, name: str, treatment: list[str], seconds: int) -> Figures:
    """Begin a call on whole lines, spoil them, and return what the worse side got."""
    town.repair()
    first, second = bare_links(LEAN_URL, stun=relay.STUN)
    lean: dict[Role, str] = dict(zip(ROLES, (first, second), strict=True))
    async with calling(town, link=lean.__getitem__ if name == "lean" else None) as call:
        await asyncio.sleep(WHOLE_SECONDS)
        spoiled_ms = now_ms()
        await asyncio.to_thread(town.homes[SPOILED].treat, *treatment)
        await asyncio.sleep(seconds)
        words = await read_words(call) if name == "lesson" else ""
        return replace(worse(await read_sides(call, spoiled_ms)), words=words)


async def read_words(call: Call) -> str:
    """Read what each page calls the connection beside the timer."""
    roles = sorted(call.people, key=lambda role: role != SPOILED)
    return " / ".join([str(await call.people[role].tab.evaluate(WORDS)) for role in roles])


async def read_sides(call: Call, spoiled_ms: int) -> list[Figures]:
    """Read what each side got."""
    return [figure(await read_looks(person.tab), spoiled_ms) for person in call.people.values()]


def figure(looks: list[Look], spoiled_ms: int) -> Figures:
    """Compare what came after *spoiled_ms* with what came before."""
    before = [look for look in looks if look.at < spoiled_ms]
    after = [look for look in looks if look.at >= spoiled_ms]
    late = [look for look in after if look.at >= spoiled_ms + SETTLE_SECONDS * 1_000] or after
    whole, heard = heard_between(before[0], before[-1]), heard_between(late[0], late[-1])
    whole_rate = whole.energy / max(1, before[-1].at - before[0].at)
    late_ms = max(1, late[-1].at - late[0].at)
    earlier = [look for look in looks if look.at <= late[-1].at - STILL_HERE_MS]
    return Figures(
        energy_part=heard.energy / late_ms / whole_rate if whole_rate else 0.0,
        concealed_part=heard.concealed_part,
        width=late[-1].width,
        frames_per_second=(late[-1].frames - late[0].frames) * 1_000 / late_ms,
        freeze_ms=longest_freeze_ms(after),
        lost_call=late[-1].packets == earlier[-1].packets,
    )


def worse(sides: list[Figures]) -> Figures:
    """Join the worse value of each figure."""
    return Figures(
        min(side.energy_part for side in sides),
        max(side.concealed_part for side in sides),
        min(side.width for side in sides),
        min(side.frames_per_second for side in sides),
        max(side.freeze_ms for side in sides),
        any(side.lost_call for side in sides),
    )


if __name__ == "__main__":
    main()
