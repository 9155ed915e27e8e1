"""Keeps the newest seat events of both seats, and derives from them when each seat was there.

`Evidence` is sans-I/O state: events and `now_ms` in, changes out. *Heard* means: an event of a seat came in.

Law: when a seat was there is a function of the *set* of its events. A repeated event changes nothing. A late event
takes its place by its own time, and everything after it is read again.

A seat's history is read in one order (`_place`), which does not depend on the order of arrival:
- A sitting begins with `user-connected`, or with any event of a later epoch. Where no epochs are sent, it also begins
  with a heartbeat 10 s or more after the leave, so that a lost `user-connected` costs only the sitting's first seconds.
- An event dated before the `user-connected` of its own epoch does not count: it would cut the sitting before.
- Two proofs of a sitting at most 25 s apart prove the time between them. If a heartbeat between them says that nothing
  arrives, they must be at most 20 s apart, and that heartbeat must come less than 15 s after the first of them.
- A leave ends the sitting. A leave with an epoch is a proof itself. A leave without one may carry the time at which
  somebody noticed it, so it ends the sitting at the last proof before it.

Events that came in the last 35 s, or are dated within 3 min of the newest, are kept one by one. Older events are
final: they are read into `_SeatHistory.base` and dropped, and an event dated before them changes nothing.
At the bound of items the oldest become final at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Final, Literal

from langdao_video.billing.meter import NEVER_MS, Span
from langdao_video.billing.rules import BillRules
from langdao_video.session.facts import Fact, ProofLost, ProofResumed, SeatLeft, SeatTaken
from langdao_video.session.roles import ROLES, Role

RESEAT_MS: Final = 10_000
"""A heartbeat this long after a leave cannot be a late one of the sitting that was left."""
ARRIVAL_MS: Final = 35_000
"""How long an event is kept at least: 30 s in which an earlier one may still come, and a margin."""
KEPT_MS: Final = 180_000
"""How far before the newest event a late one may be dated: 30 s late, from a clock 60 s off, joined over 25 s."""
ITEMS_MAX: Final = 1_024
"""How many events of a session are kept: more than an hour of both seats' heartbeats, should they come in a flood."""
_ADVANCE_EVERY: Final = 16
"""After how many events the final ones are looked for again."""
_EPOCH_LAST: Final = 2**53


class Kind(IntEnum):
    """The kinds of seat events, in the order in which those of one sitting and one millisecond are read."""

    CONNECT = 0
    PROOF = 1
    DENIAL = 2
    """A heartbeat that says that nothing arrives. It shows that the page is there, but is not a proof."""
    LEAVE = 3


@dataclass(frozen=True, slots=True)
class Heard:
    """One event of a seat."""

    at_ms: int
    kind: Kind
    epoch: int | None
    reason: str = field(default="", compare=False)
    address: str | None = field(default=None, compare=False)
    name: str | None = field(default=None, compare=False)
    took_over: bool = field(default=False, compare=False)
    until_ms: int = NEVER_MS
    """For proofs that are read back from the ledger: their last time; they are all there from *at_ms* on.
    For a leave: when it was sent."""
    may_begin: bool = field(default=True, compare=False)
    """Whether it may begin a sitting."""


