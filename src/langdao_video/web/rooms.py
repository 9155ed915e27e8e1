"""Takes room commands from a backend in another process: questions, notices, more time, the end, the bill."""

from __future__ import annotations

import hashlib
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from langdao_video.delivery.signing import SIGNATURE_HEADER
from langdao_video.errors import BadRequest, NotFound
from langdao_video.session.command_bodies import Commands
from langdao_video.web.context import Service, SessionPath, get_context
from langdao_video.web.signatures import check_signed

_KEY_CHARACTERS_MAX: Final = 60
"""With the number of the command it is the id of a fact, which has at most 64."""
_HASH_CHARACTERS: Final = 40
"""A longer key is hashed to so many."""


async def _check_sender(request: Request) -> str | None:
    """Require the signature of CALL_SECRET, or an API key."""
    key = await check_signed(request, get_context(request).settings.call_secret)
    if key is None or len(key) <= _KEY_CHARACTERS_MAX:
        return key
    return hashlib.sha256(key.encode()).hexdigest()[:_HASH_CHARACTERS]


RequestKey = Annotated[str | None, Depends(_check_sender)]
router = APIRouter(prefix="/api/rooms", tags=["rooms"])


class CommandsTaken(BaseModel):
    """The response to valid commands, also to those that came too late and changed nothing."""

    success: Literal[True] = True


@router.post("/{session_id}/commands")
async def take_commands(
    session_id: SessionPath, key: RequestKey, commands: Commands, service: Service, request: Request
) -> CommandsTaken:
    """Carry out what the platform decided, in order. A request that is sent again has no effect twice.

    A signed request names its session in its body, so that nobody can send it again to another room.
    """
    is_signed = bool(request.headers.get(SIGNATURE_HEADER))
    named = commands.session_id
    if named != session_id and (is_signed or named is not None):
        raise BadRequest(
            "session-mismatch",
            f"Send sessionId {session_id[:64]!r} beside commands: it must be that of the path, because the signature "
            "covers only the body.",
        )
    if service.rooms is None:
        raise NotFound("no-rooms", "This process has no rooms that another process bills: set CALL_SECRET.")
    service.hurry("backend")
    try:
        await service.rooms.take(session_id, commands.read(), key)
    except NotFound as error:
        # The service that makes sessions is another one.
        known = (
            f"Nobody has come into the room of {session_id[:64]!r} yet: wait for its first `user-connected`."
        )
        raise NotFound(error.code, known) from error
    return CommandsTaken()
