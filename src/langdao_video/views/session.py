"""Shows a session to platforms: the object of `GET /api/sessions/{id}`, and its public events. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from langdao_video.billing.lesson import Lesson
from langdao_video.billing.money import Money
from langdao_video.session.events import SessionHeartbeat
from langdao_video.session.facts import (
    BillCorrected,
    BillSettled,
    CapChanged,
    ChoseToWait,
    Disputed,
    Ended,
    EndRevised,
    Fact,
    GraceResolved,
    NoticeGiven,
    PresenceRevised,
    ProofLost,
    ProofResumed,
    Recorded,
    SeatLeft,
    SeatTaken,
    SessionCreated,
    TutorAccepted,
    UserActed,
    Warned,
)  # fmt: skip
from langdao_video.session.roles import ROLES, Role
from langdao_video.views.money import view_money


def view_lesson(lesson: Lesson, now_ms: int, language: str = "en") -> dict[str, Any]:
    """Show a session as it is now (R42)."""
    created, ended = lesson.created, lesson.ended
    return {
        "sessionId": lesson.id,
        "state": lesson.state.value,
        "reason": lesson.reason.value if lesson.reason else None,
        "startTime": created.start_ms if created else None,
        "language": created.language if created else None,
        "billableSeconds": lesson.billable_ms // 1000,
        "provenAt": lesson.proven_at_ms,
        "cost": view_money(lesson.cost, language),
        "ratePerHour": view_money(lesson.rate.as_money, language),
        "cap": view_cap(lesson),
        "participants": {
            role: {
                "connected": lesson.seats[role].is_taken,
                "epoch": lesson.seats[role].epoch,
                "address": lesson.seats[role].address,
                "name": lesson.seats[role].name,
            }
            for role in ROLES
        },
        "ended": None
        if ended is None
        else {
            "endedBy": ended.ended_by,
            "reason": ended.reason,
            "totalSeconds": ended.total_seconds,
            "timestamp": lesson.ended_at_ms,
        },
        "settling": lesson.final_at_ms is not None,
        "finalAt": lesson.final_at_ms,
        "version": lesson.version,
        "serverTime": now_ms,
    }


def view_cap(lesson: Lesson) -> dict[str, Any] | None:
    """Show the prepaid amount and how many seconds of it are left; None without a cap."""
    limit_ms = lesson.cap_ms
    if lesson.cap is None or limit_ms is None:
        return None
    left_ms = max(0, limit_ms - lesson.billable_ms)
    return {"seconds": lesson.cap.seconds, "minor": lesson.cap.minor, "remainingSeconds": left_ms // 1000}


def view_record(record: Recorded, lesson: Lesson) -> dict[str, Any]:
    """Show a fact as the event for platforms: R21, R23, R24, R26 and R39 to the letter, other events in that style."""
    fields = _fields(record.fact, lesson)
    event = {"type": record.fact.type, "sessionId": lesson.id, **fields, "timestamp": record.at_ms}
    event |= {"id": record.id, "seq": record.seq, "billableSeconds": record.mark.billable_ms // 1000}
    edges: dict[Role, int | None] = {"student": record.mark.student_ms, "tutor": record.mark.tutor_ms}
    event["proven"] = _proven(lesson, edges) or None
    return {name: value for name, value in event.items() if value is not None}


def view_claims(warned: Warned) -> dict[str, Any]:
    """Show the cause and the claims of a question; nothing if its cause is that a participant is away."""
    if warned.cause == "away":
        return {}
    says = {"student": warned.student_says, "tutor": warned.tutor_says}
    return {"cause": warned.cause, "claims": {role: claim for role, claim in says.items() if claim}}


def view_heartbeat(event: SessionHeartbeat, lesson: Lesson, id_: str) -> dict[str, Any]:
    """Show a heartbeat as the event for platforms (R22). It is no fact, so its *seq* is that of the newest fact."""
    edges = {role: lesson.meter.edge_ms(role) if lesson.meter.is_open(role) else None for role in ROLES}
    added = {"id": id_, "seq": lesson.version, "billable_seconds": lesson.billable_ms // 1000}
    sent = event.model_copy(update=added).to_wire()
    proven = _proven(lesson, edges)
    return sent | ({"proven": proven} if proven else {})


def _proven(lesson: Lesson, edges: Mapping[Role, int | None]) -> dict[str, Any]:
    """Show since when each participant has been there without a gap, up to the newest proof in *edges* (Unix ms)."""
    stays = {
        role: (edge_ms, lesson.meter.stay(role, edge_ms))
        for role, edge_ms in edges.items()
        if edge_ms is not None
    }
    return {
        role: {"epoch": stay[0], "since": stay[1], "until": edge_ms}
        for role, (edge_ms, stay) in stays.items()
        if stay is not None
    }


def _fields(fact: Fact, lesson: Lesson) -> dict[str, Any]:
    match fact:
        case (
            SeatTaken()
            | SeatLeft()
            | ProofLost()
            | ProofResumed()
            | PresenceRevised()
            | UserActed()
            | Disputed()
        ):
            return {"userRole": fact.role} | _fields_of_seat(fact, lesson)
        case Warned() | GraceResolved() | ChoseToWait() | NoticeGiven() | TutorAccepted():
            return _fields_of_question(fact)
        case SessionCreated() | CapChanged() | BillCorrected():
            return _fields_of_bill(fact, lesson)
        case Ended() | EndRevised() | BillSettled():
            return _fields_of_end(fact, lesson)


def _fields_of_seat(
    fact: SeatTaken | SeatLeft | ProofLost | ProofResumed | PresenceRevised | UserActed | Disputed,
    lesson: Lesson,
) -> dict[str, Any]:
    match fact:
        case SeatTaken():
            language = lesson.created.language if lesson.created else None
            who = {"userAddress": fact.address, "userName": fact.name}
            taken = {"epoch": fact.epoch, **who, "language": language}
            return taken | ({"tookOver": True} if fact.took_over else {})
        case SeatLeft():
            return {"epoch": fact.epoch, "reason": fact.reason}
        case ProofLost():
            return {"epoch": fact.epoch, "reason": fact.why}
        case ProofResumed():
            return {"epoch": fact.epoch}
        case PresenceRevised():
            return {
                "epoch": fact.epoch,
                "connected": fact.is_taken,
                "within": list(fact.within),
                "presence": [[from_ms, to_ms] for from_ms, to_ms, _, _ in fact.spans],
            }
        case Disputed():
            claims = {"student": fact.student, "tutor": fact.tutor}
            return {"epoch": fact.epoch, "kind": fact.kind, "claims": claims, "isOpen": fact.is_open}
        case UserActed():
            return {"action": fact.action, "userAddress": lesson.seats[fact.role].address}


def _fields_of_question(
    fact: Warned | GraceResolved | ChoseToWait | NoticeGiven | TutorAccepted,
) -> dict[str, Any]:
    match fact:
        case Warned():
            return {
                "disconnectedRole": fact.role,
                "gracePeriodSeconds": fact.grace_seconds,
                "deadline": fact.due_ms,
                **view_claims(fact),
            }
        case GraceResolved():
            return {}
        case ChoseToWait():
            return {"decision": "wait", "decidedBy": fact.decided_by}
        case NoticeGiven():
            return {"remainingSeconds": fact.remaining_seconds}
        case TutorAccepted():
            return {"tutorAddress": fact.tutor_address}


def _fields_of_bill(fact: SessionCreated | CapChanged | BillCorrected, lesson: Lesson) -> dict[str, Any]:
    match fact:
        case SessionCreated():
            return {
                "language": fact.language,
                "startTime": fact.start_ms,
                "ratePerHour": view_money(lesson.rate.as_money),
                "studentAddress": fact.student_address,
                "tutorAddress": fact.tutor_address,
            }
        case CapChanged():
            return {"capSeconds": fact.cap_seconds, "capMinor": fact.cap_minor}
        case BillCorrected():
            return {
                "minor": fact.minor,
                "reason": fact.reason,
                "cost": None if fact.total_minor is None else view_money(_amount(fact.total_minor, lesson)),
            }


def _fields_of_end(fact: Ended | EndRevised | BillSettled, lesson: Lesson) -> dict[str, Any]:
    fields: dict[str, Any] = {"totalSeconds": fact.total_seconds}
    if isinstance(fact, Ended | EndRevised):
        fields |= {"endedBy": fact.ended_by, "userAddress": fact.address, "reason": fact.reason}
    if isinstance(fact, Ended | BillSettled):
        fields["cost"] = view_money(_amount(fact.cost_minor, lesson))
    if isinstance(fact, Ended):
        fields |= {"settling": fact.final_at_ms is not None, "finalAt": fact.final_at_ms}
    return fields


def _amount(minor: int, lesson: Lesson) -> Money:
    return Money(minor, lesson.rate.currency, lesson.rate.decimals)