@dataclass(slots=True)
class Walk:
    """A seat's history, read up to some instant."""

    sitting: int = 0
    is_taken: bool = False
    last_ms: int = NEVER_MS
    """The newest proof of the sitting."""
    left_ms: int = NEVER_MS
    is_starved: bool = False
    """Whether the page has said since the newest proof that nothing arrives."""
    is_torn: bool = False
    """Whether it said so too long after the newest proof, so that the next proof does not continue it."""

    def step(self, role: Role, heard: Heard, rules: BillRules) -> list[tuple[int, Fact]]:
        """Read one more event; return what began and what ended. A proof that only continues returns nothing."""
        epoch = heard.epoch
        if epoch is not None and epoch < self.sitting:
            return []  # it belongs to an older sitting
        is_within = heard.at_ms < self.last_ms and self.is_taken
        if self._begins(heard) and not (is_within and epoch is None):
            return self._sit_down(role, heard)
        if not self.is_taken or (is_within and epoch is None and heard.kind is not Kind.PROOF):
            return []
        match heard.kind:
            case Kind.LEAVE:
                return self._leave(role, heard, rules)
            case Kind.DENIAL:
                return self._deny(role, heard, rules)
            case _:
                return self._prove(role, heard, rules)

    def copy(self) -> Walk:
        """Return a copy that can be read on by itself."""
        return Walk(self.sitting, self.is_taken, self.last_ms, self.left_ms, self.is_starved, self.is_torn)

    def is_like(self, walk: Walk) -> bool:
        """Tell whether *walk* has come to the same sitting, in the same state."""
        return (self.sitting, self.is_taken, self.is_torn) == (walk.sitting, walk.is_taken, walk.is_torn)

    def continues(self, at_ms: int, rules: BillRules) -> bool:
        """Tell whether a proof at *at_ms* proves the time since the newest one."""
        far_ms = rules.starved_ms if self.is_starved else rules.silence_ms
        return not self.is_torn and at_ms - self.last_ms <= far_ms

    def _begins(self, heard: Heard) -> bool:
        if heard.epoch is not None:
            return heard.epoch > self.sitting
        if not heard.may_begin or heard.kind is Kind.CONNECT:
            return heard.may_begin
        is_late_enough = self.sitting == 0 or heard.at_ms - self.left_ms >= RESEAT_MS
        return heard.kind is not Kind.LEAVE and not self.is_taken and is_late_enough

    def _sit_down(self, role: Role, heard: Heard) -> list[tuple[int, Fact]]:
        facts: list[tuple[int, Fact]] = []
        if self.is_taken:
            at_ms = min(self.last_ms, heard.at_ms)
            left = SeatLeft(role=role, epoch=self.sitting, reason="replaced", left_ms=heard.at_ms)
            facts.append((at_ms, left))
        self.sitting = self.sitting + 1 if heard.epoch is None else heard.epoch
        self.is_taken, self.is_starved, self.is_torn = True, False, False
        self.last_ms = heard.at_ms if heard.kind is Kind.LEAVE else max(heard.at_ms, heard.until_ms)
        taken = SeatTaken(
            role=role,
            epoch=self.sitting,
            address=heard.address,
            name=heard.name,
            took_over=heard.took_over,
        )
        facts.append((heard.at_ms, taken))
        if heard.kind is Kind.LEAVE:
            facts.append(self._left(role, heard))
        return facts

    def _left(self, role: Role, heard: Heard) -> tuple[int, Fact]:
        self.is_taken, self.left_ms = False, max(heard.at_ms, heard.until_ms)
        return self.last_ms, SeatLeft(
            role=role, epoch=self.sitting, reason=heard.reason, left_ms=self.left_ms
        )

    def _leave(self, role: Role, heard: Heard, rules: BillRules) -> list[tuple[int, Fact]]:
        if heard.epoch is not None and self.continues(heard.at_ms, rules):
            self.last_ms = heard.at_ms
        return [self._left(role, heard)]

    def _deny(self, role: Role, heard: Heard, rules: BillRules) -> list[tuple[int, Fact]]:
        if heard.at_ms <= self.last_ms or self.is_torn:
            return []
        if heard.at_ms - self.last_ms < rules.media_ms:
            self.is_starved = True
            return []
        self.is_torn = True
        return [(self.last_ms, ProofLost(role=role, epoch=self.sitting, why="media"))]

    def _prove(self, role: Role, heard: Heard, rules: BillRules) -> list[tuple[int, Fact]]:
        facts: list[tuple[int, Fact]] = []
        if not self.continues(heard.at_ms, rules):
            if not self.is_torn:
                why: Literal["silence", "media"] = "media" if self.is_starved else "silence"
                facts.append((self.last_ms, ProofLost(role=role, epoch=self.sitting, why=why)))
            facts.append((heard.at_ms, ProofResumed(role=role, epoch=self.sitting)))
        if heard.at_ms >= self.last_ms:
            self.is_starved = self.is_torn = False
        self.last_ms = max(self.last_ms, heard.at_ms, heard.until_ms)
        return facts


@dataclass(frozen=True, slots=True)
class Revision:
    """What a late event changes: *within* these times (both included) the seat was there in *spans* and not else."""

    within: tuple[int, int]
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class News:
    """What follows from an event. *before* and *after* are the seat's history without it and with it."""

    before: Walk
    after: Walk
    facts: list[tuple[int, Fact]]
    """What began and what ended with the event, if its place is at the end of the seat's history."""
    revision: Revision | None = None
    """What the event changes, if its place is before another event."""
    is_last: bool = True


@dataclass(slots=True)
class _SeatHistory:
    base: Walk = field(default_factory=Walk)
    walk: Walk = field(default_factory=Walk)
    items: list[Heard] = field(default_factory=list)
    arrived_ms: list[int] = field(default_factory=list)
    recalled_ms: int = NEVER_MS
    """Up to when the history was read back from the ledger, Unix ms. Its sittings there are not counted anew."""

    @property
    def newest_ms(self) -> int:
        return self.items[-1].at_ms if self.items else NEVER_MS


