"""The bodies of requests: their bound, and the strict JSON object that most of them are.

An event has a few hundred bytes, so 64 KiB are plenty (law 9).
"""

from __future__ import annotations

from typing import Final

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_BYTES_MAX: Final = 64 * 1024


class BodyLimit:
    """Stop a body at the bound, whether or not its length was declared. The code that reads it gets HTTP 413."""

    def __init__(self, app: ASGIApp, bytes_max: int = BODY_BYTES_MAX) -> None:
        self._app = app
        self._bytes_max = bytes_max

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on, and count the bytes of an HTTP request's body."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        read_bytes = 0

        async def receive_counted() -> Message:
            nonlocal read_bytes
            message = await receive()
            read_bytes += len(message.get("body", b""))
            if read_bytes > self._bytes_max:
                raise HTTPException(413, f"A request's body may have at most {self._bytes_max} bytes.")
            return message

        await self._app(scope, receive_counted, send)


class Body(BaseModel):
    """The JSON object of a request, with names in camelCase. Unknown fields are refused, so that a typo is noticed."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)
