"""A script of faults: what goes wrong for whom and when, from a seed. Pure; actors.py plays it."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Final, Literal, get_args

from langdao_video.session.roles import ROLES

if TYPE_CHECKING:
    from langdao_video.session.roles import Role

Kind = Literal["drop", "reload", "kill", "path", "second-tab", "hide"]
"""*drop*: a line passes nothing for a while. *reload*: a page is loaded again. *kill*: the service is killed and starts
again. *path*: a home changes to another network. *second-tab*: a person opens their link once more and moves the call
there. *hide*: a page is in the background for a while."""
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

PAUSE_MS_MAX: Final = 8_000
"""Between two faults: from none at all, so that one meets another that is still being recovered from."""
LASTS_MS_MAX: Final = 8_000


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault, at *at_ms* from the start of the script. *lasts_ms* is meant for what has an end."""

    at_ms: int
    kind: Kind
    role: Role
    lasts_ms: int


def plan_script(seed: int, length_ms: int, kinds: tuple[Kind, ...] = KINDS) -> list[Fault]:
    """Return the faults of *seed* that begin and end within *length_ms*: always the same ones."""
    random = Random(seed)  # noqa: S311 - the same script every time
    faults: list[Fault] = []
    at_ms = 0
    while True:
        at_ms += random.choice((0, random.randrange(500), random.randrange(PAUSE_MS_MAX)))
        fault = Fault(at_ms, random.choice(kinds), random.choice(ROLES), random.randrange(LASTS_MS_MAX))
        if fault.at_ms + fault.lasts_ms > length_ms:
            return faults
        faults.append(fault)
        at_ms += random.choice((0, fault.lasts_ms))
