"""What delivery asks of others: a renderer makes the messages, a transport sends one and says what came back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from langdao_video.session.paths import write_segment
from langdao_video.store.delivery_port import Endpoint, SessionLog, Stream


@dataclass(frozen=True, slots=True)
class Message:
    """A finished message. *body* is what is signed and sent; each try of the message has the same bytes."""

    seq: int
    event_id: str
    type: str
    body: bytes
    is_beat: bool
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookAnswer:
    """What came back for one message: a status, or the error that kept the status from coming."""

    status: int | None = None
    error: str | None = None
    retry_after: str | None = None
    """The header, as it came."""
    cut: str = ""
    """The beginning of the body."""
    duration_ms: int = 0


class MessageRenderer(Protocol):
    """Make the messages of a stream."""

    def __call__(self, stream: Stream, log: SessionLog, endpoint: Endpoint) -> Iterable[Message]:
        """Return the messages after *stream.position* in order, and then the heartbeats that are still news.

        What the endpoint does not get is left out. The same facts always make the same bytes. An iterable that makes
        each message when it is asked for keeps memory small: only the first few may be asked for.
        """
        ...


class Transport(Protocol):
    """Send one message."""

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> WebhookAnswer:
        """POST *body* once. It raises nothing: whatever goes wrong is an answer."""
        ...


def make_webhook_id(session_id: str, event_id: str) -> str:
    """Return the `webhook-id`: the same for each try. Event ids are unique only within their session."""
    name = f"{session_id}\n{event_id}".encode(errors="replace")
    return f"evt_{hashlib.sha256(name).hexdigest()[:32]}"


def find_url(endpoint: Endpoint, session_id: str) -> str:
    """Return where the messages of a session go: for a room, below the base of its call service."""
    if endpoint.kind == "room":
        return f"{endpoint.url.rstrip('/')}/api/rooms/{write_segment(session_id)}/commands"
    return endpoint.url
