"""One claimed stream while its messages are sent: what its claim is, and what becomes of it. Sans-I/O.

Law: a result counts only for the place at which the stream was claimed.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from langdao_video.delivery.outcomes import follow, stay
from langdao_video.delivery.pacing import Lane
from langdao_video.store.delivery_port import Attempt, Outcome, Parked, SessionLog, Stream


@dataclass(slots=True)
class StreamRun:
    """The work on one stream."""

    stream: Stream
    lane: Lane
    log: SessionLog
    begun_ms: int
    outcome: Outcome = field(init=False)
    claimed_position: int = field(init=False)
    newer: Stream | None = None
    """The stream as it was claimed again after another worker or an operator had moved it. This run is stale then."""
    attempts: list[Attempt] = field(default_factory=list)
    parked: list[Parked] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.outcome = stay(self.stream)
        self.claimed_position = self.stream.position

    def renew(self, stream: Stream) -> None:
        """Go on with a new claim: the lease of the old one ran out, for example because this machine slept."""
        if self.newer is None and stream.position == self.claimed_position:
            self.stream = replace(self.stream, token=stream.token)
        else:
            self.newer = stream

    def take(self, outcome: Outcome) -> None:
        """Take over the result of one message."""
        self.attempts += outcome.log
        self.parked += outcome.parked
        self.outcome = outcome
        self.stream = follow(self.stream, outcome)

    def finish(self) -> Outcome:
        """Return what is settled. A stale run gives the newer claim back as it is; only its attempts are told."""
        log = tuple(self.attempts)
        if self.newer is not None:
            return replace(stay(self.newer), log=log)
        return replace(self.outcome, stream=self.stream, parked=tuple(self.parked), log=log)
