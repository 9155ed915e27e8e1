"""Knows the truth of every millisecond of a lesson, and judges the bill by it. Pure, simple, slow.

What "there" means:
- A person is there while their page is open AND one of two things holds: the service is up and their network to it
  works, or media from the other side arrives.
- Once media has arrived at both, the first of the two no longer counts for long: only for 25 s after media stops, and
  from 16 s before it comes back (the age of the oldest ping that a living socket can still answer). Two sockets that
  answer pings are no lesson.
- A network works while frames pass in at least one direction. TCP delays the frames of the other direction, but they
  arrive in the end, and then show that the page was open when it was asked.
- Law 2 adds continuity: in one sitting (one page) a gap of at most 25 s between two instants of being there counts as
  there, because a tunnel does not end a lesson. After a page is closed, its person is not there until a page is opened
  again, even if that is soon.

Two sets follow. MAY be billed: both are there in this sense. MUST be billed: both pages are awake and have a working
socket with a seat, and media arrives if it is counted. Time that the ledger claims outside of MAY, or that the bill has
beyond the claims, is over-billed. The truth is known in true time, but it is compared in readings of the service's
clock, the only clock that counts (law 1). If that clock goes back, at a restart without a time to continue from, the
same readings come twice and stand for different instants. People who were there at the same reading, but at different
instants, did not meet. MUST is torn at that place, even if the same readings come again later.

A page may lie about what it receives, or about being there. MUST leaves out what a page's own lies take from the bill.
But from one question to the next, lies may cost at most 45 s, besides what drops cost there (`find_unasked`). MAY does
not regard lies.

Nothing is billed from a warning until both are found there again (R36). So no time in a question is claimed. When both
are back, one heartbeat interval and its delay may pass before their proof arrives, which is not a fault of the bill.

What a drop may cost. Each place where MUST is torn is a drop. A drop, the beginning and the end may each miss one
heartbeat interval of 10 s and the network's delay: that of a ping and its answer, and of a webhook if there is one
(`Scene.delay_ms`). Nothing else is allowed, and one drop over this bound makes the lesson wrong. MUST leaves out what
is not the bill's fault, for as long as it lasts:
- The service is down.
- Proofs of the second before a crash, or from while the store failed, are not in the store (`Truth.unsaved`).
- TCP has not yet sent again what a cut delayed.
- Webhooks fail, until they are sent again.
- A call service's clock is so far ahead that nobody may believe it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from langdao_video.session.roles import ROLES, Role
from tools.simulator.intervals import (
    Intervals,
    close_gaps,
    covers,
    intersect,
    measure,
    subtract,
    union,
)

CONTINUITY_MS: Final = 25_000
STARVED_MS: Final = 25_000
ANSWERED_MS: Final = 16_000
DROP_MS: Final = 10_000
"""The allowed cost of a drop besides its network's delay: one heartbeat interval (law 2), ms."""
UNASKED_MS: Final = 45_000
"""The billable time that lies may cost the other side before it is asked (billing/claims.py), ms."""
_SURELY_MS: Final = 5_000
_FOREVER_MS: Final = 2**60
NOBODY: Final[Mapping[Role, Intervals]] = {"student": [], "tutor": []}


@dataclass(frozen=True, slots=True)
class PageTruth:
    """The truth about one page, in true time."""

    is_open: Intervals
    linked: Intervals
    """When the page had a socket of the service with a seat."""
    frozen: Intervals
    arrived: Intervals
    """When media arrived."""
    starved: Intervals
    """When no media arrived, after it had arrived at both ends of the same connection."""
    hungry: Intervals
    """When no media arrived, although this page counts and has had a peer."""
    lied: Intervals = field(default_factory=list)
    """When the page lied, and the time that its lies affect."""


@dataclass(frozen=True, slots=True)
class Truth:
    """The truth about one lesson, in true time."""

    pages: Mapping[Role, Sequence[PageTruth]]
    cuts: Mapping[Role, Intervals]
    """When the network to the service worked in no direction."""
    stalls: Mapping[Role, Intervals]
    """When the network did not work in both directions, or TCP had not yet sent again."""
    downs: Intervals
    """When the service was down."""
    unsaved: Intervals = field(default_factory=list)
    """When proofs may not have reached the store, because of a crash or because the store failed."""


