"""What a session is made of, asked for by a platform or assumed in development. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from langdao_video.billing.money import Rate
from langdao_video.billing.quota import Cap
from langdao_video.session.events import UserConnected
from langdao_video.session.facts import SessionCreated
from langdao_video.session.languages import LANGUAGES
from langdao_video.session.links import ASSUMED_LANGUAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSession:
    """What is needed to make a session."""

    id: str
    student_address: str | None
    tutor_address: str | None
    language: str
    start_ms: int
    rate: Rate
    cap: Cap | None = None
    brand: str | None = None
    """The platform's name on the statement."""
    assumed: bool = False

    def write_fact(self) -> SessionCreated:
        """Return the first fact of the session."""
        return SessionCreated(
            student_address=self.student_address,
            tutor_address=self.tutor_address,
            language=self.language,
            start_ms=self.start_ms,
            rate_minor=self.rate.minor,
            currency=self.rate.currency,
            decimals=self.rate.decimals,
            assumed=self.assumed,
            cap_seconds=self.cap.seconds if self.cap else None,
            cap_minor=self.cap.minor if self.cap else None,
            brand=self.brand,
        )


def assume_session(event: UserConnected, rate: Rate) -> NewSession:
    """Return the session that a first `user-connected` must belong to, at *rate*, where nobody has made one."""
    return NewSession(
        id=event.session_id,
        student_address=event.user_address if event.user_role == "student" else None,
        tutor_address=event.user_address if event.user_role == "tutor" else None,
        language=event.language if event.language in LANGUAGES else ASSUMED_LANGUAGE,
        start_ms=event.timestamp,
        rate=rate,
        assumed=True,
    )
