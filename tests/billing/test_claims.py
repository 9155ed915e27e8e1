"""How long the pages' claims stopped the meter, and when a question about them opens (docs/ledger.md)."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import pytest

from langdao_video.billing.claims import ASK_MS, FOUND_MS, UNASKED_MS_MAX, OpenClaims
from langdao_video.billing.meter import NEVER_MS
from langdao_video.session.claims import Claim, ClaimKind
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

MEDIA_MS = 15_000
EDGE_MS = 1_000_000
LOST = ProofLost(role="student", epoch=1, why="media")
FOUND = ProofResumed(role="student", epoch=1)
ASKED = Warned(role="student", grace_seconds=30, due_ms=0, cause="media")
WAITS = ChoseToWait(decided_by="tutor")
RESOLVED = GraceResolved()
QUIET = ProofLost(role="student", epoch=1, why="silence")
IGNORES = Disputed(role="student", epoch=1, kind="silence", student="no-answer", tutor="answers")
BEGINS_ANEW = SeatTaken(role="student", epoch=2, address=None)
GONE = SeatLeft(role="tutor", epoch=1, reason="left")
BACK = SeatTaken(role="tutor", epoch=2, address=None)
SILENT = ProofLost(role="tutor", epoch=1, why="silence")
HEARD = ProofResumed(role="tutor", epoch=1)
ASKED_AFTER = Warned(role="tutor", grace_seconds=30, due_ms=0)


def revised(lost: Literal["media"] | None, edge_ms: int) -> PresenceRevised:
    return PresenceRevised(
        role="student", epoch=1, is_taken=True, lost=lost, edge_ms=edge_ms, within=(0, edge_ms), spans=()
    )


def tutor_revised(lost: Literal["silence", "media"] | None) -> PresenceRevised:
    return PresenceRevised(
        role="tutor", epoch=1, is_taken=True, lost=lost, edge_ms=0, within=(0, 0), spans=()
    )


def fold(*facts: tuple[int, Fact]) -> OpenClaims:
    """Fold facts; times in seconds."""
    claims = OpenClaims()
    for at_s, fact in facts:
        claims.take(fact, at_s * 1_000)
    return claims


@pytest.mark.parametrize(
    ("facts", "cost_s"),
    [
        ([], 0),
        ([(10, LOST)], 0),  # the claim is open, so its cost is not known yet
        ([(10, LOST), (22, FOUND)], 12),
        ([(10, LOST), (22, FOUND), (30, LOST), (45, FOUND)], 27),  # over the whole lesson
        ([(10, LOST), (35, ASKED)], 25),
        ([(10, LOST), (35, ASKED), (50, FOUND)], 25),  # during a question a claim costs nothing
        ([(10, LOST), (35, ASKED), (40, WAITS)], 0),
        ([(10, LOST), (35, ASKED), (40, replace(WAITS, decided_by="platform"))], 0),
        ([(10, LOST), (35, ASKED), (40, replace(WAITS, decided_by="student"))], 25),  # it is their own claim
        ([(10, LOST), (22, SeatLeft(role="student", epoch=1, reason="left"))], 12),
        ([(10, LOST), (22, SeatTaken(role="student", epoch=2, address=None))], 12),
        ([(10, ProofLost(role="student", epoch=1, why="silence")), (30, FOUND)], 0),  # a drop is no claim
        ([(30, revised("media", 10_000)), (32, FOUND)], 22),
        ([(10, LOST), (30, revised(None, 20_000)), (32, FOUND)], 0),  # late evidence: there was no claim
        ([(10, GONE), (10, LOST), (50, BACK), (54, FOUND)], 4),  # alone, a claim costs nothing
        ([(10, LOST), (15, GONE), (50, BACK), (54, FOUND)], 9),
        ([(10, LOST), (15, GONE), (50, FOUND), (55, BACK)], 5),
        ([(10, SILENT), (10, LOST), (35, ASKED_AFTER), (50, HEARD), (54, FOUND)], 4),
        ([(10, SILENT), (10, LOST), (50, tutor_revised("silence")), (60, HEARD), (63, FOUND)], 3),
        ([(10, SILENT), (10, LOST), (50, tutor_revised(None)), (54, FOUND)], 4),
        ([(22, IGNORES), (10, QUIET), (30, FOUND)], 20),  # a page that answers no ping makes a claim, too
        ([(22, IGNORES), (32, ASKED), (10, QUIET), (50, FOUND)], 22),
        ([(22, IGNORES), (10, QUIET), (36, ASKED), (50, FOUND)], 26),
        ([(22, IGNORES), (32, ASKED), (33, RESOLVED), (10, QUIET), (36, FOUND)], 26),
        ([(22, IGNORES), (32, ASKED), (33, WAITS), (10, QUIET), (36, FOUND)], 26),
        ([(22, IGNORES), (32, ASKED), (33, ASKED), (10, QUIET), (36, FOUND)], 22),
        ([(10, LOST), (20, tutor_revised("media")), (32, FOUND)], 22),  # who gets no media is not away
    ],
)
def test_the_cost_of_claims_adds_up_until_somebody_answers(
    facts: list[tuple[int, Fact]], cost_s: int
) -> None:
    assert fold(*facts).cost_ms == {"student": cost_s * 1_000, "tutor": 0}


@pytest.mark.parametrize(
    ("cost_s", "asked_after_s"), [(0, 25), (5, 20), (12, 13), (25, 0), (26, 0), (100, 0)]
)
def test_the_more_claims_have_cost_the_sooner_the_question_comes(cost_s: int, asked_after_s: int) -> None:
    claims = OpenClaims(cost_ms={"student": cost_s * 1_000, "tutor": 0})

    assert claims.plan_media("student", EDGE_MS, MEDIA_MS) == EDGE_MS + asked_after_s * 1_000
    assert claims.plan_media("tutor", EDGE_MS, MEDIA_MS) == EDGE_MS + MEDIA_MS + ASK_MS


@pytest.mark.parametrize(("cost_s", "asked_after_s"), [(0, 25), (20, 25), (25, 20), (35, 10), (100, 10)])
def test_who_comes_back_is_not_asked_at_once_about_what_did_not_arrive_meanwhile(
    cost_s: int, asked_after_s: int
) -> None:
    """Media needs a moment to come back after its page. So one disconnect would have had two questions."""
    claims = fold((1_000, LOST), (1_000, GONE), (1_060, BACK))
    claims.cost_ms["student"] = cost_s * 1_000

    assert claims.plan_media("student", EDGE_MS, MEDIA_MS) == (1_060 + asked_after_s) * 1_000


@pytest.mark.parametrize("cost_ms", range(0, UNASKED_MS_MAX + 1, 1_000))
def test_nobody_loses_more_than_45_seconds_unasked(cost_ms: int) -> None:
    claims = OpenClaims(cost_ms={"student": cost_ms, "tutor": 0})

    asked_ms = claims.plan_media("student", EDGE_MS, MEDIA_MS) - EDGE_MS
    at_once = cost_ms >= UNASKED_MS_MAX - FOUND_MS

    assert asked_ms == 0 if at_once else cost_ms + asked_ms + FOUND_MS <= UNASKED_MS_MAX


def disputed(role: Role, kind: ClaimKind, *, is_open: bool = True) -> Disputed:
    own: Claim = "no-answer" if kind == "silence" else "nothing-arrives"
    across: Claim = "answers" if kind == "silence" else "is-received"
    says = {role: own, other(role): across}
    return Disputed(
        role=role, epoch=1, kind=kind, student=says["student"], tutor=says["tutor"], is_open=is_open
    )


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("cost_s", "asked_after_s"), [(0, 10), (12, 3), (25, 0), (100, 0)])
def test_silence_is_asked_about_ten_seconds_after_it_is_known_or_sooner(
    role: Role, cost_s: int, asked_after_s: int
) -> None:
    edge_s = 1_000
    claims = fold((edge_s + 10, disputed(role, "silence")))
    claims.cost_ms[role] = cost_s * 1_000

    assert claims.is_silent
    assert claims.plan_silence(role, edge_s * 1_000, MEDIA_MS) == (edge_s + 10 + asked_after_s) * 1_000
    assert claims.plan_silence(other(role), edge_s * 1_000, MEDIA_MS) is None


UNCONFIRMED = replace(disputed("student", "media"), tutor="sends")


@pytest.mark.parametrize(
    ("fact", "is_refuted"),
    [
        (disputed("student", "media"), True),  # its own browser still confirms media
        (disputed("student", "silence"), True),  # other frames come, but no answers
        (UNCONFIRMED, False),  # the other side sends, but no evidence shows what arrived
        (disputed("tutor", "media"), False),  # the other side claims this
    ],
)
def test_a_claim_is_refuted_by_evidence_and_not_by_the_other_sides_word(
    fact: Disputed, *, is_refuted: bool
) -> None:
    assert fold((10, fact)).is_refuted("student") is is_refuted


def test_the_end_of_a_dispute_nobody_knew_of_says_only_that_its_beginning_is_late() -> None:
    claims = fold((10, disputed("student", "media", is_open=False)))
    again = fold((10, disputed("student", "media", is_open=False)), (11, BEGINS_ANEW))

    assert (claims.disputes, claims.told_ms) == ({}, {"student": 10_000, "tutor": NEVER_MS})
    assert again == fold((11, BEGINS_ANEW)) == OpenClaims()


@pytest.mark.parametrize("kind", ["media", "silence"])
@pytest.mark.parametrize(
    "after",
    [
        disputed("student", "silence", is_open=False),
        SeatLeft(role="student", epoch=1, reason="left"),
        SeatTaken(role="student", epoch=2, address=None),
    ],
)
def test_a_dispute_ends_with_its_claim_or_with_the_sitting(kind: ClaimKind, after: Fact) -> None:
    claims = fold((10, disputed("student", kind)), (20, after))

    assert (claims.disputes, claims.is_silent) == ({}, False)


@pytest.mark.parametrize(
    ("facts", "both", "said"),
    [
        ([], False, ("media", "nothing-arrives", None)),
        ([], True, ("media", "nothing-arrives", "nothing-arrives")),
        ([(10, disputed("student", "media"))], False, ("dispute", "nothing-arrives", "is-received")),
        ([(10, disputed("student", "silence"))], False, ("silence", "no-answer", "answers")),
        ([(10, disputed("tutor", "media"))], False, ("media", "nothing-arrives", None)),
    ],
)
def test_the_question_names_the_claim_of_each_page(
    facts: list[tuple[int, Fact]], said: tuple[str, str | None, str | None], *, both: bool
) -> None:
    assert fold(*facts).describe("student", both=both) == said