@dataclass(frozen=True, slots=True)
class BilledClaims:
    """What the ledger says: when each seat was there, and the bill; in readings of the service's clock."""

    spans: Mapping[Role, Intervals]
    billable_ms: int
    cap_ms: int | None
    ended_ms: int | None
    ended_by_itself: bool
    """Whether a question without an answer ended the lesson."""
    questions: Intervals = field(default_factory=list)
    """The times from each warning until both were found there again. None of it may be billed or claimed."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """The judgement of the bill. *drops_ms* is the time that each drop cost, though it should have been billed."""

    over_ms: int
    drops_ms: list[int]
    faults: list[str]


def lost_to_drops(both: Intervals, claimed: Intervals, must: Mapping[Role, Intervals] = NOBODY) -> list[int]:
    """Return what the beginning, each drop and the end cost, ms: the tail of the piece before it, the head of the next.

    If one seat drops twice and the other is away in between, these are two drops, which share the cost of that gap.
    """
    if not both:
        return []
    costs, tail_ms, gap_ms = [], 0, both[0][0]
    for start_ms, end_ms in both:
        billed = intersect([(start_ms, end_ms)], claimed)
        billed = billed or [(start_ms, start_ms)]
        drops = max([1, *(_count_tears(pieces, gap_ms, start_ms) for pieces in must.values())])
        costs += [-(-(tail_ms + billed[0][0] - start_ms) // drops)] * drops
        costs += [after[0] - before[1] for before, after in pairwise(billed)]
        tail_ms, gap_ms = end_ms - billed[-1][1], end_ms
    return [*costs, tail_ms]


def _until_found(both: Intervals, questions: Intervals, late_ms: int) -> Intervals:
    """Take away the time in which a question is still open although both are back, until their proof arrives (R36)."""
    open_ = [(start, min(end, start + late_ms)) for start, end in intersect(both, questions)]
    return subtract(both, open_)


def _count_tears(pieces: Intervals, from_ms: int, to_ms: int) -> int:
    return sum(from_ms <= before[1] and after[0] <= to_ms for before, after in pairwise(pieces))


def may_be_billed(truth: Truth, role: Role) -> Intervals:
    """Return when *role* was there, in the sense of this file's docstring."""
    there: Intervals = []
    for page in truth.pages[role]:
        reached = subtract(subtract(page.is_open, truth.cuts[role]), truth.downs)
        starved = union((start + STARVED_MS, end - ANSWERED_MS) for start, end in page.starved)
        alive = union(subtract(reached, starved), intersect(page.arrived, page.is_open))
        there += close_gaps(alive, CONTINUITY_MS)
    return union(there)


def must_be_billed(truth: Truth, role: Role, *, despite_lies: bool = False) -> Intervals:
    """Return when *role* was there beyond doubt. *despite_lies*: also while their own page lied."""
    sure: Intervals = []
    for page in truth.pages[role]:
        # A new socket begins a new piece, even if the old one ends in the same millisecond, because it is a drop.
        linked = [(start_ms + 1, end_ms) for start_ms, end_ms in page.linked]
        awake = subtract(intersect(linked, page.is_open), union(page.frozen))
        lied = [] if despite_lies else page.lied
        doubts = union(page.hungry, lied, truth.downs, truth.unsaved)
        sure += subtract(subtract(awake, truth.stalls[role]), doubts)
    return union(sure)


def find_unasked(both: Sequence[Intervals], claims: BilledClaims, delay_ms: int = 0) -> list[str]:
    """Return the faults where lies cost more than their bound between two questions, besides the allowed cost of drops.

    *both* is when both were there, even if their pages lied: in readings, one list for each time the clock went back.
    """
    settled = union(intersect(claims.spans["student"], claims.spans["tutor"]), claims.questions)
    asked_ms = [start_ms for start_ms, _ in claims.questions]
    faults = []
    for from_ms, to_ms in pairwise([0, *asked_ms, _FOREVER_MS]):
        there = [intersect(each, [(from_ms, to_ms)]) for each in both]
        allowed_ms = UNASKED_MS + (DROP_MS + delay_ms) * sum(map(len, there))
        cost_ms = sum(measure(subtract(each, settled)) for each in there)
        if cost_ms > allowed_ms:
            faults.append(f"{cost_ms} ms went unbilled before anyone was asked, {allowed_ms} ms are allowed")
    return faults


def judge(
    claims: BilledClaims, may: Intervals, must: Sequence[Mapping[Role, Intervals]], delay_ms: int = 0
) -> Judgement:
    """Compare the claims with what may and must be billed, both in readings of the service's clock.

    *may* is when both were there. *must* is when each was there beyond doubt, with one item for each time the clock
    went back. *delay_ms* is how late an event may reach the ledger.
    """
    claimed = intersect(claims.spans["student"], claims.spans["tutor"])
    sure = [both for each in must if (both := intersect(each["student"], each["tutor"]))]
    sure = [_until_found(both, claims.questions, DROP_MS + delay_ms) for both in sure]
    if sure and claims.ended_ms is not None:
        sure[-1] = intersect(sure[-1], [(0, claims.ended_ms)])
    each_seat = {role: [piece for each in must for piece in each[role]] for role in ROLES}
    drops_ms = lost_to_drops([piece for both in sure for piece in both], claimed, each_seat)
    return Judgement(
        max(0, claims.billable_ms - measure(intersect(claimed, may))),
        drops_ms,
        _find_faults(claims, measure(claimed), sure[-1] if sure else [], delay_ms),
    )


def _find_faults(claims: BilledClaims, claimed_ms: int, both: Intervals, delay_ms: int) -> list[str]:
    faults = []
    expected_ms = claimed_ms if claims.cap_ms is None else min(claimed_ms, claims.cap_ms)
    if claims.billable_ms != expected_ms:
        faults.append(f"the bill is {claims.billable_ms} ms, its spans say {expected_ms} ms")
    if claims.cap_ms is not None and claims.billable_ms > claims.cap_ms:
        faults.append(f"the bill is {claims.billable_ms} ms, the cap {claims.cap_ms} ms")
    ended_ms = claims.ended_ms
    news_ms = _SURELY_MS + delay_ms
    if claims.ended_by_itself and ended_ms is not None and covers(both, ended_ms - news_ms, ended_ms):
        faults.append("a grace ended the lesson although both were there")
    return faults
