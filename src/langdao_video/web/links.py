"""Makes sessions and their links (R3, R4): the rules that the API and the command line share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field, StrictBool, StrictInt

from langdao_video.access.throwaway import make_throwaway
from langdao_video.access.tokens import Tokens
from langdao_video.billing.invitations import check_initiator, check_tutor_link, decide_tutor_address
from langdao_video.billing.lesson import Lesson
from langdao_video.billing.money import RATE_MINOR_MAX, Rate, receive_rate
from langdao_video.billing.new_session import NewSession
from langdao_video.billing.quota import receive_cap
from langdao_video.billing.service import SessionService
from langdao_video.errors import BadRequest
from langdao_video.session.address import is_address, is_short_address
from langdao_video.session.languages import LANGUAGES
from langdao_video.session.links import Link, make_link
from langdao_video.session.roles import Role
from langdao_video.session.theme import DisplayName, Theme
from langdao_video.settings import Settings
from langdao_video.signaling.admission import Admission
from langdao_video.web.bodies import Body


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
    relay_only: Annotated[
        StrictBool,
        Field(
            description="Hide the participant's address from the peer: their page uses relays (TURN) only."
        ),
    ] = False


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


class NameTutor(Dressing):
    """The tutor whose link is made. The address is needed once, unless the session was made with it."""

    tutor_address: Annotated[str, Field(max_length=64)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkMaker:
    """Make sessions and links with the parts of the running service."""

    settings: Settings
    sessions: SessionService
    tokens: Tokens
    admission: Admission
    cutoff_ms: Callable[[str], int]
    """When links of a session were last revoked, Unix ms."""

    async def begin(self, session_id: str, wish: CreateSession) -> dict[str, Any]:
        """Make a session and the student's link. If the session is known, make its link again.

        Raises NotAllowed `only-student-initiates`, and BadRequest for an address, a language, a rate, a cap or
        `no-relay`.
        """
        check_initiator(wish.initiated_by)
        self._check_relay(wish)
        self._check_address("studentAddress", wish.student_address)
        if wish.tutor_address is not None:
            self._check_address("tutorAddress", wish.tutor_address)
        if wish.language not in LANGUAGES:
            raise BadRequest(
                "language-unknown", f"language must be one of {', '.join(LANGUAGES)}, not {wish.language!r}."
            )
        rate = _receive_rate(wish, self.sessions.default_rate)
        lesson = await self.sessions.create_session(
            NewSession(
                id=session_id,
                student_address=wish.student_address,
                tutor_address=wish.tutor_address,
                language=wish.language,
                start_ms=self.sessions.clock.now_ms(),
                rate=rate,
                cap=receive_cap(wish.cap_seconds, wish.cap_minor, rate),
                brand=wish.theme.brand if wish.theme else None,
            )
        )
        billed = lesson.rate  # a known session keeps its rate, also if the default is another one by now
        return self._show(lesson, "student", wish) | {
            "ratePerHourMinor": billed.minor,
            "currency": billed.currency,
            "decimals": billed.decimals,
        }

    async def accept(self, session_id: str, tutor: NameTutor) -> dict[str, Any]:
        """Note that the tutor accepted, and make the tutor's link with the same session and start.

        Raises NotFound; Conflict `session-over`, `tutor-known`; BadRequest `address-invalid`, `address-missing`,
        `no-relay`.
        """
        self._check_relay(tutor)
        if tutor.tutor_address is not None:
            self._check_address("tutorAddress", tutor.tutor_address)
        known = await self.sessions.load(session_id)
        throwaway = make_throwaway() if self.settings.is_development else None
        address = decide_tutor_address(known, tutor.tutor_address, throwaway)
        lesson = await self.sessions.accept_tutor(session_id, address)
        return self._show(lesson, "tutor", tutor)

    async def invite(self, session_id: str, tutor: NameTutor) -> dict[str, Any]:
        """Make the tutor's link as `accept` does; Conflict `student-not-connected` while it is too early (R3)."""
        check_tutor_link(await self.sessions.load(session_id), tutor.tutor_address)
        return await self.accept(session_id, tutor)

    def _show(self, lesson: Lesson, role: Role, dressing: Dressing) -> dict[str, Any]:
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
            relay_only=dressing.relay_only,
        )
        now_ms = self.sessions.clock.now_ms()
        # A link that is made in the millisecond of a revocation is valid, because it was requested after it.
        made_ms = max(now_ms, self.cutoff_ms(lesson.id))
        token = None if self.settings.is_development else self.tokens.make_link_token(link, made_ms)
        grant = self.admission.check_opens(link, token, now_ms).grant
        url = make_link(self.settings.base_url, link, token)
        return {
            "sessionId": lesson.id,
            "sessionStart": lesson.created.start_ms,
            "state": lesson.state.value,
            f"{role}Url": url,
            **({"linkId": grant.id} if grant else {}),
        }

    def _check_relay(self, dressing: Dressing) -> None:
        if dressing.relay_only and not self.admission.has_relay:
            raise BadRequest(
                "no-relay",
                "relayOnly needs a relay: set TURN_URLS and TURN_SECRET, ICE_SERVERS or ICE_SERVERS_COMMAND.",
            )

    def _check_address(self, name: str, address: str) -> None:
        fits = is_short_address if self.settings.is_development else is_address
        if not fits(address):
            raise BadRequest("address-invalid", f"{name} must be 0x and 40 hex digits, not {address[:60]!r}.")


def _receive_rate(wish: CreateSession, default: Rate) -> Rate:
    currency = default.currency if wish.currency is None else wish.currency
    minor = wish.rate_per_hour_minor
    if minor is None and currency == default.currency:
        minor = default.minor
    # 2000 is $20.00, but ¥2,000 in yen. So the default rate is used only for its own currency.
    rate = receive_rate(1 if minor is None else minor, currency, wish.decimals)
    if minor is None:
        raise BadRequest(
            "rate-invalid", f"The default rate is in {default.currency}: name ratePerHourMinor in {currency}."
        )
    return rate
