"""Lets platforms correct the bill of a session that has ended."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, status
from pydantic import AfterValidator, Field, StrictInt

from langdao_video.billing.money import RATE_MINOR_MAX
from langdao_video.session.text import Refusal, receive_line
from langdao_video.views.session import view_lesson
from langdao_video.web.bodies import Body
from langdao_video.web.context import ApiKey, Service, SessionPath
from langdao_video.web.idempotency import IdempotencyKey

router = APIRouter(prefix="/api/sessions", tags=["sessions"], dependencies=[ApiKey])


def _is_a_change(minor: int) -> int:
    if minor == 0:
        raise ValueError(
            "a correction must not be 0: a positive number adds to the bill, a negative one gives back"
        )
    return minor


def _read_reason(text: str) -> str:
    reason = receive_line(text)
    if isinstance(reason, Refusal):
        raise ValueError("a reason is visible text without control characters")  # noqa: TRY004 - pydantic's way
    return reason


class CorrectBill(Body):
    """A correction of a final bill. *minor* is added to the bill; a negative amount is given back."""

    minor: Annotated[StrictInt, Field(ge=-RATE_MINOR_MAX, le=RATE_MINOR_MAX), AfterValidator(_is_a_change)]
    reason: Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_read_reason)]


@router.post("/{session_id}/corrections", status_code=status.HTTP_201_CREATED)
async def correct_bill(
    session_id: SessionPath, body: CorrectBill, service: Service, idempotency_key: IdempotencyKey = None
) -> dict[str, Any]:
    """Correct the bill of a session that has ended. The correction is an entry of its own; the old bill stays readable.

    A retry with the same `Idempotency-Key` adds nothing, and its answer is the session as it is now. A different
    correction with that key gets 422 `key-reused`. Without a key each request adds an entry.
    """
    lesson = await service.sessions.correct_bill(session_id, body.minor, body.reason, idempotency_key)
    return view_lesson(lesson, service.clock.now_ms())
