"""Judges what has arrived at a platform by what stands in our ledger. Pure.

Each fact that an endpoint gets has come, in the ledger's order, or it was parked after three days and ten tries. A
repeat has the same id and the same bytes, and there is a reason for it. The platform's bill is ours. At the end nothing
waits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from langdao_video.billing.lesson import Lesson
from langdao_video.billing.records import read_record
from langdao_video.delivery.port import make_webhook_id
from langdao_video.store.delivery_port import Parked
from langdao_video.store.port import StoredEvent
from tools.simulator.receivers import HASTY_MAX, SimulatedReceiver

_MADE_BY_THE_PLATFORM: Final = {"session-created", "tutor-accepted"}
_PARKED_MS_MIN: Final = 72 * 3_600_000
_PARKED_TRIES_MIN: Final = 10


@dataclass(frozen=True, slots=True)
class Told:
    """One endpoint at the end of a lesson."""

    name: str
    receiver: SimulatedReceiver
    ledger: Sequence[StoredEvent]
    from_seq: int
    """The newest seq when the endpoint was made. It gets what follows."""
    parked: Sequence[Parked]
    """What was ever parked, although it may have been sent again later."""
    has_replays: bool
    """Whether the operator had events sent again."""
    may_repeat: bool
    """Whether there is a reason for repeats: replays, a process that died, an answer that was lost."""


@dataclass(frozen=True, slots=True)
class Arrivals:
    """The sums of a lesson's deliveries, and what is wrong with them."""

    receivers: int = 0
    events: int = 0
    repeats: int = 0
    tries: int = 0
    parked: int = 0
    faults: list[str] = field(default_factory=list)


def judge_arrivals(told: Sequence[Told], waiting: Sequence[str], faults: Sequence[str]) -> Arrivals:
    """Judge all endpoints of a lesson. *waiting* is what still waits."""
    found = [*faults, *(f"it still waits: {each}" for each in waiting)]
    for each in told:
        found += [f"{each.name}: {fault}" for fault in _find_faults(each)]
    receivers = [each.receiver for each in told]
    return Arrivals(
        receivers=len(receivers),
        events=sum(len(receiver.platform.events) for receiver in receivers),
        repeats=sum(receiver.repeats for receiver in receivers),
        tries=sum(known.count for receiver in receivers for known in receiver.tries.values()),
        parked=sum(len(each.parked) for each in told),
        faults=found,
    )


def _find_faults(told: Told) -> list[str]:
    receiver, platform = told.receiver, told.receiver.platform
    types = receiver.plan.types
    due = [
        event
        for event in told.ledger[told.from_seq :]
        if event.type not in _MADE_BY_THE_PLATFORM and (types is None or event.type in types)
    ]
    parked = {each.seq for each in told.parked}
    came = {event["seq"]: event for event in platform.events.values() if event["type"] != "session-heartbeat"}
    faults = [*receiver.faults]
    missing = [event.seq for event in due if event.seq not in came and event.seq not in parked]
    if missing:
        faults.append(f"seq {missing} never came")
    # A replay sends also what had happened before the endpoint was made.
    before = {event.seq for event in told.ledger[: told.from_seq]} if told.has_replays else set()
    strange = sorted(came.keys() - {event.seq for event in due} - before)
    if strange:
        faults.append(f"seq {strange} came and should not")
    in_order = [seq for seq in came if seq not in parked and seq > told.from_seq]
    if in_order != sorted(in_order):
        faults.append(f"they came in the order {in_order}")
    for event in due:
        record = came.get(event.seq)
        if record is not None and not _is_same(record, event):
            faults.append(f"seq {event.seq} says something else than the ledger")
    # A process that starts sends the newest heartbeat again, because it does not know who has it.
    if receiver.facts_repeated and not told.may_repeat:
        faults.append(f"{receiver.facts_repeated} events came again without a reason")
    hasty = max((known.hasty for known in receiver.tries.values()), default=0)
    if hasty > HASTY_MAX:
        faults.append(f"an event was tried {hasty} times without a rest")
    faults += [fault for each in told.parked for fault in _judge_parked(each, receiver)]
    if due and due[-1].seq in came:
        faults += _judge_bill(told, due[-1])
    return faults


def _is_same(event: dict[str, object], stored: StoredEvent) -> bool:
    record = read_record(stored)
    says = (event["id"], event["type"], event["timestamp"], event["billableSeconds"], event["sessionId"])
    is_ = (stored.id, stored.type, stored.at_ms, record.mark.billable_ms // 1000, stored.session_id)
    return says == is_


def _judge_parked(parked: Parked, receiver: SimulatedReceiver) -> list[str]:
    known = receiver.tries.get(make_webhook_id(parked.session_id, parked.event_id))
    if known is None or known.failed_ms is None or known.count < _PARKED_TRIES_MIN:
        return [f"seq {parked.seq} was parked after {known.count if known else 0} tries"]
    waited_ms = parked.parked_ms - known.failed_ms
    return [f"seq {parked.seq} was parked after {waited_ms} ms"] if waited_ms < _PARKED_MS_MIN else []


def _judge_bill(told: Told, newest: StoredEvent) -> list[str]:
    """Compare the platform's bill with ours. A heartbeat after the newest fact may have told more."""
    platform = told.receiver.platform
    lesson = Lesson(newest.session_id)
    for event in told.ledger[: newest.seq]:
        lesson.apply(read_record(event))
    seconds = lesson.billable_ms // 1000
    if lesson.ended is None:
        return [] if platform.billable_seconds >= seconds else ["the platform's bill is behind ours"]
    faults = []
    if platform.billable_seconds != seconds:
        faults.append(f"the platform bills {platform.billable_seconds} s, and we bill {seconds} s")
    if newest.type in {"session-ended", "bill-final"} and platform.cost_minor != lesson.cost.minor:
        faults.append(f"the platform's price is {platform.cost_minor}, and ours is {lesson.cost.minor}")
    return faults