class Evidence:
    """The newest events of both seats, in reading order."""

    def __init__(self) -> None:
        self._seats: dict[Role, _SeatHistory] = {role: _SeatHistory() for role in ROLES}
        self.floor_ms = NEVER_MS
        """Everything dated before this is final, Unix ms."""
        self._young: list[tuple[int, int]] = []
        self._settled_ms = NEVER_MS

    def hear(
        self, role: Role, heard: Heard, now_ms: int, rules: BillRules, *, as_revision: bool = False
    ) -> News | None:
        """Put *heard* in its place and return what follows; None if it is known, or dated before the floor.

        *as_revision*: return a revision, also where *heard* is the last event.
        """
        seat = self._seats[role]
        if heard.at_ms < self.floor_ms or (heard.at_ms <= seat.newest_ms and heard in seat.items):
            return None
        if heard.epoch is None and heard.at_ms <= seat.recalled_ms:
            if heard.kind is not Kind.PROOF:
                return None
            heard = replace(heard, may_begin=False)
        self._young.append((now_ms, heard.at_ms))
        before_items, before = seat.items, seat.walk.copy()
        if heard.at_ms > seat.newest_ms:
            seat.items.append(heard)
            seat.arrived_ms.append(now_ms)
        else:
            items, came_ms = [*before_items, heard], [*seat.arrived_ms, now_ms]
            connects = {item.at_ms for item in items if item.kind is Kind.CONNECT and item.epoch is None}
            came = sorted(zip(items, came_ms, strict=True), key=lambda pair: _place(pair[0], connects))
            seat.items, seat.arrived_ms = [item for item, _ in came], [at_ms for _, at_ms in came]
        is_last = seat.items[-1] is heard and not _shows_misdated(seat.items)
        if is_last and not as_revision:
            news = News(before, seat.walk, seat.walk.step(role, heard, rules))
        else:
            earlier = before_items[:-1] if before_items is seat.items else before_items
            _, old = _read(role, seat.base, earlier, rules)
            seat.walk, new = _read(role, seat.base, seat.items, rules)
            revision = _compare(old, new, self.floor_ms)
            if revision is None and not before.is_like(seat.walk):
                revision = Revision((seat.newest_ms + 1, seat.newest_ms + 1), ())
            news = News(before, seat.walk, [], revision, is_last=is_last)
        if len(self._young) % _ADVANCE_EVERY == 0:
            self._advance(now_ms, rules)
        return news

    def recall(self, role: Role, spans: Sequence[Span], now_ms: int, rules: BillRules) -> None:
        """Read back from the ledger the spans of *role* and what ended them."""
        seat = self._seats[role]
        for span in spans:  # in order: the first span of a sitting is where the sitting began
            seat.items.append(Heard(span.start_ms, Kind.CONNECT, span.sitting, until_ms=span.end_ms))
            match span.closed_by:
                case None | "silence" | "end":
                    pass
                case "media":
                    seat.items.append(Heard(span.end_ms + rules.media_ms, Kind.DENIAL, span.sitting))
                case reason:
                    left_ms = span.left_ms
                    seat.items.append(Heard(span.end_ms, Kind.LEAVE, span.sitting, reason, until_ms=left_ms))
        seat.items = sorted(set(seat.items), key=lambda item: _place(item, set()))
        seat.arrived_ms = [now_ms] * len(seat.items)
        seat.recalled_ms = max((max(item.at_ms, item.until_ms) for item in seat.items), default=NEVER_MS)
        seat.walk, _ = _read(role, seat.base, seat.items, rules)

    def walk(self, role: Role) -> Walk:
        """Return the history of *role*, read to its end. The caller must not change it."""
        return self._seats[role].walk

    def newest_ms(self, role: Role) -> int:
        """Return the newest time of any event of *role*, Unix ms."""
        return self._seats[role].newest_ms

    def _advance(self, now_ms: int, rules: BillRules) -> None:
        """Make events final that are old enough, or beyond the bound, the oldest first."""
        old_ms = now_ms - ARRIVAL_MS
        self._settled_ms = max([self._settled_ms, *(at_ms for came, at_ms in self._young if came <= old_ms)])
        self._young = [young for young in self._young if young[0] > old_ms]
        limit_ms = self._settled_ms - KEPT_MS
        while fronts := [(seat.items[0].at_ms, role) for role, seat in self._seats.items() if seat.items]:
            front_ms, role = min(fronts)
            seat = self._seats[role]
            front = seat.items[0]
            last_ms = max(front_ms, front.until_ms)
            is_old = last_ms < limit_ms and seat.arrived_ms[0] <= old_ms
            if not is_old and sum(len(each.items) for each in self._seats.values()) <= ITEMS_MAX:
                self.floor_ms = max(self.floor_ms, min(front_ms, limit_ms))
                return
            self.floor_ms = max(self.floor_ms, front_ms + 1)
            if not _is_misdated(front, _connects(seat.items)):
                seat.base.step(role, front, rules)
            del seat.items[0], seat.arrived_ms[0]


