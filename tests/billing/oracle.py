"""A slow meter that is obviously right: law 2 with sets of instants.

It knows all events, in any order, and nothing about how the service keeps them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

Proofs = Sequence[Sequence[int]]
"""The sittings of one seat: for each, the times of its proofs."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The thresholds of `BillRules` and `evidence.py`, in the unit of the history."""

    silence: int = 25
    starved: int = 20
    media: int = 15
    reseat: int = 10


@dataclass(frozen=True, slots=True)
class Told:
    """One event of one seat. *epoch* is None if the event names none."""

    at: int
    kind: Literal["connect", "proof", "denial", "leave"]
    epoch: int | None = None


@dataclass(slots=True)
class _Sitting:
    epoch: int
    proofs: list[int] = field(default_factory=list)
    denials: list[int] = field(default_factory=list)
    leave: Told | None = None


def split(told: Iterable[Told], limits: Limits) -> list[_Sitting]:
    """Cut the events of a seat, in the order of their own times, into sittings."""
    known = set(told)
    events = {event for event in known if not _is_misdated(event, known)}
    sittings: list[_Sitting] = []
    for event in sorted(events, key=lambda event: _place(event, events)):
        now = sittings[-1] if sittings else _Sitting(0, leave=Told(-(10**18), "leave"))
        if event.epoch is not None and event.epoch < now.epoch:
            continue
        if _begins(event, now, limits):
            now = _Sitting(now.epoch + 1 if event.epoch is None else event.epoch, [event.at])
            sittings.append(now)
        if now.leave is not None:
            continue
        if event.kind == "leave":
            now.leave = event
        elif event.kind == "denial":
            now.denials.append(event.at)
        else:
            now.proofs.append(event.at)
    return sittings


def _is_misdated(event: Told, events: set[Told]) -> bool:
    """Tell whether *event* is dated before the connect of its own epoch, at which its sitting begins."""
    connects = [
        e.at for e in events if e.kind == "connect" and e.epoch is not None and e.epoch == event.epoch
    ]
    return bool(connects) and event.at < min(connects)


def _begins(event: Told, now: _Sitting, limits: Limits) -> bool:
    if event.epoch is not None:
        return event.epoch > now.epoch
    if event.kind == "connect":
        return True
    return event.kind != "leave" and now.leave is not None and event.at - now.leave.at >= limits.reseat


def _place(event: Told, events: set[Told]) -> tuple[int, float, int]:
    kinds = ["connect", "proof", "denial", "leave"]
    if event.epoch is None and Told(event.at, "connect") in events:
        kinds = ["leave", "connect", "proof", "denial"]  # a page took over from another in one instant
    return event.at, float("inf") if event.epoch is None else event.epoch, kinds.index(event.kind)


def there_in(told: Iterable[Told], limits: Limits) -> set[int]:
    """Return all instants in which the seat was there."""
    alive: set[int] = set()
    for sitting in split(told, limits):
        proofs = sorted(sitting.proofs)
        pairs = list(pairwise(proofs))
        if sitting.leave is not None and sitting.leave.epoch is not None:
            pairs.append((proofs[-1], sitting.leave.at))
        for earlier, later in pairs:
            said = [at for at in sitting.denials if earlier < at <= later]
            far = limits.starved if said else limits.silence
            if later - earlier <= far and all(at - earlier < limits.media for at in said):
                alive |= set(range(earlier, later))
    return alive


def billable_in(
    student: Iterable[Told],
    tutor: Iterable[Told],
    limits: Limits,
    *,
    questions: Iterable[tuple[int, int | None]] = (),
    end: int | None = None,
) -> int:
    """Count the instants in which both were there, no question was open, and the session had not ended."""
    both = there_in(student, limits) & there_in(tutor, limits)
    asked = [(start, float("inf") if stop is None else stop) for start, stop in questions]
    return sum(
        1 for at in both if not any(start <= at < stop for start, stop in asked) and (end is None or at < end)
    )


def there(sittings: Proofs, silence_ms: int) -> set[int]:
    """Return all milliseconds in which the seat was there: between two proofs of a sitting that are close enough."""
    alive: set[int] = set()
    for sitting in sittings:
        proofs = sorted(sitting)
        for earlier, later in pairwise(proofs):
            if later - earlier <= silence_ms:
                alive |= set(range(earlier, later))
    return alive


def billable_ms(student: Proofs, tutor: Proofs, silence_ms: int) -> int:
    """Count the milliseconds in which both were there."""
    return len(there(student, silence_ms) & there(tutor, silence_ms))
