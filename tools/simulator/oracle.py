"""Knows the truth of every millisecond of a lesson, and judges the bill by it. Pure, simple, slow.

What "there" means. A person is there while their page is open AND either the service is up and their way to it
works, or media from the other side arrives. Once media has arrived at both, the first of the two counts for 25 s after
it stops and from 16 s before it comes back (the age of the oldest ping a living socket can still answer), no longer:
two sockets that ping are no lesson. A way works while frames pass in one direction at least: what is
sent on the other is held up and arrives in the end (TCP), and says then that the page was open when it was asked.
Law 2 adds continuity: in one sitting (one page) a gap of at most 25 s between two instants of being there counts as
there: a tunnel is not the end of a sentence. A page that was closed is not there until one is opened again, however
soon that is.

Two sets follow. What MAY be billed: both are there in this sense. What MUST be billed: both sit on a socket that
works, awake, and media arrives if it is counted. Whatever the ledger claims outside of MAY, or the bill has beyond
the claims, is over-billed. The truth is known in true time; it is compared in readings of the service's clock, which is
the only one that counts (law 1). Where that clock goes back, at a restart without a time to go on with, the same
readings come twice and are other instants: nobody met somebody who was there at the same reading before, and what
should have been billed is torn there, whatever was read again later.

A page may lie of what it receives, or of being there. What its lies take from the bill is in no MUST; but from one
question to the next they may cost at most 45 s, besides what drops cost there (`find_unasked`), and MAY knows no lies.

Nothing is billed from a warning until both are found there again (R36): no time in a question is claimed, and of what
passes before the proof of those who are back arrives, one heartbeat interval and its delay are no fault of the bill.

What a drop may cost. Each place where MUST is torn (a drop), its beginning and its end may miss one heartbeat
interval of 10 s, and what its network delays: a ping and its answer, and a webhook where there is one
(`Scene.delay_ms`). Nothing else is allowed. What is no fault of the bill is not in MUST, each only as long as it
lasts: the service is down, or what was proved in the second before a crash or while the store failed is not in the
store (`Truth.unsaved`); TCP has not sent again yet what a cut held up; webhooks fail until they are sent again; a
call service's clock is so far ahead that nobody may believe it. One drop over its bound makes the lesson wrong.
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
"""What a drop may cost besides its network's delay: one heartbeat interval (law 2)."""
UNASKED_MS: Final = 45_000
"""What lies may cost the other side before it is asked (billing/claims.py)."""
_SURELY_MS: Final = 5_000
_FOREVER_MS: Final = 2**60
NOBODY: Final[Mapping[Role, Intervals]] = {"student": [], "tutor": []}


@dataclass(frozen=True, slots=True)
class PageTruth:
    """What was true of one page; all in true time."""

    is_open: Intervals
    linked: Intervals
    """The page sat on a socket of the service."""
    frozen: Intervals
    arrived: Intervals
    """Media arrived."""
    starved: Intervals
    """None did, although it had at both ends of the same connection."""
    hungry: Intervals
    """None did, although this page counts and has had a peer."""
    lied: Intervals = field(default_factory=list)
    """It did not tell the truth, and what follows from that."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What was true of one lesson; all in true time."""

    pages: Mapping[Role, Sequence[PageTruth]]
    cuts: Mapping[Role, Intervals]
    """The way to the service worked in no direction."""
    stalls: Mapping[Role, Intervals]
    """It did not work in both, or TCP had not yet noticed that it worked again."""
    downs: Intervals
    """There was no service."""
    unsaved: Intervals = field(default_factory=list)
    """What was proved may not have reached the store before a crash, or while the store failed."""


@dataclass(frozen=True, slots=True)
class BilledClaims:
    """What the ledger says: when each seat was there, and the bill. In readings of the service's clock."""

    spans: Mapping[Role, Intervals]
    billable_ms: int
    cap_ms: int | None
    ended_ms: int | None
    ended_by_itself: bool
    """A grace nobody answered ended it."""
    questions: Intervals = field(default_factory=list)
    """From each warning until both were found there again: nothing may be billed, and nothing is claimed."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the bill is worth. *drops_ms*: what each drop cost that should have been billed."""

    over_ms: int
    drops_ms: list[int]
    faults: list[str]


def lost_to_drops(both: Intervals, claimed: Intervals, must: Mapping[Role, Intervals] = NOBODY) -> list[int]:
    """Return what the beginning, each drop and the end cost: the tail of the piece before it, the head of the next.

    Two drops of one seat, between which the other was not there, are two drops: they share what that gap costs.
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
    """Take away what passes while a question is open although both are back: until their proof arrives (R36)."""
    open_ = [(start, min(end, start + late_ms)) for start, end in intersect(both, questions)]
    return subtract(both, open_)


def _count_tears(pieces: Intervals, from_ms: int, to_ms: int) -> int:
    return sum(from_ms <= before[1] and after[0] <= to_ms for before, after in pairwise(pieces))


def may_be_billed(truth: Truth, role: Role) -> Intervals:
    """Return when *role* was there, as the text above has it."""
    there: Intervals = []
    for page in truth.pages[role]:
        reached = subtract(subtract(page.is_open, truth.cuts[role]), truth.downs)
        starved = union((start + STARVED_MS, end - ANSWERED_MS) for start, end in page.starved)
        alive = union(subtract(reached, starved), intersect(page.arrived, page.is_open))
        there += close_gaps(alive, CONTINUITY_MS)
    return union(there)


def must_be_billed(truth: Truth, role: Role, *, despite_lies: bool = False) -> Intervals:
    """Return when *role* was there beyond every doubt; *despite_lies*: also while their own page lied."""
    sure: Intervals = []
    for page in truth.pages[role]:
        # A new socket is a new piece, although the one before may end in the same millisecond: there was a drop.
        linked = [(start_ms + 1, end_ms) for start_ms, end_ms in page.linked]
        awake = subtract(intersect(linked, page.is_open), union(page.frozen))
        lied = [] if despite_lies else page.lied
        doubts = union(page.hungry, lied, truth.downs, truth.unsaved)
        sure += subtract(subtract(awake, truth.stalls[role]), doubts)
    return union(sure)


def find_unasked(both: Sequence[Intervals], claims: BilledClaims, delay_ms: int = 0) -> list[str]:
    """Return what lies have cost beyond their bound from one question to the next, besides what drops may cost there.

    *both* is when both were there whatever their pages said, in readings, for each time that the clock went back.
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

    *may* is when both were there; *must* has when each was, beyond doubt, one after the other for each time that the
    clock went back. *delay_ms* is how late news may reach whoever keeps the ledger.
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
