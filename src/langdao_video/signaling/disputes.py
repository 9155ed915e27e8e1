"""Compares what each seat's page claims with the other side's evidence, and reports disputes.

It reads sans-I/O state, and notes in the seat which dispute it has reported.

A dispute is reported once when it begins and once when the claim is over. It moves no meter: the platform backend
decides whether and when to ask somebody.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from langdao_video.session.claims import Claim, ClaimKind
from langdao_video.session.events import Claims, Dispute
from langdao_video.session.roles import Role, other
from langdao_video.signaling.effects import Emit
from langdao_video.signaling.evidence import LATE_MS, Verdict, came_before
from langdao_video.signaling.messages import SessionInfo
from langdao_video.signaling.rules import RoomRules
from langdao_video.signaling.seats import Seat, SeatPhase


def both_had_media(seats: Mapping[Role, Seat]) -> bool:
    """Tell whether media has ever arrived at both seats."""
    return all(seat.flow.has_begun for seat in seats.values())


def must_grow(seats: Mapping[Role, Seat], seat: Seat) -> bool:
    """Tell whether only growing counters prove that media arrives at *seat*: both had some, or its first may be old."""
    return both_had_media(seats) or (seat.flow.needs_growth and seat.flow.has_begun)


def media_flows(
    seats: Mapping[Role, Seat], seat: Seat, rules: RoomRules, now_ms: int, *, is_fresh: bool
) -> bool:
    """Tell whether media counts as arriving at *seat*. *is_fresh*: it has arrived with the newest answer.

    A page that cannot count is taken to receive, also where the other side's media had stopped before a restart.
    """
    if must_grow(seats, seat) and seat.flow.counts:
        return is_fresh
    return not seat.flow.is_starved(now_ms, rules.media_start_ms)


def is_watched(seats: Collection[Seat], rules: RoomRules) -> bool:
    """Tell whether `review` may find something new although no frame comes.

    Otherwise neither page claims that nothing arrives, and both answer their pings.
    """
    is_open = False
    for seat in seats:
        if seat.phase is not SeatPhase.SEATED:
            return False
        is_open = is_open or _is_open(seat, rules)
    return is_open


def _is_open(seat: Seat, rules: RoomRules) -> bool:
    """Tell whether the page of *seat* claims something, did so when it was reviewed last, or may leave pings open."""
    flow, lateness = seat.flow, seat.lateness
    oldest_ms = lateness.find_oldest(seat.asked_ms[0] if seat.asked_ms else None)
    return (
        seat.dispute is not None
        or lateness.since_ms is not None
        or lateness.answered_late_ms >= LATE_MS
        or (oldest_ms is not None and seat.heard_ms - oldest_ms >= LATE_MS)
        or (
            flow.claimed_ms is not None
            and flow.missing_since(rules.media_ms, rules.media_start_ms) is not None
        )
    )


def judge_media(claimant: Seat, across: Seat, rules: RoomRules, now_ms: int) -> Verdict | None:
    """Judge the claim of *claimant*'s page that nothing arrives; None if there is none that has lasted long enough."""
    since_ms = claimant.flow.missing_since(rules.media_ms, rules.media_start_ms)
    return None if since_ms is None else _judge(since_ms, claimant, across, rules, now_ms)


def may_be_outweighed(claimant: Seat, across: Seat, rules: RoomRules, now_ms: int) -> Verdict | None:
    """Judge a claim that *claimant*'s page makes now, under DISPUTES=bill; None under another rule or without one."""
    flow = claimant.flow
    if rules.disputes != "bill" or flow.claimed_ms != now_ms:
        return None
    return _judge(flow.quiet_since_ms, claimant, across, rules, now_ms)


def _judge(since_ms: int, claimant: Seat, across: Seat, rules: RoomRules, now_ms: int) -> Verdict:
    if now_ms - across.proof_ms >= rules.media_ms:
        return Verdict.AGREED  # nobody across is there to send
    # A connection fails and comes back for both at about the same time, and either page may report it first.
    # So only what came before the claim was asked for counts.
    asked_ms = claimant.flow.claim_asked_ms or 0
    receives = came_before(across.flow.grown_ms, since_ms, asked_ms)
    return across.witness.judge(since_ms, asked_ms, now_ms, sends=across.sends, receives=receives)


def review(info: SessionInfo, seats: Mapping[Role, Seat], rules: RoomRules, now_ms: int) -> list[Emit]:
    """Report each dispute that begins or ends now."""
    if not is_watched(seats.values(), rules):
        return []
    emits: list[Emit] = []
    for role, seat in seats.items():
        emits += _review(info, seat, seats[other(role)], rules, now_ms)
    return emits


def _review(info: SessionInfo, claimant: Seat, across: Seat, rules: RoomRules, now_ms: int) -> list[Emit]:
    if not (claimant.is_seated and across.is_seated):
        return []
    verdict = judge_media(claimant, across, rules, now_ms)
    found: ClaimKind | None = None
    if _is_silent(claimant, now_ms):
        found = "silence"
    elif verdict in {Verdict.CONTRADICTED, Verdict.UNSUPPORTED}:
        found = "media"
    elif verdict is not None and claimant.dispute == "media":
        found = "media"  # a dispute lasts as long as its claim, even if evidence supports it later
    before, claimant.dispute = claimant.dispute, found
    if found == before:
        return []
    evidence: Claim = "is-received" if verdict is Verdict.CONTRADICTED else "sends"
    emits = [] if before is None else [_report(info, claimant, before, evidence, now_ms, is_open=False)]
    if found is not None:
        emits.append(_report(info, claimant, found, evidence, now_ms, is_open=True))
    return emits


def _is_silent(seat: Seat, now_ms: int) -> bool:
    oldest_ms = seat.asked_ms[0] if seat.asked_ms else None
    return seat.is_seated and seat.lateness.review(oldest_ms, seat.heard_ms, now_ms)


def _report(
    info: SessionInfo, claimant: Seat, kind: ClaimKind, evidence: Claim, now_ms: int, *, is_open: bool
) -> Emit:
    pair: tuple[Claim, Claim] = (
        ("no-answer", "answers") if kind == "silence" else ("nothing-arrives", evidence)
    )
    own, others = pair
    says: dict[Role, Claim] = {
        "student": own if claimant.role == "student" else others,
        "tutor": own if claimant.role == "tutor" else others,
    }
    return Emit(
        Dispute(
            session_id=info.id,
            user_role=claimant.role,
            kind=kind,
            claims=Claims(**says),
            is_open=is_open,
            timestamp=now_ms,
            epoch=claimant.epoch,
        )
    )
