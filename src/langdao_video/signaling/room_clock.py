"""Tells when a room has something to do by the clock alone, so that nobody has to ask it before. Pure.

Law: a room that ticks only when it is due does what a room does that ticks all the time.

Every frame of every room asks for this, so it is written to be quick.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from langdao_video.signaling.disputes import is_watched
from langdao_video.signaling.liveness import Liveness
from langdao_video.signaling.room_phase import EndReported, LastCall, OpenRoom, PhaseValue
from langdao_video.signaling.rules import RoomRules
from langdao_video.signaling.seats import ACTIONS_EVERY_MS, Seat, SeatPhase

WATCH_MS: Final = 250
"""How often a room looks at claims and silences that time alone may decide."""
_NEVER_MS: Final = 2**53


def find_due(
    seats: Collection[Seat],
    rules: RoomRules,
    liveness: Liveness,
    phase: PhaseValue,
    *,
    moves: bool,
    ticked_ms: int,
) -> int:
    """Return when a room that ticked last at *ticked_ms* must tick again, Unix ms: perhaps too early, never late."""
    is_over = False
    due_ms = liveness.due_ms
    if not isinstance(phase, OpenRoom):
        is_over = not isinstance(phase, LastCall)
        if isinstance(phase, LastCall):
            due_ms = min(due_ms, phase.at_ms + rules.last_call_ms)
        elif isinstance(phase, EndReported):
            due_ms = min(due_ms, phase.at_ms + rules.bill_wait_ms)
    for seat in seats:
        seat_ms = _find_seat_due(seat, rules, moves=moves, is_over=is_over)
        due_ms = min(due_ms, seat_ms)
    if ticked_ms + WATCH_MS < due_ms and not is_over and is_watched(seats, rules):
        due_ms = ticked_ms + WATCH_MS
    return due_ms


def _find_seat_due(seat: Seat, rules: RoomRules, *, moves: bool, is_over: bool) -> int:
    phase = seat.phase
    if phase is SeatPhase.EMPTY:
        return _NEVER_MS
    due_ms = _NEVER_MS
    if phase is SeatPhase.SEATED:
        due_ms = seat.heard_ms + rules.socket_dead_ms + 1
        renew_ms = seat.ice.given.renew_ms
        if renew_ms is not None and renew_ms < due_ms:
            due_ms = renew_ms
    elif seat.said_goodbye or not moves:
        due_ms = seat.away_since_ms + rules.seat_kept_ms
    if seat.has_unreported_switch and not is_over:
        return min(due_ms, seat.acted_ms + ACTIONS_EVERY_MS)
    return due_ms
