"""Keeps what the pages of a session claim, and decides when to ask somebody about it (design law 10). Sans-I/O state.

Three laws:
- The claims of one side stop the meter for at most 45 s before the other side is asked. The 45 s are counted over the
  whole session, not anew for each stop.
- While the other side is away a claim costs nothing, because nothing would be billed. When they are back, the claim
  begins anew: media needs a moment to come back, too.
- After repeated claims that evidence denies, a question stays open until it is answered.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from langdao_video.billing.meter import NEVER_MS
from langdao_video.session.claims import Claim, WarningCause
from langdao_video.session.facts import (
    ChoseToWait,
    Disputed,
    Fact,
    GraceResolved,
    PresenceRevised,
    ProofLost,
    ProofResumed,
    SeatLeft,
    SeatTaken,
    Warned,
)
from langdao_video.session.roles import ROLES, Role, other

ASK_MS: Final = 10_000
"""How long a pause by claim, a dispute or a silence lasts before somebody is asked."""
UNASKED_MS_MAX: Final = 45_000
"""How much billable time one side's claims may cost before the other side is asked."""
FOUND_MS: Final = 20_000
"""How long after the newest proof a stop of media is found at the latest: the 15 s that make one, and a ping."""
STAYS_MS: Final = 20_000
"""When one side's claims have cost this much without an answer, a question about a claim that evidence denies no longer
ends when that side's media goes on: the other side must answer it."""


