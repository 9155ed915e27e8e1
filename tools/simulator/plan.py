"""The history of one lesson before it happens: who comes, what goes wrong, how it ends. Pure values.

Law: a trouble can be taken out and the rest means the same, so that a failing history can be shortened.
All times are ms of true time after the lesson's start.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeVar

from langdao_video.session.roles import Role

Mode = Literal["together", "apart", "foreign"]
"""Both sides in one process; our call service and our backend with a webhook between; somebody else's call service."""
Who = Literal["student", "tutor", "both"]
Lie = Literal["frozen", "zero", "silent", "late"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Partition:
    """The way to the service is cut, in both directions or one. Frames wait, in their order, to be sent again."""

    at_ms: int
    who: Who
    for_ms: int
    way: Literal["both", "up", "down"]
    cuts_media: bool
    tells_page: bool
    """Whether the browser notices, and says `online` at the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """A page is closed and, if *for_ms* says so, opened again: a reload, a crash of the tab, a dead battery."""

    at_ms: int
    who: Who
    for_ms: int | None
    how: Literal["goodbye", "reset", "silence"]
    """A close frame; a closed connection without one; nothing at all."""
    forgets: bool = False
    """Comes back on another device: without the resume token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondTab:
    """The same link in another tab, which takes the seat over after a look at the question."""

    at_ms: int
    who: Role
    think_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """A page whose browser lets nothing run (a laptop's lid, a phone in a pocket); then it runs on."""

    at_ms: int
    who: Role
    for_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """A page in a tab nobody looks at: its timers fire once a minute, frames are answered as ever."""

    at_ms: int
    who: Role
    for_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaStops:
    """Nothing arrives at *who* although the sockets are fine."""

    at_ms: int
    who: Who
    for_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutes:
    """Microphone and camera off: the reports of the path go on, the packets do not."""

    at_ms: int
    who: Role
    for_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lies:
    """The page of *who* lies: old counters, zeros, no answer to a ping while it sends other frames, or a late one."""

    at_ms: int
    who: Role
    for_ms: int
    how: Lie


@dataclass(frozen=True, slots=True, kw_only=True)
class Crash:
    """SIGKILL, idle or in the middle of an append; then the service starts again, perhaps on another machine."""

    at_ms: int
    for_ms: int
    point: Literal["idle", "before-commit", "after-commit"]
    moves: bool
    wall_step_ms: int
    """How far the wall clock of the machine is set meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreFails:
    """The store says it is unavailable, before or after it committed."""

    at_ms: int
    for_ms: int
    commits: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Slew:
    """The machine's clock is made to run faster or slower, as NTP does."""

    at_ms: int
    ppm: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The wall clock is set while the service runs (a service of somebody else may believe it)."""

    at_ms: int
    by_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CapChanges:
    """The platform sets, raises or lowers the cap."""

    at_ms: int
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What *who* does with a warning: when, how often. `platform` answers out of the blue, at *at_ms*."""

    at_ms: int
    who: Role | Literal["platform"]
    decision: Literal["wait", "end"]
    after_ms: int
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HooksFail:
    """The webhooks do not get through for a while, and are sent again after it."""

    at_ms: int
    for_ms: int


Trouble = (
    Partition | Gone | SecondTab | Frozen | Hidden | MediaStops | Mutes | Lies | Crash | StoreFails
    | Slew | Step | CapChanges | Answers | HooksFail
)  # fmt: skip

Kind = TypeVar("Kind")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One lesson. *tick_ms* is how often the service looks around; a busy one looks less often."""

    seed: int
    mode: Mode
    comes_ms: dict[Role, int | None]
    ends_ms: int
    ended_by: Who | None
    """Who presses *end*; None: nobody does, both close their pages."""
    stays_ms: int
    """How long the page of who ended stays open."""
    latency_ms: dict[Role, int]
    tick_ms: int
    has_media: bool
    cap_seconds: int | None
    hook_delay_ms: int
    troubles: tuple[Trouble, ...] = ()

    def all(self, kind: type[Kind]) -> list[Kind]:
        """Return the troubles of one kind."""
        return [trouble for trouble in self.troubles if isinstance(trouble, kind)]


def concerns(who: str, role: Role) -> bool:
    """Tell whether something that befalls *who* befalls *role*."""
    return who in {role, "both"}


def lasts(trouble: Partition | MediaStops | Mutes | Lies | HooksFail) -> tuple[int, int]:
    """Return when a trouble is there."""
    return trouble.at_ms, trouble.at_ms + trouble.for_ms
