"""Reads the proofs that an event of a call service elsewhere carries besides its own. Pure.

A call service sends only the newest heartbeat of each participant. When several were made since the last one that
arrived, `proven` of the next event says that the participant was there all the time.
"""

from __future__ import annotations

from typing import Final

from langdao_video.billing.lesson import Lesson
from langdao_video.billing.rules import SILENCE_MS
from langdao_video.session.events import (
    UNIX_MS_MIN,
    Proven,
    PublicEvent,
    SessionHeartbeat,
    elapsed_seconds,
)
from langdao_video.session.links import ASSUMED_LANGUAGE
from langdao_video.session.roles import ROLES, Role

STEP_MS: Final = 10_000
"""How far apart the proofs are that stand for a span: as far as heartbeats."""
PROOFS_MAX: Final = 3_000
"""How many proofs one event stands for at most: over eight hours of one participant. Later ones are preferred."""


def read_proofs(lesson: Lesson, event: PublicEvent) -> list[SessionHeartbeat]:
    """Return the heartbeats that *event* stands for and that *lesson* has not heard, the oldest first.

    They lie on a grid that only the span decides, so that each event that tells of it means the same proofs.
    """
    beats: list[SessionHeartbeat] = []
    for role in ROLES:
        proven = None if event.proven is None else event.proven.get(role)
        if proven is None or not UNIX_MS_MIN <= proven.since <= proven.until <= event.timestamp:
            continue
        if _lacks_hole(lesson, role, proven):
            beats.append(_beat(lesson, event, role, proven.since - 1, proven.epoch, is_proof=False))
        known_ms = max(lesson.meter.edge_ms(role), proven.since - 1)
        first = -(-(known_ms + 1 - proven.since) // STEP_MS)
        grid = range(proven.since + first * STEP_MS, proven.until, STEP_MS)  # a wrong *since* makes millions
        times = [*grid[1 - PROOFS_MAX :], proven.until]
        own_ms = event.timestamp if isinstance(event, SessionHeartbeat) and event.user_role == role else None
        beats += [
            _beat(lesson, event, role, at_ms, proven.epoch)
            for at_ms in times
            if at_ms > known_ms and at_ms != own_ms
        ]
    return sorted(beats, key=lambda beat: (beat.timestamp, beat.user_role))


def _lacks_hole(lesson: Lesson, role: Role, proven: Proven) -> bool:
    """Tell whether the next proof would join what a stop of the media parted: its own heartbeat was overtaken."""
    edge_ms, seat = lesson.meter.edge_ms(role), lesson.seats[role]
    is_sitting = seat.is_taken and seat.epoch == proven.epoch
    return is_sitting and edge_ms < proven.since - 1 <= edge_ms + SILENCE_MS


def _beat(
    lesson: Lesson, event: PublicEvent, role: Role, at_ms: int, epoch: int, *, is_proof: bool = True
) -> SessionHeartbeat:
    start_ms = lesson.created.start_ms if lesson.created else at_ms
    return SessionHeartbeat(
        session_id=event.session_id,
        user_role=role,
        user_address=lesson.seats[role].address or "unknown",
        language=lesson.created.language if lesson.created else ASSUMED_LANGUAGE,
        start_time=start_ms,
        is_audio_enabled=True,
        is_video_enabled=True,
        is_media_flowing=None if is_proof else False,
        elapsed_seconds=elapsed_seconds(start_ms, at_ms),
        timestamp=at_ms,
        epoch=epoch,
    )