@dataclass(slots=True)
class OpenClaims:
    """The claims of a session, folded from its facts. The same facts give the same claims."""

    disputes: dict[Role, tuple[Disputed, int]] = field(default_factory=dict)
    """The dispute that is open now and since when (Unix ms), by the role whose page makes the claim."""
    cost_ms: dict[Role, int] = field(default_factory=lambda: dict.fromkeys(ROLES, 0))
    """The billable time that the unasked claims of each role have cost since the newest answer of another."""
    _since_ms: dict[Role, int] = field(default_factory=dict)
    """Since when the current claim of each role has cost billable time without a question (Unix ms)."""
    told_ms: dict[Role, int] = field(default_factory=lambda: dict.fromkeys(ROLES, NEVER_MS))
    """When the newest dispute of each role's sitting began or ended, Unix ms. Older events about disputes are late."""
    _asked_ms: int | None = None
    """Since when a question is open, Unix ms; None if none is."""
    _away: set[Role] = field(default_factory=set)
    """The roles that have come and are gone, or silent."""

    def is_refuted(self, role: Role) -> bool:
        """Tell whether evidence denies what *role*'s page claims, so that a failed network cannot be the cause.

        The page's own browser still confirms what the page says does not arrive, or the page is there and does not
        answer its pings.
        """
        if role not in self.disputes:
            return False
        dispute = self.disputes[role][0]
        return dispute.kind == "silence" or "is-received" in {dispute.student, dispute.tutor}

    def must_be_answered(self, role: Role) -> bool:
        """Tell whether a question about *role*'s claim stays until it is answered, also when the claim is over."""
        return self.is_refuted(role) and self.cost_ms[role] >= STAYS_MS

    @property
    def is_silent(self) -> bool:
        """Whether a page is there and does not answer its pings. While it does not, no proof ends the pause."""
        return any(self._is_silent(role) for role in ROLES)

    def is_silent_without(self, role: Role) -> bool:
        """Tell whether a page still does not answer its pings when *role* has a new one, with a new sitting."""
        return any(self._is_silent(each) for each in ROLES if each != role)

    def _is_silent(self, role: Role) -> bool:
        return role in self.disputes and self.disputes[role][0].kind == "silence"

    def take(self, fact: Fact, at_ms: int) -> None:
        """Take the next fact of the lesson, which happened at *at_ms*."""
        match fact:
            case Disputed():
                self._take_dispute(fact, at_ms)
            case ProofLost():
                self._lose(fact, at_ms)
            case ProofResumed():
                self._count(fact.role, at_ms)
            case PresenceRevised() if fact.lost == "media":
                self._since_ms[fact.role] = fact.edge_ms
            case PresenceRevised():
                self._since_ms.pop(fact.role, None)
            case SeatTaken() | SeatLeft():
                self._count(fact.role, at_ms)
                self.disputes.pop(fact.role, None)
                self.told_ms[fact.role] = NEVER_MS
            case Warned() | GraceResolved() | ChoseToWait():
                self._take_question(fact, at_ms)
        self._follow(fact, at_ms)

    def _take_dispute(self, dispute: Disputed, at_ms: int) -> None:
        self.told_ms[dispute.role] = at_ms
        if dispute.is_open:
            self.disputes[dispute.role] = dispute, at_ms
        else:
            self.disputes.pop(dispute.role, None)

    def _lose(self, lost: ProofLost, at_ms: int) -> None:
        """Begin to count. That a page left its pings unanswered may be known only after somebody was asked."""
        if lost.why == "media":
            self._since_ms[lost.role] = at_ms
        elif self._is_silent(lost.role):
            self._since_ms[lost.role] = at_ms
            if self._asked_ms is not None:
                self._count(lost.role, self._asked_ms)

    def _take_question(self, fact: Warned | GraceResolved | ChoseToWait, at_ms: int) -> None:
        if isinstance(fact, Warned):
            self._asked_ms = at_ms if self._asked_ms is None else self._asked_ms
            self._count_open(at_ms)
            return
        self._asked_ms = None
        if isinstance(fact, ChoseToWait):  # nobody answers a question about their own claim
            self.cost_ms = {
                role: cost_ms if role == fact.decided_by else 0 for role, cost_ms in self.cost_ms.items()
            }

    def _follow(self, fact: Fact, at_ms: int) -> None:
        """Note who is away, and who is back."""
        match fact:
            case SeatLeft() | ProofLost(why="silence"):
                self._note_away(fact.role, at_ms)
            case SeatTaken() | ProofResumed():
                self._note_back(fact.role, at_ms)
            case PresenceRevised() if fact.is_taken and fact.lost != "silence":
                self._note_back(fact.role, at_ms)
            case PresenceRevised():
                self._note_away(fact.role, at_ms)

    def _count(self, role: Role, at_ms: int) -> None:
        since_ms = self._since_ms.pop(role, at_ms)
        if other(role) not in self._away:
            self.cost_ms[role] += max(0, at_ms - since_ms)

    def _count_open(self, at_ms: int) -> None:
        """Count what claims have cost until a question. One whose other side is away costs nothing, and goes on."""
        for role in ROLES:
            if other(role) not in self._away:
                self._count(role, at_ms)

    def _note_away(self, role: Role, at_ms: int) -> None:
        across = other(role)
        if across in self._since_ms:
            self._count(across, at_ms)
            self._since_ms[across] = at_ms
        self._away.add(role)

    def _note_back(self, role: Role, at_ms: int) -> None:
        across = other(role)
        if role in self._away and across in self._since_ms:
            self._since_ms[across] = at_ms
        self._away.discard(role)

    def plan_media(self, role: Role, edge_ms: int, media_ms: int) -> int:
        """Return when to ask about *role*, whose page says that nothing has arrived since *edge_ms* (Unix ms)."""
        left_ms = UNASKED_MS_MAX - self.cost_ms[role]
        since_ms = self._since_ms.get(role, edge_ms)
        if since_ms > edge_ms:  # the other side came back meanwhile, and the stop is known already
            return since_ms + max(ASK_MS, min(media_ms + ASK_MS, left_ms))
        return edge_ms + max(0, min(media_ms + ASK_MS, left_ms - FOUND_MS))

    def plan_silence(self, role: Role, edge_ms: int, media_ms: int) -> int | None:
        """Return when to ask about *role*, whose page does not answer its pings (Unix ms); None if it does."""
        if not self._is_silent(role):
            return None
        opened_ms = self.disputes[role][1]
        return max(opened_ms, min(opened_ms + ASK_MS, self.plan_media(role, edge_ms, media_ms)))

    def plan_beginning(self, role: Role) -> int | None:
        """Return when to ask about *role*, whose page does not answer before the session has begun; None if it does.

        Unix ms. Nothing is billable yet, so no proof says since when it costs something.
        """
        return self.disputes[role][1] + ASK_MS if self._is_silent(role) else None

    def describe(self, role: Role, *, both: bool) -> tuple[WarningCause, Claim | None, Claim | None]:
        """Return why somebody is asked about *role*'s claim, what the student's page says, and what the tutor's says.

        *both*: the peer's page also says that nothing arrives.
        """
        if role in self.disputes:
            dispute = self.disputes[role][0]
            return ("silence" if dispute.kind == "silence" else "dispute"), dispute.student, dispute.tutor
        says: Claim = "nothing-arrives"
        student = says if both or role == "student" else None
        return "media", student, says if both or role == "tutor" else None
