"""A router for FastAPI that receives webhooks: `app.include_router(webhook_router(secret, on_event))`.

This file alone imports FastAPI, which your application has already.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from langdao_video.platform.events import Event
from langdao_video.platform.webhooks import (
    BODY_BYTES_MAX,
    TAKEN,
    Answer,
    RequestRefused,
    Secrets,
    read_secrets,
    receive_request,
)

OnEvent = Callable[[Event], Awaitable[Any]] | Callable[[Event], Any]


def webhook_router(secrets: Secrets, on_event: OnEvent, path: str = "/webrtc-events") -> APIRouter:
    """Make a router whose *path* takes webhooks and gives each event to *on_event*.

    *on_event* may be asynchronous; a plain function runs in a thread. The same event may come twice. If *on_event*
    raises, the answer is 500, and the service sends the event again. Raises SecretInvalid at once.
    """
    keys = read_secrets(secrets)
    router = APIRouter()

    @router.post(path)
    async def receive_webhook(request: Request) -> Response:
        """Take one signed event of the video service."""
        try:
            event = receive_request(keys, request.headers, await _read_body(request))
        except RequestRefused as refused:
            return _respond(refused.answer)
        if inspect.iscoroutinefunction(on_event):
            await on_event(event)
        else:
            done = await run_in_threadpool(on_event, event)
            if inspect.isawaitable(done):  # a callable object, or a lambda around something asynchronous
                await done
        return _respond(TAKEN)

    return router


async def _read_body(request: Request) -> bytes:
    """Read the body, but not much more than an event may have."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > BODY_BYTES_MAX:
            break
    return bytes(body)


def _respond(answer: Answer) -> Response:
    status, headers, body = answer
    return Response(body, status, headers)
