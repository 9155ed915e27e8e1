"""Lets in the other side of the service: a request that is signed with a shared secret, or that has an API key."""

from __future__ import annotations

import hmac
from collections.abc import Sequence

from fastapi import Request

from langdao_video.delivery.signing import ID_HEADER, SIGNATURE_HEADER, SignatureInvalid, verify
from langdao_video.web.context import NotAuthorized, WrongKey, get_context


async def check_signed(request: Request, secrets: Sequence[str]) -> str | None:
    """Return the `webhook-id` of a signed request; None for one with an API key. Raises an error of 401 for others."""
    context = get_context(request)
    if request.headers.get(SIGNATURE_HEADER):
        try:
            key = verify(secrets, request.headers, await request.body(), context.wall_ms() / 1000)
        except SignatureInvalid as error:
            raise WrongKey("signature-invalid", str(error)) from None
        request.state.has_key = True
        return key
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    known = (hmac.compare_digest(given.encode(), api_key.encode()) for api_key in context.settings.api_keys)
    if scheme.lower() == "bearer" and any(known):
        request.state.has_key = True
        return (
            request.headers.get(ID_HEADER) or None
        )  # an empty one would make all such requests one and the same
    message = "Sign the request as Standard Webhooks asks, or send `Authorization: Bearer KEY`."
    raise WrongKey("signature-required", message) if given else NotAuthorized("signature-required", message)