def _connects(items: Sequence[Heard]) -> dict[int, int]:
    """Return the time of each epoch's `user-connected`, the earliest if there are several."""
    connects: dict[int, int] = {}
    for item in items:
        if item.kind is Kind.CONNECT and item.epoch is not None:
            connects[item.epoch] = min(item.at_ms, connects.get(item.epoch, item.at_ms))
    return connects


def _is_misdated(heard: Heard, connects: dict[int, int]) -> bool:
    return heard.epoch is not None and heard.at_ms < connects.get(heard.epoch, heard.at_ms)


def _shows_misdated(items: Sequence[Heard]) -> bool:
    """Tell whether the last item is a `user-connected` dated after other events of its own sitting."""
    *before, last = items if items[-1].kind is Kind.CONNECT else items[-1:]
    is_first = last.epoch is not None and last.epoch not in _connects(before)
    return is_first and any(item.epoch == last.epoch and item.at_ms < last.at_ms for item in before)


def _place(heard: Heard, connects: set[int]) -> tuple[int, int, int]:
    """Return the sort key of *heard*: by time, then by sitting, then by kind.

    Without epochs, a leave and a `user-connected` of one millisecond mean that one page took over from another. Then
    the leave comes first, and after it the new page and its proofs.
    """
    if heard.epoch is not None:
        return heard.at_ms, heard.epoch, heard.kind
    if heard.at_ms not in connects:
        return heard.at_ms, _EPOCH_LAST, heard.kind
    return heard.at_ms, _EPOCH_LAST, heard.kind - len(Kind) * (heard.kind is Kind.LEAVE)


def _read(role: Role, base: Walk, items: Sequence[Heard], rules: BillRules) -> tuple[Walk, list[Span]]:
    """Read *items* from *base* on; return the walk at the end, and the spans from the newest proof of *base* on."""
    walk, spans, connects = base.copy(), [], _connects(items)
    if base.is_taken and not base.is_torn:
        spans.append(Span(base.last_ms, base.last_ms, base.sitting))
    for item in items:
        if _is_misdated(item, connects):
            continue
        for at_ms, fact in walk.step(role, item, rules):
            match fact:
                case SeatTaken() | ProofResumed():
                    spans.append(Span(at_ms, at_ms, fact.epoch))
                case SeatLeft():
                    _close(spans, at_ms, fact.reason, fact.left_ms)
                case ProofLost():
                    _close(spans, at_ms, fact.why, None)
        if walk.is_taken and not walk.is_torn:
            spans[-1].end_ms = walk.last_ms
    return walk, spans


def _close(spans: list[Span], at_ms: int, why: str, left_ms: int | None) -> None:
    if spans:  # without one, the span ended before *base*
        span = spans[-1]
        span.end_ms, span.closed_by, span.left_ms = at_ms, why, NEVER_MS if left_ms is None else left_ms


def _compare(old: Sequence[Span], new: Sequence[Span], floor_ms: int) -> Revision | None:
    """Return the smallest revision that turns *old* into *new*, from *floor_ms* on; None if nothing changed."""
    same = next(
        (i for i, pair in enumerate(zip(old, new, strict=False)) if not _is_same(*pair)),
        min(len(old), len(new)),
    )
    old, new = list(old[same:]), list(new[same:])
    if not old and not new:
        return None
    tail: list[Span] = []
    while old and new and _is_same(old[-1], new[-1]):
        tail.insert(0, new.pop())
        old.pop()
    from_ms = max(floor_ms, min(span.start_ms for span in (*old, *new)))
    to_ms = max(span.end_ms for span in (*old, *new))
    while tail and tail[0].start_ms <= to_ms:  # a span that touches belongs to the revision
        to_ms = max(to_ms, tail[0].end_ms)
        new.append(tail.pop(0))
    if to_ms < from_ms:
        return None
    spans = (replace(span, start_ms=max(span.start_ms, from_ms)) for span in new if span.end_ms >= from_ms)
    return Revision((from_ms, to_ms), tuple(spans))


def _is_same(one: Span, two: Span) -> bool:
    return (one.start_ms, one.end_ms, one.sitting) == (two.start_ms, two.end_ms, two.sitting)
