"""Lets platforms make a session, make its links (R3), read it, change its cap and correct its bill."""

from __future__ import annotations

import secrets
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Query, status
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictInt
from pydantic.alias_generators import to_camel

from langdao_video.access.throwaway import make_throwaway
from langdao_video.billing.invitations import check_initiator, check_tutor_link, decide_tutor_address
from langdao_video.billing.lesson import Lesson
from langdao_video.billing.money import RATE_MINOR_MAX, Rate, receive_rate
from langdao_video.billing.quota import receive_cap
from langdao_video.billing.records import read_record
from langdao_video.billing.service import NewSession
from langdao_video.errors import BadRequest
from langdao_video.session.address import is_address, is_short_address
from langdao_video.session.languages import LANGUAGES
from langdao_video.session.links import Link, make_link
from langdao_video.session.roles import Role
from langdao_video.session.text import Refusal, receive_line
from langdao_video.session.theme import DisplayName, Theme
from langdao_video.views.session import view_lesson, view_record
from langdao_video.web.context import ApiKey, Context, Service, SessionPath

IdempotencyKey = Annotated[
    Annotated[str, Field(min_length=1, max_length=255)] | None,
    Header(
        description="Your own key for this correction, such as a UUID. Send the same key with each retry of it."
    ),
]

router = APIRouter(prefix="/api/sessions", tags=["sessions"], dependencies=[ApiKey])


class Body(BaseModel):
    """The JSON object of a request, with names in camelCase. Unknown fields are refused, so that a typo is noticed."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)


class Dressing(Body):
    """The name and theme of the link in the answer. The session keeps the names and the brand for its statement."""

    display_name: (
        Annotated[
            DisplayName,
            Field(description="The name of the link's participant. Without it the page shows the address."),
        ]
        | None
    ) = None
    theme: Annotated[Theme | None, Field(alias="look")] = None


class CreateSession(Dressing):
    """A student asks for a lesson."""

    student_address: Annotated[str, Field(max_length=64, description="0x and 40 hex digits.")]
    language: Annotated[
        str, Field(max_length=8, description="One of the sixteen codes of R2.", examples=["es"])
    ]
    tutor_address: Annotated[str, Field(max_length=64)] | None = None
    rate_per_hour_minor: Annotated[StrictInt, Field(ge=1, le=RATE_MINOR_MAX)] | None = None
    currency: Annotated[str, Field(min_length=1, max_length=12, examples=["USD"])] | None = None
    decimals: (
        Annotated[StrictInt, Field(ge=0, le=9, description="Only for a token that is no currency.")] | None
    ) = None
    cap_seconds: StrictInt | None = None
    cap_minor: StrictInt | None = None
    initiated_by: Literal["student", "tutor"] = "student"


class ChangeSession(Body):
    """The new cap. Without both fields the cap is lifted."""

    cap_seconds: StrictInt | None = None
    cap_minor: StrictInt | None = None


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


class NameTutor(Dressing):
    """The tutor whose link is made. The address is needed once, unless the session was made with it."""

    tutor_address: Annotated[str, Field(max_length=64)] | None = None


@router.post("", status_code=status.HTTP_201_CREATED)
async def create_session(body: CreateSession, service: Service) -> dict[str, Any]:
    """Make a session and the student's link. The tutor's link is made later by `tutor-link` or `accept`."""
    check_initiator(body.initiated_by)
    _check_address(service, "studentAddress", body.student_address)
    if body.tutor_address is not None:
        _check_address(service, "tutorAddress", body.tutor_address)
    if body.language not in LANGUAGES:
        raise BadRequest(
            "language-unknown", f"language must be one of {', '.join(LANGUAGES)}, not {body.language!r}."
        )
    rate = _receive_rate(body, service.sessions.default_rate)
    lesson = await service.sessions.create_session(
        NewSession(
            id=f"session-{secrets.token_urlsafe(12)}",
            student_address=body.student_address,
            tutor_address=body.tutor_address,
            language=body.language,
            start_ms=service.clock.now_ms(),
            rate=rate,
            cap=receive_cap(body.cap_seconds, body.cap_minor, rate),
            brand=body.theme.brand if body.theme else None,
        )
    )
    return _links(service, lesson, "student", body) | {
        "ratePerHourMinor": rate.minor,
        "currency": rate.currency,
        "decimals": rate.decimals,
    }


def _receive_rate(body: CreateSession, default: Rate) -> Rate:
    currency = default.currency if body.currency is None else body.currency
    minor = body.rate_per_hour_minor
    if minor is None and currency == default.currency:
        minor = default.minor
    # 2000 is $20.00, but ¥2,000 in yen. So the default rate is used only for its own currency.
    rate = receive_rate(1 if minor is None else minor, currency, body.decimals)
    if minor is None:
        raise BadRequest(
            "rate-invalid", f"The default rate is in {default.currency}: name ratePerHourMinor in {currency}."
        )
    return rate


@router.post("/{session_id}/accept")
async def accept(session_id: SessionPath, body: NameTutor, service: Service) -> dict[str, Any]:
    """Note that the tutor accepted, and make the tutor's link with the same session and start."""
    if body.tutor_address is not None:
        _check_address(service, "tutorAddress", body.tutor_address)
    known = await service.sessions.load(session_id)
    throwaway = make_throwaway() if service.settings.is_development else None
    address = decide_tutor_address(known, body.tutor_address, throwaway)
    lesson = await service.sessions.accept_tutor(session_id, address)
    return _links(service, lesson, "tutor", body)


