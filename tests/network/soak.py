"""Plays long random scripts of faults, one after the other: `make soak`, at night. ARGS="--scripts 20 --seed 7" picks.

Each script is of its seed alone, so that a failure can be played again: `make soak ARGS="--scripts 1 --seed 42"`. The
oracle: within ten seconds of the last fault both see and hear each other, or a screen says what to do; never two pages
in a seat; the bill is right.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final

from langdao_video.session.roles import ROLES
from tests.network.actors import Outcome, Stage
from tests.network.call import calling
from tests.network.script import plan_script
from tests.network.town import running_town
from tests.network.witness import Witness

if TYPE_CHECKING:
    from tests.network.town import Town

SCRIPTS: Final = 200
SECONDS: Final = 60
BACK_MS_MAX: Final = 10_000
PATIENCE_MS: Final = 60_000
"""How long a script that is too slow is looked at, to tell a slow one from one that is stuck."""


def main() -> None:
    """Play, print a line for each script, and exit with 1 if one failed."""
    parser = argparse.ArgumentParser(prog="make soak", description="Play random scripts of faults.")
    parser.add_argument("--scripts", type=int, default=SCRIPTS, help="how many (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="the first one's; each next is one more")
    parser.add_argument("--seconds", type=int, default=SECONDS, help="length of each (default: %(default)s)")
    wish = parser.parse_args()
    outcomes = asyncio.run(soak(range(wish.seed, wish.seed + wish.scripts), wish.seconds * 1_000))
    failed = {seed: faults for seed, outcome in outcomes.items() if (faults := find_faults(outcome))}
    times = [outcome.back_ms for outcome in outcomes.values() if outcome.back_ms is not None]
    print(f"{len(outcomes) - len(failed)} passed, {len(failed)} failed")
    if times:
        print(f"Back after {median(times):.0f} ms at the median, {max(times)} ms at most")
    sys.exit(1 if failed else 0)


async def soak(seeds: range, length_ms: int) -> dict[int, Outcome]:
    """Play the script of each seed in a call of its own."""
    outcomes = {}
    with tempfile.TemporaryDirectory() as folder:
        async with running_town(Path(folder), real_media=True) as town:
            for seed in seeds:
                outcomes[seed] = await play_one(town, seed, length_ms)
    return outcomes


async def play_one(town: Town, seed: int, length_ms: int) -> Outcome:
    """Play one script, and print how it went."""
    town.repair()
    witnesses = {role: Witness() for role in ROLES}
    faults = plan_script(seed, length_ms)
    async with calling(town, witnesses=witnesses) as call:
        stage = Stage(call, witnesses)
        await stage.play(faults)
        outcome = await stage.conclude(PATIENCE_MS)
    wrong = find_faults(outcome)
    print(
        f"seed {seed}: {len(faults)} faults, back after {outcome.back_ms} ms {'; '.join(wrong)}", flush=True
    )
    if wrong:
        print(
            "  " + " ".join(f"{fault.at_ms}:{fault.kind}:{fault.role}:{fault.lasts_ms}" for fault in faults)
        )
        print(outcome.stuck)
    return outcome


def find_faults(outcome: Outcome) -> list[str]:
    """Return what is wrong with an outcome, in words."""
    wrong = []
    if outcome.back_ms is None:
        wrong.append("STUCK")
    elif outcome.back_ms > BACK_MS_MAX:
        wrong.append(f"SLOW: over {BACK_MS_MAX} ms")
    if any(count > 1 for count in outcome.seated.values()):
        wrong.append(f"TWO IN A SEAT: {outcome.seated}")
    if not outcome.verdict.is_right:
        wrong.append(f"WRONG BILL: {outcome.verdict}")
    return wrong


if __name__ == "__main__":
    main()
