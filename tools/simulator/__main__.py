"""`make simulate`: the simulator's command line, `python -m tools.simulator`."""

from __future__ import annotations

import sys
from typing import Annotated

from cyclopts import App, Parameter
from cyclopts.validators import Number

from tools.simulator.run import DELIVERIES_EVERY, run

app = App(name="simulator", help="Plays lessons in virtual time and compares each bill with the truth.")


@app.default
def simulate(
    *,
    lessons: Annotated[int, Parameter(validator=Number(gte=1))],
    seed: Annotated[int, Parameter(validator=Number(gte=0))] = 1,
    first: Annotated[int, Parameter(validator=Number(gte=0))] = 0,
    deliveries: Annotated[int, Parameter(validator=Number(gte=1))] = DELIVERIES_EVERY,
    several: Annotated[bool, Parameter(negative="")] = False,
) -> None:
    """Play whole lessons in virtual time, with everything that can go wrong, and compare each bill with the truth.

    The exit status is 1 if a lesson is over-billed, or wrong in another way. The same arguments print the same text.

    Parameters
    ----------
    lessons
        How many lessons to play.
    seed
        The seed that the lessons are made from. Each seed has any number of lessons of its own.
    first
        The number of the first lesson of the seed. A failure prints its number.
    deliveries
        One lesson of so many delivers its events to receivers that fail; 1: each of our own call service.
    several
        Play each lesson over three nodes, which die, stand still, and lose their leases and letters.
    """
    if not run(lessons, seed, first, print, deliveries, several=several):
        sys.exit(1)


if __name__ == "__main__":
    app()