@router.post("/{session_id}/tutor-link")
async def make_tutor_link(session_id: SessionPath, body: NameTutor, service: Service) -> dict[str, Any]:
    """Make the tutor's link after the student has connected or the tutor has accepted (R3)."""
    check_tutor_link(await service.sessions.load(session_id), body.tutor_address)
    return await accept(session_id, body, service)


@router.get("/{session_id}")
async def read_session(session_id: SessionPath, service: Service, language: str = "en") -> dict[str, Any]:
    """Show a session as it is now: state, billable seconds, cost, participants."""
    lesson = await service.sessions.load(session_id)
    now_ms = service.clock.now_ms()
    view = view_lesson(lesson, now_ms, language if language in LANGUAGES else "en")
    return view | {"statementUrl": service.statements.make(session_id, now_ms)}


@router.patch("/{session_id}")
async def change_session(session_id: SessionPath, body: ChangeSession, service: Service) -> dict[str, Any]:
    """Set, raise or lift the cap of a running session."""
    rate = (await service.sessions.load(session_id)).rate
    cap = receive_cap(body.cap_seconds, body.cap_minor, rate)
    return view_lesson(await service.sessions.change_cap(session_id, cap), service.clock.now_ms())


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


@router.get("/{session_id}/events")
async def read_events(
    session_id: SessionPath,
    service: Service,
    after: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 1_000,
) -> dict[str, Any]:
    """List the session's events with seq > *after*, for a platform that missed some.

    If *after* is beyond the newest event, this ledger never gave it, as after a restored backup. Then `reset` is true,
    and the list begins with the first event.
    """
    lesson = await service.sessions.load(session_id)
    is_unknown = after > lesson.version
    stored = await service.store.load_events(session_id, 0 if is_unknown else after, limit)
    return {"events": [view_record(read_record(event), lesson) for event in stored], "reset": is_unknown}


def _links(service: Context, lesson: Lesson, role: Role, dressing: Dressing) -> dict[str, Any]:
    if lesson.created is None:
        raise RuntimeError(f"session {lesson.id!r} was made without its first fact")
    link = Link(
        room=lesson.id,
        role=role,
        address=lesson.seats[role].address,
        language=lesson.created.language,
        session_start_ms=lesson.created.start_ms,
        name=dressing.display_name,
        theme=dressing.theme,
    )
    now_ms = service.clock.now_ms()
    # A link that is made in the millisecond of a revocation is valid, because it was requested after it.
    made_ms = max(now_ms, service.revocations.cutoff_ms(lesson.id))
    token = None if service.settings.is_development else service.tokens.make_link_token(link, made_ms)
    grant = service.admission.check_opens(link, token, now_ms).grant
    url = make_link(service.settings.base_url, link, token)
    return {
        "sessionId": lesson.id,
        "sessionStart": lesson.created.start_ms,
        "state": lesson.state.value,
        f"{role}Url": url,
        **({"linkId": grant.id} if grant else {}),
    }


def _check_address(service: Context, name: str, address: str) -> None:
    fits = is_short_address if service.settings.is_development else is_address
    if not fits(address):
        raise BadRequest("address-invalid", f"{name} must be 0x and 40 hex digits, not {address[:60]!r}.")
