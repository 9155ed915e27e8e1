"""The plan of one lesson: who comes, what goes wrong, and how it ends. Pure values.

Law: the rest of a plan means the same without any one trouble, so that a failing plan can be shortened.
All times are ms of true time after the lesson's start.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeVar

from langdao_video.session.roles import Role

Mode = Literal["together", "apart", "foreign", "several"]
"""`together`: both sides in one process. `apart`: a webhook is between our call service and our backend.
`foreign`: somebody else's call service. `several`: nodes that share a store and a backplane."""
Illness = Literal["away", "loses", "repeats", "delays", "reorders"]
"""What a backplane does to its letters. `away`: none can be sent."""
Who = Literal["student", "tutor", "both"]
Lie = Literal["frozen", "zero", "silent", "late", "in-turns", "in-short-turns", "silent-in-turns"]
ReplayWay = Literal["all", "parked", "since"]
"""`since`: what happened in the half minute before."""
CrashPoint = Literal["idle", "before-commit", "after-commit", "before-settle", "after-settle"]
"""A commit is one of the ledger. The outbox settles when results of deliveries are saved."""
Failure = Literal["away", "reset", "hangs", "500", "404", "429", "302", "410", "unanswered", "dies"]
"""`unanswered`: it takes the event, and its answer is lost. `dies`: it takes one so, and then it is away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Partition:
    """The network to the service is cut, in one direction or both. Frames wait, in order, to be sent again."""

    at_ms: int
    who: Who
    for_ms: int
    way: Literal["both", "up", "down"]
    cuts_media: bool
    tells_page: bool
    """Whether the browser notices the cut, and fires `online` at its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """A page is closed, and opened again if *for_ms* is set: a reload, a crash of the tab, a dead battery."""

    at_ms: int
    who: Who
    for_ms: int | None
    how: Literal["goodbye", "reset", "silence"]
    """How the connection ends: with a close frame, with a reset, or without a sign."""
    forgets: bool = False
    """Whether the person comes back on another device, without the resume token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondTab:
    """The same link is opened in another tab, which takes over the seat after the person has read the question."""

    at_ms: int
    who: Role
    think_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """A page in which nothing runs for a while (a closed laptop, a phone in a pocket). Then it continues."""

    at_ms: int
    who: Role
    for_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """A page in a hidden tab: its timers fire once a minute, and it answers frames as usual."""

    at_ms: int
    who: Role
    for_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaStops:
    """No media arrives at *who*, although the sockets work."""

    at_ms: int
    who: Who
    for_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutes:
    """Microphone and camera are off: the path's reports go on, but no media packets come."""

    at_ms: int
    who: Role
    for_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lies:
    """The page of *who* lies: it sends old counters or zeros, or answers pings late or never while it sends frames.

    `in-turns`: it sends old counters, and true ones once in 25 s; `in-short-turns`: once in 20 s, before evidence that
    is as old as the claim can deny it. `silent-in-turns`: it answers once in 30 s, just after it is held for gone.
    """

    at_ms: int
    who: Role
    for_ms: int
    how: Lie


@dataclass(frozen=True, slots=True, kw_only=True)
class Crash:
    """SIGKILL, while idle or during an append. Then the service starts again, perhaps on another machine."""

    at_ms: int
    for_ms: int
    point: CrashPoint
    moves: bool
    wall_step_ms: int
    """By how much the machine's wall clock is set meanwhile, ms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreFails:
    """The store says that it is unavailable, before or after the commit."""

    at_ms: int
    for_ms: int
    commits: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Slew:
    """The machine's clocks run faster or slower, as NTP makes them."""

    at_ms: int
    ppm: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The wall clock is set while the service runs. Somebody else's call service may follow it."""

    at_ms: int
    by_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CapChanges:
    """The platform sets, raises or lowers the cap."""

    at_ms: int
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """How, when and how often *who* answers warnings. The `platform` answers at *at_ms*, without being asked."""

    at_ms: int
    who: Role | Literal["platform"]
    decision: Literal["wait", "end"]
    after_ms: int
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HooksFail:
    """Webhooks fail for a while, and are sent again afterwards."""

    at_ms: int
    for_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiverFails:
    """A platform's receiver fails for a while, minutes or days."""

    at_ms: int
    for_ms: int
    receiver: int
    """Its place in `Plan.receivers`."""
    how: Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Replays:
    """The operator sends events again."""

    at_ms: int
    receiver: int
    way: ReplayWay


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondWorker:
    """Another process delivers from the same store for a while. Then it is killed, or stopped in order."""

    at_ms: int
    for_ms: int
    is_killed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerDies:
    """After the lesson, the process that delivers is killed, and starts again."""

    at_ms: int
    for_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeStops:
    """A deploy: a node starts, and another one gets SIGTERM and ends *for_ms* later."""

    at_ms: int
    for_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeStandsStill:
    """SIGSTOP: a node that owns the room stands still, and goes on as if nothing had been."""

    at_ms: int
    for_ms: int
    in_write: bool
    """Whether it stands still just before its next write of facts is sent, when all its checks are behind it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseLapses:
    """A node that owns the room cannot renew its lease, although all else of it works."""

    at_ms: int
    for_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BackplaneIsIll:
    """The backplane is away, or loses, repeats, delays or reorders letters."""

    at_ms: int
    for_ms: int
    how: Illness


Trouble = (
    Partition | Gone | SecondTab | Frozen | Hidden | MediaStops | Mutes | Lies | Crash | StoreFails
    | Slew | Step | CapChanges | Answers | HooksFail | ReceiverFails | Replays | SecondWorker | WorkerDies
    | NodeStops | NodeStandsStill | LeaseLapses | BackplaneIsIll
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiverPlan:
    """A platform's receiver, and the endpoint that names it."""

    comes_ms: int
    """When the endpoint is made; 0: before the session."""
    types: tuple[str, ...] | None
    keys: int
    """How many keys sign for it."""
    fails_percent: int
    """How many requests fail, besides those in planned failures."""
    latency_ms: int


Kind = TypeVar("Kind")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One lesson. *tick_ms* is the interval of the service's ticks; a busy service ticks less often."""

    seed: int
    mode: Mode
    comes_ms: dict[Role, int | None]
    ends_ms: int
    ended_by: Who | None
    """Who presses *end*; None: nobody does, and both close their pages."""
    stays_ms: int
    """How long the page of the person who pressed *end* stays open, ms."""
    latency_ms: dict[Role, int]
    tick_ms: int
    has_media: bool
    cap_seconds: int | None
    hook_delay_ms: int
    troubles: tuple[Trouble, ...] = ()
    receivers: tuple[ReceiverPlan, ...] = ()
    """The receivers that our service delivers to. Without any, no delivery is played."""
    poll_ms: int = 5_000
    """How often a worker looks for what is due."""
    is_killed: bool = False
    """Whether the service's last process is killed after the lesson, or stopped in order. The next one delivers on."""

    def all(self, kind: type[Kind]) -> list[Kind]:
        """Return the troubles of one kind."""
        return [trouble for trouble in self.troubles if isinstance(trouble, kind)]


def concerns(who: str, role: Role) -> bool:
    """Tell whether a trouble of *who* is a trouble of *role*."""
    return who in {role, "both"}


def lasts(trouble: Partition | MediaStops | Mutes | Lies | HooksFail | ReceiverFails) -> tuple[int, int]:
    """Return from when to when *trouble* lasts."""
    return trouble.at_ms, trouble.at_ms + trouble.for_ms
