"""Idempotency-Key: a POST that is sent again with its key makes nothing twice, and gets the first answer again.

Two requests with one key may run at once, even in two processes. So the key is claimed first, with a random *seed*, and
both requests make their ids and secrets from that seed: both make the same thing, and the first answer is kept.
Only answers of success are kept, because a refused request has made nothing: it may be sent again at a better moment.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Coroutine
from typing import Annotated, Any, Final

from fastapi import Depends, Header, Request
from fastapi.responses import Response
from fastapi.routing import APIRoute
from pydantic import Field

from langdao_video.errors import EventRefused
from langdao_video.web.context import Context, check_api_key, get_context

KEY_CHARACTERS_MAX: Final = 255
_HEADER: Final = "idempotency-key"

IdempotencyKey = Annotated[
    Annotated[str, Field(min_length=1, max_length=KEY_CHARACTERS_MAX)] | None,
    Header(
        description="Your own key for this request, such as a UUID. Send the same key with each retry of it: nothing "
        "is made twice, and the first answer comes again. Another body with the same key gets 422 `key-reused`."
    ),
]


class IdempotentRoute(APIRoute):
    """A route whose POSTs understand Idempotency-Key."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the handler of the route."""
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            key = request.headers.get(_HEADER, "")
            if request.method != "POST" or not 1 <= len(key) <= KEY_CHARACTERS_MAX:
                return await handle(request)
            await check_api_key(request)
            return await _answer_once(request, key, handle)

        return answer


async def _answer_once(
    request: Request, key: str, handle: Callable[[Request], Coroutine[Any, Any, Response]]
) -> Response:
    service: Context = get_context(request)
    kept_by = service.deliveries
    now_ms = service.clock.now_ms()
    scope = _hash(request.method, request.url.path, request.headers.get("authorization", ""))
    key = _hash(key)
    digest = _hash(request.url.query, await request.body())

    claimed, seed = await kept_by.keep_answer(f"claim:{scope}", key, digest, secrets.token_hex(32), now_ms)
    if claimed != digest:
        raise EventRefused(
            "key-reused", "This Idempotency-Key came with another request: make a new key for each request."
        )
    # The seed names the answer, because the key may be forgotten before it and then be another request's.
    known = await kept_by.load_answer(f"answer:{seed}", key)
    if known is not None:
        return _read_answer(known[1])
    request.state.idempotency_seed = seed
    answer = await handle(request)
    if not 200 <= answer.status_code < 300:  # noqa: PLR2004 - the statuses of success
        return answer
    body = bytes(answer.body).decode()
    kept = json.dumps([answer.status_code, body], ensure_ascii=False)
    return _read_answer((await kept_by.keep_answer(f"answer:{seed}", key, digest, kept, now_ms))[1])


def _read_answer(kept: str) -> Response:
    status_code, body = json.loads(kept)
    return Response(body, status_code, media_type="application/json")


def _hash(*parts: str | bytes) -> str:
    digest = hashlib.sha256()
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        digest.update(len(raw).to_bytes(8, "big") + raw)
    return digest.hexdigest()


def _get_seed(request: Request, idempotency_key: IdempotencyKey = None) -> str:
    """Return the seed that belongs to the request's key; without a key, a new one."""
    del idempotency_key  # its bounds are checked and documented here; the route has read it
    seed: str = getattr(request.state, "idempotency_seed", None) or secrets.token_hex(32)
    return seed


Seed = Annotated[str, Depends(_get_seed)]
"""What this request makes its ids and secrets from."""
KeyInDocs: Final = Depends(_get_seed)
"""For a POST that makes nothing from the seed: its documentation names the header, too."""


def derive_bytes(seed: str, name: str) -> bytes:
    """Make 32 bytes from the seed; another *name* gives others."""
    return hmac.digest(seed.encode(), name.encode(), "sha256")


def derive_id(seed: str, name: str) -> str:
    """Make 16 characters of base64url from the seed, which are 96 random bits."""
    return base64.urlsafe_b64encode(derive_bytes(seed, name)[:12]).decode()
