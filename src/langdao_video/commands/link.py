"""The command `link`: makes a session and the student's link, or the tutor's link of a session (R3)."""

from __future__ import annotations

import secrets

from pydantic import ValidationError

from langdao_video.access.revocations import Revocations
from langdao_video.access.throwaway import make_throwaway
from langdao_video.access.tokens import Tokens
from langdao_video.app import make_admission, make_service
from langdao_video.commands.parts import Parts, refuse_request
from langdao_video.errors import BadRequest, Conflict
from langdao_video.web.links import CreateSession, LinkMaker, NameTutor


async def make_student_link(parts: Parts, **wish: object) -> str:
    """Make a session; return its id and the student's link. *wish* has the fields of CreateSession.

    Raises as `LinkMaker.begin`, and BadRequest `student-missing` or `request-invalid`.
    """
    if wish.get("student_address") is None:
        if not parts.settings.is_development:
            raise BadRequest(
                "student-missing",
                "Say who learns with --student 0x…; or ask for the tutor's link of a session with --session.",
            )
        wish["student_address"] = make_throwaway()
    try:
        create = CreateSession.model_validate(
            {name: value for name, value in wish.items() if value is not None}
        )
    except ValidationError as error:
        raise refuse_request(error) from None
    made = await (await _open(parts)).begin(f"session-{secrets.token_urlsafe(12)}", create)
    return f"session:  {made['sessionId']}\nstudent:  {made['studentUrl']}"


async def make_tutor_link(
    parts: Parts, session: str, tutor: str | None, name: str | None, *, accept: bool, relay_only: bool = False
) -> str:
    """Return the tutor's link. Raises as `LinkMaker.invite`; with *accept* as `LinkMaker.accept`."""
    maker = await _open(parts)
    try:
        wish = NameTutor(tutor_address=tutor, display_name=name, relay_only=relay_only)
    except ValidationError as error:
        raise refuse_request(error) from None
    try:
        made = await (maker.accept if accept else maker.invite)(session, wish)
    except Conflict as conflict:
        if conflict.code != "student-not-connected":
            raise
        raise Conflict(
            conflict.code,
            "The tutor's link is made after the student has connected. If the tutor has accepted, add --accept.",
        ) from None
    return f"session:  {made['sessionId']}\ntutor:    {made['tutorUrl']}"


async def _open(parts: Parts) -> LinkMaker:
    settings, store = parts.settings, parts.store
    tokens = Tokens(
        settings.link_keys or [await store.load_secret("dev-link-key", lambda: secrets.token_hex(32))]
    )
    revoked = Revocations(store)
    await revoked.refresh()
    return LinkMaker(
        settings=settings,
        sessions=make_service(settings, store, parts.clock),
        tokens=tokens,
        admission=make_admission(settings, tokens),
        cutoff_ms=revoked.cutoff_ms,
    )
