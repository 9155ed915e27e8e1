"""A session whose facts are made one by one."""

from __future__ import annotations

import itertools

from langdao_video.billing.lesson import Lesson
from langdao_video.session.events import SessionHeartbeat
from langdao_video.session.facts import Recorded, SeatTaken, SessionCreated, UserActed
from langdao_video.session.roles import Role

START_MS = 1_764_000_000_000
ADDRESS = "0x742d35Cc6634C0532925a3b8D52c0b98db8d2aD1"


class Told:
    """A lesson that records facts and makes heartbeats."""

    def __init__(self, session_id: str) -> None:
        self.lesson = Lesson(session_id)
        self._ids = itertools.count(1)
        created = SessionCreated(
            student_address=ADDRESS,
            tutor_address=None,
            language="es",
            start_ms=START_MS,
            rate_minor=3_600,
            currency="USD",
            decimals=2,
        )
        self.created = self._record(created)

    def came(self, role: Role = "student", epoch: int = 1) -> list[Recorded]:
        """Let a participant take a seat."""
        return [self._record(SeatTaken(role=role, epoch=epoch, address=ADDRESS))]

    def acted(self, action: str = "muted") -> list[Recorded]:
        """Let the student switch the microphone or the camera."""
        return [self._record(UserActed(role="student", action=action))]

    def beat(self, second: int = 0) -> SessionHeartbeat:
        """Make a heartbeat."""
        return SessionHeartbeat(
            session_id=self.lesson.id,
            user_role="student",
            user_address=ADDRESS,
            language="es",
            start_time=START_MS,
            is_audio_enabled=True,
            is_video_enabled=True,
            elapsed_seconds=second,
            timestamp=START_MS + second * 1_000,
            epoch=1,
        )

    def _record(self, fact: SessionCreated | SeatTaken | UserActed) -> Recorded:
        number = next(self._ids)
        return self.lesson.record(fact, START_MS + number, f"{self.lesson.id}-{number}")
