"""Receives webhooks in a platform's backend: the signature is checked first, then the event is read.

`handle` is one plain function for Flask, Django and the like; `langdao_video.platform.fastapi` has a router.
"""

from __future__ import annotations

import inspect
import json
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Final, Protocol

from pydantic import ValidationError

from langdao_video.delivery import signing
from langdao_video.delivery.signing import SecretInvalid, SignatureInvalid
from langdao_video.platform.events import Event, receive_event

BODY_BYTES_MAX: Final = 1024**2
"""No event is nearly as large. More than that is not read."""

Secrets = str | Sequence[str]
"""One `whsec_…` or several: in a list, or in one text with spaces or commas between, as in BACKEND_SECRET."""

Answer = tuple[int, dict[str, str], bytes]
"""Status, headers and body."""


class RequestHeaders(Protocol):
    """The headers of a request, as any framework has them."""

    def items(self) -> Iterable[tuple[str, str]]:
        """Yield names and values; names are compared without case."""


class EventUnreadable(ValueError):
    """The body has the right signature and is no event: no JSON object, or one without type, session or time."""


def verify(
    secrets: Secrets, headers: RequestHeaders, body: bytes, *, now_seconds: float | None = None
) -> Event:
    """Check the signature of a webhook and read its event. *body* is what came, to the byte: no parsed JSON.

    *now_seconds* is Unix time, by default this machine's. A signature counts for 300 s before and after it.
    Raises SignatureInvalid (its text says which header is missing, by how many seconds the clocks differ, or that
    no key fits), EventUnreadable, and SecretInvalid if *secrets* is none.
    """
    if not isinstance(body, bytes):
        raise TypeError(f"body must be the raw bytes of the request, not {type(body).__name__}")
    now = time.time() if now_seconds is None else now_seconds
    signing.verify(read_secrets(secrets), dict(headers.items()), body, now)
    try:
        return receive_event(_read_object(body))
    except ValidationError as error:
        first = error.errors()[0]
        raise EventUnreadable(f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}") from None


def handle(
    method: str, headers: RequestHeaders, body: bytes, secrets: Secrets, on_event: Callable[[Event], object]
) -> Answer:
    """Answer one request: give its event to *on_event* if the signature is right, and refuse it if not.

    The same event may come twice, and what *on_event* raises is not caught here: your framework answers 500, and the
    service sends the event again. So first keep what you need of the event, and then return.
    """
    if method.upper() != "POST":
        return refuse(405, "method-not-allowed", "Send webhooks with POST.", allow="POST")
    try:
        event = receive_request(secrets, headers, body)
    except RequestRefused as refused:
        return refused.answer
    done = on_event(event)
    if inspect.iscoroutine(done):
        done.close()
        raise TypeError(
            "on_event is asynchronous, so nothing has taken the event: give handle() a plain function"
        )
    return TAKEN


TAKEN: Final[Answer] = (200, {"content-type": "application/json"}, b'{"success": true}')


class RequestRefused(Exception):
    """A request is no webhook of ours; *answer* tells its sender why."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer[2].decode())
        self.answer = answer


def receive_request(secrets: Secrets, headers: RequestHeaders, body: bytes) -> Event:
    """Read the event of a request. Raises RequestRefused, and SecretInvalid if *secrets* is none."""
    if len(body) > BODY_BYTES_MAX:
        raise RequestRefused(refuse(413, "body-too-large", "No event is as large."))
    try:
        return verify(secrets, headers, body)
    except SignatureInvalid as error:
        raise RequestRefused(refuse(401, error.reason, str(error))) from None
    except EventUnreadable as error:
        raise RequestRefused(refuse(400, "event-unreadable", str(error))) from None


def refuse(status: int, code: str, message: str, **headers: str) -> Answer:
    """Write a refusal as the service writes its own: a code for programs and a message for people."""
    body = json.dumps({"code": code, "message": message}).encode()
    return status, {"content-type": "application/json", **headers}, body


def read_secrets(secrets: Secrets) -> list[str]:
    """Return the secrets one by one. Raises SecretInvalid if there is none, or one is no `whsec_` secret."""
    texts = secrets.replace(",", " ").split() if isinstance(secrets, str) else list(secrets)
    if not texts:
        raise SecretInvalid("There is no secret: give the `whsec_…` of BACKEND_SECRET.")
    for text in texts:
        signing.receive_secret(text)
    return texts


def _read_object(body: bytes) -> dict[str, object]:
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        raise EventUnreadable("the body is no JSON object")
    return fields
