"""Tells when a room has something to do by the clock alone, so that nobody has to ask it before. Pure.

Law: a room that ticks only when it is due does what a room does that ticks all the time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from langdao_video.signaling.disputes import is_watched
from langdao_video.signaling.liveness import Liveness
from langdao_video.signaling.room_phase import EndedRoom, EndReported, LastCall, PhaseValue
from langdao_video.signaling.rules import RoomRules
from langdao_video.signaling.seats import ACTIONS_EVERY_MS, Seat, SeatPhase

WATCH_MS: Final = 250
"""How often a room looks at claims and silences that time alone may decide."""


def find_seat_dues(
    seat: Seat, rules: RoomRules, liveness: Liveness, *, moves: bool, is_over: bool
) -> Iterator[int]:
    """Yield when *seat* has something to do, Unix ms. Each time may be too early, and none is too late."""
    if seat.is_seated:
        yield liveness.dies_ms(seat.heard_ms)
        if seat.ice.given.renew_ms is not None:
            yield seat.ice.given.renew_ms
    elif seat.phase is SeatPhase.AWAY and (seat.said_goodbye or not moves):
        yield seat.away_since_ms + rules.seat_kept_ms
    is_unsaid = seat.reported_on is not None and seat.reported_on != (seat.audio, seat.video)
    if is_unsaid and seat.phase is not SeatPhase.EMPTY and not is_over:
        yield seat.acted_ms + ACTIONS_EVERY_MS


def find_due(
    seats: Iterable[Seat],
    rules: RoomRules,
    liveness: Liveness,
    phase: PhaseValue,
    *,
    moves: bool,
    ticked_ms: int,
) -> int:
    """Return when a room that ticked last at *ticked_ms* has to tick again, Unix ms."""
    pair = [*seats]
    is_over = isinstance(phase, EndReported | EndedRoom)
    due_ms = liveness.due_ms
    for seat in pair:
        for seat_due_ms in find_seat_dues(seat, rules, liveness, moves=moves, is_over=is_over):
            due_ms = min(due_ms, seat_due_ms)
    if isinstance(phase, LastCall):
        due_ms = min(due_ms, phase.at_ms + rules.last_call_ms)
    elif isinstance(phase, EndReported):
        due_ms = min(due_ms, phase.at_ms + rules.bill_wait_ms)
    if not is_over and is_watched(pair, rules):
        due_ms = min(due_ms, ticked_ms + WATCH_MS)
    return due_ms
