"""The last call: when it is answered, and what the room then reports of each seat and of the session's end (R24).

The functions change sans-I/O state: they note in a seat what they have reported of it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from langdao_video.session.roles import Role, other
from langdao_video.signaling import disputes, seat_events
from langdao_video.signaling.effects import Emit
from langdao_video.signaling.messages import SessionInfo
from langdao_video.signaling.room_phase import LastCall
from langdao_video.signaling.rules import RoomRules
from langdao_video.signaling.seats import Seat, SeatPhase


def is_answered(last_call: LastCall, seated: Collection[Seat]) -> bool:
    """Tell whether all who are *seated* have proven that they were there when the session was ended."""
    return all(seat.proof_ms >= last_call.at_ms for seat in seated)


def report_end(
    info: SessionInfo, seats: Mapping[Role, Seat], rules: RoomRules, last_call: LastCall, now_ms: int
) -> list[Emit]:
    """Report the end of the session, and before it what each seat has proven last, so that the bill is right."""
    emits: list[Emit] = []
    # Who was alone has nothing to pay.
    if seats[other(last_call.by)].phase is not SeatPhase.EMPTY:
        for seat in seats.values():
            emits += _report_seat(info, seats, seat, rules, last_call, now_ms)
    return [*emits, seat_events.report_end(info, seats[last_call.by], last_call.at_ms)]


def _report_seat(
    info: SessionInfo,
    seats: Mapping[Role, Seat],
    seat: Seat,
    rules: RoomRules,
    last_call: LastCall,
    now_ms: int,
) -> list[Emit]:
    """Report the seat's answer to the last call, or else its newest proof. Who ended the session may be gone."""
    if seat.phase is SeatPhase.EMPTY:
        return []
    if seat.is_seated and seat.proof_ms >= last_call.at_ms:
        is_fresh = seat.reports.unsure_ms is None and not seat.flow.is_quiet(now_ms, rules.ping_ms)
        flows = disputes.media_flows(seats, seat, rules, now_ms, is_fresh=is_fresh)
        return [seat_events.report_heartbeat(info, seat, seat.proof_ms, flows=flows)]
    if seat.role == last_call.by:
        return [seat_events.report_disconnected(info, seat, "ended")]
    return seat_events.report_newest_proof(info, seat)
