"""Makes the events that a room reports about its seats (R21–R26), from what the server itself knows.

The functions change sans-I/O state: they note in the seat what they have reported, so that it is reported once.
"""

from __future__ import annotations

from typing import Literal

from langdao_video.session.events import (
    SessionEnded,
    SessionHeartbeat,
    UserAction,
    UserConnected,
    UserDisconnected,
    elapsed_seconds,
)  # fmt: skip
from langdao_video.signaling.effects import Emit
from langdao_video.signaling.flow import ReportedMedia
from langdao_video.signaling.messages import SessionInfo
from langdao_video.signaling.seats import ACTIONS_EVERY_MS, Seat

Action = Literal["muted", "unmuted", "video-enabled", "video-disabled"]


def report_connected(info: SessionInfo, seat: Seat, now_ms: int, *, took_over: bool) -> Emit:
    """Report that a sitting begins (R21), and whether it *took_over* from a sitting that held the seat."""
    return Emit(
        UserConnected(
            session_id=info.id,
            user_role=seat.role,
            timestamp=now_ms,
            epoch=seat.epoch,
            user_address=seat.address,
            language=info.language,
            user_name=seat.name,
            took_over=took_over or None,
        )
    )


def report_disconnected(info: SessionInfo, seat: Seat, reason: str) -> Emit:
    """Report that a sitting is over, at its newest proof (R23)."""
    return Emit(
        UserDisconnected(
            session_id=info.id, user_role=seat.role, reason=reason, timestamp=seat.proof_ms, epoch=seat.epoch
        )
    )


def report_heartbeat(info: SessionInfo, seat: Seat, proof_ms: int, *, flows: bool) -> Emit:
    """Report a proof of the seat (R22). *flows* is False when media no longer arrives there."""
    return Emit(
        SessionHeartbeat(
            session_id=info.id,
            user_role=seat.role,
            user_address=seat.address,
            language=info.language,
            start_time=info.start,
            is_audio_enabled=seat.audio,
            is_video_enabled=seat.video,
            elapsed_seconds=elapsed_seconds(info.start, proof_ms),
            is_media_flowing=None if flows else False,
            timestamp=proof_ms,
            epoch=seat.epoch,
        )
    )


def report_newest_proof(info: SessionInfo, seat: Seat) -> list[Emit]:
    """Report the newest proof with media if no heartbeat has carried it, because no later proof may ever come."""
    reports = seat.reports
    proof_ms = reports.proof_ms
    if proof_ms is None or (reports.reported_ms is not None and proof_ms <= reports.reported_ms):
        return []
    reports.reported_ms = proof_ms
    return [report_heartbeat(info, seat, proof_ms, flows=True)]


def report_stopped(info: SessionInfo, seat: Seat) -> list[Emit]:
    """Report a seat at which no media arrives, if nothing was reported since its join: that can take some pings.

    Its participant is about to answer a question, and the platform takes no answer of somebody who is not there.
    After a silence that includes a seat whose first counters cannot be compared yet: the meter stands still anyway.
    """
    reports = seat.reports
    is_unsure = seat.flow.needs_growth and reports.unsure_ms is not None
    if seat.beat_ms is not None or not (is_unsure or reports.newest is ReportedMedia.STOPPED):
        return []
    seat.beat_ms, reports.newest, reports.unsure_ms = seat.proof_ms, ReportedMedia.STOPPED, None
    return [report_heartbeat(info, seat, seat.proof_ms, flows=False)]


def report_proof(
    info: SessionInfo, seat: Seat, now_ms: int, *, flows: bool, due: bool, media_ms: int
) -> list[Emit]:
    """Report the newest proof when it is *due*. Report it at once when media stops or comes back (`_is_news`)."""
    reports, emits, unsure_ms = seat.reports, [], seat.reports.unsure_ms
    if flows:
        reports.unsure_ms = None
    if flows and unsure_ms is not None and 0 <= now_ms - unsure_ms < media_ms:
        # Send one heartbeat, not two: a webhook may swap them, and then the older one would not count.
        seat.beat_ms, reports.newest = None, ReportedMedia.FLOWING
        reports.proof_ms, reports.reported_ms = seat.proof_ms, unsure_ms
        return [report_heartbeat(info, seat, unsure_ms, flows=True)]
    if flows:
        reports.proof_ms = seat.proof_ms
        found = ReportedMedia.FLOWING
    else:
        emits += report_newest_proof(info, seat)
        found = ReportedMedia.STOPPED if seat.flow.is_quiet(now_ms, media_ms) else ReportedMedia.MISSING
    if due or _is_news(reports.newest, found):
        seat.beat_ms, reports.newest = seat.proof_ms, found
        reports.reported_ms = reports.proof_ms
        emits.append(report_heartbeat(info, seat, seat.proof_ms, flows=flows))
    return emits


def _is_news(before: ReportedMedia, found: ReportedMedia) -> bool:
    """Tell whether the platform must know at once: a stop has lasted long, or a stop is over."""
    return found is not before and (found is not ReportedMedia.MISSING or before is ReportedMedia.STOPPED)


def report_actions(info: SessionInfo, seat: Seat, now_ms: int) -> list[Emit]:
    """Report what the participant has switched since the last report (R26), at most once a second."""
    before = seat.reported_on
    if before is None or not seat.has_unreported_switch or now_ms - seat.acted_ms < ACTIONS_EVERY_MS:
        return []
    (audio, video), seat.reported_on = before, (seat.audio, seat.video)
    actions: list[Action] = []
    if audio is not seat.audio:
        actions.append("unmuted" if seat.audio else "muted")
    if video is not seat.video:
        actions.append("video-enabled" if seat.video else "video-disabled")
    if actions:
        seat.acted_ms = now_ms
    return [_report_action(info, seat, action, now_ms) for action in actions]


def _report_action(info: SessionInfo, seat: Seat, action: Action, now_ms: int) -> Emit:
    return Emit(
        UserAction(
            session_id=info.id,
            user_role=seat.role,
            action=action,
            user_address=seat.address,
            timestamp=now_ms,
            epoch=seat.epoch,
        )
    )


def report_end(info: SessionInfo, by: Seat, at_ms: int) -> Emit:
    """Report that someone ended the session (R24)."""
    return Emit(
        SessionEnded(
            session_id=info.id,
            total_seconds=elapsed_seconds(info.start, at_ms),
            ended_by=by.role,
            user_address=by.address,
            reason="ended-by-user",
            timestamp=at_ms,
        )
    )
