"""What the pages claim of a lesson, and when somebody is asked about it (design law 10). Sans-I/O state.

Two laws: nobody's word stops the meter for more than 45 s before the other side was asked, and it is counted over the
whole lesson, not from stop to stop; a question that repeated false claims have earned stays until it is answered.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from langdao_video.session.claims import Claim, WarningCause
from langdao_video.session.facts import (
    ChoseToWait,
    Disputed,
    Fact,
    PresenceRevised,
    ProofLost,
    ProofResumed,
    SeatLeft,
    SeatTaken,
    Warned,
)
from langdao_video.session.roles import ROLES, Role

ASK_MS: Final = 10_000
"""How long a pause by claim, a dispute or a silence stands before somebody is asked."""
UNASKED_MS_MAX: Final = 45_000
"""What one side's claims may cost before the other side was asked."""
FOUND_MS: Final = 20_000
"""A stop of media is found at most so long after the newest proof: the 15 s that make one, and a ping."""
STAYS_MS: Final = 20_000
"""A side whose claims have cost so much without an answer no longer ends a question about a claim that evidence denies
by going on."""


@dataclass(slots=True)
class OpenClaims:
    """Folded from the facts; the same facts give the same claims."""

    disputes: dict[Role, tuple[Disputed, int]] = field(default_factory=dict)
    """What is disputed now, and since when (Unix ms), by the role whose page claims it."""
    cost_ms: dict[Role, int] = field(default_factory=lambda: dict.fromkeys(ROLES, 0))
    """What the claims of each role have cost before anyone was asked, since the newest answer."""
    _since_ms: dict[Role, int] = field(default_factory=dict)
    """From when the claim that stands now has cost something, and nobody was asked yet."""

    def is_refuted(self, role: Role) -> bool:
        """Whether evidence denies what *role*'s page claims: it cannot be a network that failed.

        Its own browser goes on confirming what it says does not arrive, or it is there and does not answer.
        """
        if role not in self.disputes:
            return False
        dispute = self.disputes[role][0]
        return dispute.kind == "silence" or "is-received" in {dispute.student, dispute.tutor}

    @property
    def is_silent(self) -> bool:
        """Whether a page is there and does not answer: then no proof brings it back."""
        return any(dispute.kind == "silence" for dispute, _ in self.disputes.values())

    def take(self, fact: Fact, at_ms: int) -> None:
        """Take the next fact of the lesson, which happened at *at_ms*."""
        match fact:
            case Disputed():
                if fact.is_open:
                    self.disputes[fact.role] = fact, at_ms
                else:
                    self.disputes.pop(fact.role, None)
            case ProofLost(why="media"):
                self._since_ms[fact.role] = at_ms
            case ProofResumed():
                self._count(fact.role, at_ms)
            case PresenceRevised() if fact.lost == "media":
                self._since_ms[fact.role] = fact.edge_ms
            case PresenceRevised():
                self._since_ms.pop(fact.role, None)
            case SeatTaken() | SeatLeft():
                self._count(fact.role, at_ms)
                self.disputes.pop(fact.role, None)
            case Warned():
                for role in ROLES:
                    self._count(role, at_ms)
            case ChoseToWait():
                self.cost_ms = dict.fromkeys(ROLES, 0)

    def _count(self, role: Role, at_ms: int) -> None:
        since_ms = self._since_ms.pop(role, at_ms)
        self.cost_ms[role] += max(0, at_ms - since_ms)

    def plan_media(self, role: Role, edge_ms: int, media_ms: int) -> int:
        """Tell when to ask about *role*, whose page says that nothing has arrived since *edge_ms* (Unix ms)."""
        left_ms = UNASKED_MS_MAX - FOUND_MS - self.cost_ms[role]
        return edge_ms + max(0, min(media_ms + ASK_MS, left_ms))

    def plan_silence(self, role: Role, edge_ms: int, media_ms: int) -> int | None:
        """Tell when to ask about *role*, whose page does not answer; None if it does."""
        if role not in self.disputes or self.disputes[role][0].kind != "silence":
            return None
        opened_ms = self.disputes[role][1]
        return max(opened_ms, min(opened_ms + ASK_MS, self.plan_media(role, edge_ms, media_ms)))

    def describe(self, role: Role, *, both: bool) -> tuple[WarningCause, Claim | None, Claim | None]:
        """Say why somebody is asked about *role*'s claim, and what the student's page and the tutor's say.

        *both*: the page across says as well that nothing arrives.
        """
        if role in self.disputes:
            dispute = self.disputes[role][0]
            return ("silence" if dispute.kind == "silence" else "dispute"), dispute.student, dispute.tutor
        says: Claim = "nothing-arrives"
        student = says if both or role == "student" else None
        return "media", student, says if both or role == "tutor" else None
