"""Shows the statement as JSON, as a picture, and as rows for people. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from langdao_video.billing.money import Money
from langdao_video.billing.statement import Pause, PresenceSpan, Question, Statement
from langdao_video.session.roles import ROLES
from langdao_video.views.money import view_money
from langdao_video.views.session import view_cap

_LANE_TOP: Final = {"student": 24, "tutor": 74, "billed": 124}
"""In CSS pixels from the top; the lane's name has its place above."""
_LANE_HEIGHT: Final = 20
_AXIS_BOTTOM: Final = 152
_PICTURE_HEIGHT: Final = 172
_BAR_WIDTH_MIN: Final = 0.3
"""In percent of the axis: about one pixel on a phone."""
_NEAR_THE_END: Final = 92
"""In percent of the axis: from here on, a centred label would cross the edge of the picture."""
_TICKS: Final = 6
_TICK_STEPS_SECONDS: Final = (10, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 21_600, 86_400)


def view_statement(statement: Statement, language: str = "en") -> dict[str, Any]:
    """Show the statement as the JSON object of `GET /api/sessions/{id}/statement`; times in Unix ms."""
    lesson, before = statement.lesson, statement.before
    return {
        "sessionId": lesson.id,
        "state": lesson.state.value,
        "startTime": lesson.created.start_ms if lesson.created else None,
        "endTime": lesson.ended_at_ms or None,
        "endedBy": lesson.ended.ended_by if lesson.ended else None,
        "endReason": lesson.ended.reason if lesson.ended else None,
        "settling": lesson.final_at_ms is not None,
        "finalAt": lesson.final_at_ms,
        "ratePerHour": view_money(lesson.rate.as_money, language),
        "cap": view_cap(lesson),
        "participants": {
            role: {"name": lesson.seats[role].name, "address": lesson.seats[role].address} for role in ROLES
        },
        "before": None if before is None else {"from": before[0], "to": before[1]},
        "presence": {role: _view_presence(statement.presence[role]) for role in ROLES},
        "billed": [
            {
                "from": piece.start_ms,
                "to": piece.end_ms,
                "billableMs": piece.end_ms - piece.start_ms,
                "totalMs": piece.total_ms,
                "costSoFar": view_money(piece.cost, language),
            }
            for piece in statement.billed
        ],
        "pauses": [
            {"from": p.start_ms, "to": p.end_ms, "missing": list(p.missing), "reason": p.why}
            for p in statement.pauses
        ],
        "questions": [_view_question(asked) for asked in statement.questions],
        "disputes": [
            {"from": d.from_ms, "to": d.to_ms, "userRole": d.role, "kind": d.kind, "claims": d.claims}
            for d in statement.disputes
        ],
        "corrections": [
            {"timestamp": c.at_ms, "amount": view_money(c.amount, language), "reason": c.reason}
            for c in statement.corrections
        ],
        "billableMs": lesson.billable_ms,
        "billableSeconds": lesson.billable_ms // 1000,
        "cost": view_money(lesson.cost, language),
    }


def _view_presence(spans: Sequence[PresenceSpan]) -> list[dict[str, Any]]:
    return [
        {"from": s.start_ms, "to": s.end_ms, "sitting": s.sitting, "closedBy": s.closed_by} for s in spans
    ]


def _view_question(asked: Question) -> dict[str, Any]:
    return {
        "at": asked.at_ms,
        "about": asked.about,
        "asked": asked.asked,
        "deadline": asked.due_ms,
        "outcome": asked.outcome,
        "answeredBy": asked.answered_by,
        "resolvedAt": asked.resolved_ms,
        "cause": asked.cause,
        "claims": asked.claims,
    }


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle of the picture, and the span that it shows, in ms from the start.

    *x* and *width* are in percent of the picture, *y* and *height* in pixels.
    """

    lane: str
    x: float
    y: int
    width: float
    height: int
    from_ms: int
    to_ms: int


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark of the time axis. *x* is in percent of the axis."""

    x: float
    at_ms: int

    @property
    def anchor(self) -> Literal["start", "middle", "end"]:
        """Return which part of the label is at *x* (SVG `text-anchor`), so that the label stays within the picture."""
        if self.x == 0:
            return "start"
        return "middle" if self.x < _NEAR_THE_END else "end"


@dataclass(frozen=True, slots=True)
class Lane:
    """A row of the picture: its name, and where it begins, in pixels from the top."""

    name: str
    y: int


@dataclass(frozen=True, slots=True)
class Picture:
    """The presence of the two seats and the billed time below it, on one time axis. Heights are in pixels."""

    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    lanes: tuple[Lane, ...] = tuple(Lane(name, y) for name, y in _LANE_TOP.items())
    top: int = _LANE_TOP["student"]
    bottom: int = _AXIS_BOTTOM
    height: int = _PICTURE_HEIGHT


def draw_picture(statement: Statement) -> Picture:
    """Place each span on an axis from the session's start to its end, in percent, so that it fits any screen."""
    length_ms = max(1, statement.end_ms - statement.start_ms)

    def bar(lane: str, start_ms: int, end_ms: int) -> Bar:
        x = (start_ms - statement.start_ms) * 100 / length_ms
        width = max(_BAR_WIDTH_MIN, (end_ms - start_ms) * 100 / length_ms)
        from_ms, to_ms = start_ms - statement.start_ms, end_ms - statement.start_ms
        return Bar(lane, round(x, 2), _LANE_TOP[lane], round(width, 2), _LANE_HEIGHT, from_ms, to_ms)

    bars = [bar(role, s.start_ms, s.end_ms) for role in ROLES for s in statement.presence[role]]
    bars += [bar("billed", b.start_ms, b.end_ms) for b in statement.billed]
    step_ms = 1000 * next(
        (s for s in _TICK_STEPS_SECONDS if s * 1000 * _TICKS >= length_ms), _TICK_STEPS_SECONDS[-1]
    )
    ticks = [Tick(round(at_ms * 100 / length_ms, 2), at_ms) for at_ms in range(0, length_ms, step_ms)]
    return Picture(tuple(bars), tuple(ticks))


@dataclass(frozen=True, slots=True)
class Row:
    """A part of the session, in ms from its start: *what* it was, and the cost so far (None unless it was billed)."""

    kind: str
    from_ms: int
    to_ms: int
    what: str
    cost: Money | None


def list_history(statement: Statement) -> list[Row]:
    """List the session as rows, in order; *what* is a code that the page translates."""
    start_ms = statement.start_ms
    rows = [
        Row("billed", piece.start_ms - start_ms, piece.end_ms - start_ms, "both", piece.cost)
        for piece in statement.billed
    ]
    rows += [
        Row("pause", pause.start_ms - start_ms, pause.end_ms - start_ms, _why(pause), None)
        for pause in statement.pauses
    ]
    if before := statement.before:
        rows.append(Row("pause", 0, before[1] - start_ms, "before", None))
    rows += [
        Row("question", asked.at_ms - start_ms, asked.resolved_ms - start_ms, f"asked.{asked.outcome}", None)
        for asked in statement.questions
        if asked.resolved_ms is not None
    ]
    return sorted(rows, key=lambda row: row.from_ms)


def _why(pause: Pause) -> str:
    if pause.why == "end":
        return "end"
    if pause.why == "cap-reached":
        return "cap"
    if pause.why == "grace":  # late evidence showed that both were there
        return f"away.{pause.about or 'someone'}"
    who = "both" if len(pause.missing) > 1 else next(iter(pause.missing), "someone")
    return f"{'media' if pause.why == 'media' else 'away'}.{who}"
