"""The rules of endpoints: which URL, event types and secret one may have. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from langdao_video.delivery import signing
from langdao_video.errors import BadRequest

EVENT_TYPES: Final = (
    "user-connected",
    "session-heartbeat",
    "user-disconnected",
    "session-ended",
    "end-revised",
    "bill-final",
    "user-action",
    "connection-warning",
    "dispute",
    "grace-decision",
    "grace-resolved",
    "proof-lost",
    "proof-resumed",
    "presence-revised",
    "low-balance",
    "cap-changed",
    "bill-corrected",
)
"""The types that are sent to endpoints, in the order of docs/integration.md."""
SECRETS_MAX: Final = 8
"""How many secrets an endpoint may have: each one adds a signature to each request."""
URL_CHARACTERS_MAX: Final = 2_000


def receive_url(url: str, *, needs_https: bool) -> str:
    """Return the URL of an endpoint, or raise BadRequest `endpoint-url`."""
    schemes = ("https",) if needs_https else ("https", "http")
    right = f"write a full URL such as {schemes[-1]}://platform.example/api/webrtc-events"
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise BadRequest("endpoint-url", f"{url[:200]!r} is no URL: {right}.") from None
    if len(url) > URL_CHARACTERS_MAX:
        raise BadRequest("endpoint-url", f"The URL has more than {URL_CHARACTERS_MAX} characters.")
    if not url.isascii() or not url.isprintable() or " " in url:
        raise BadRequest("endpoint-url", f"{url[:200]!r} has characters that a URL must encode: {right}.")
    if parts.scheme == "http" and needs_https:
        raise BadRequest("endpoint-url", f"In production events go only to https: {right}.")
    if parts.scheme not in schemes or not host:
        raise BadRequest("endpoint-url", f"{url[:200]!r} is no full URL: {right}.")
    if "@" in parts.netloc:
        raise BadRequest(
            "endpoint-url",
            "The URL has a user name or password: the signature proves who sends; leave it out.",
        )
    if "#" in url:
        raise BadRequest("endpoint-url", "The URL has a fragment (#…), which no server gets: leave it out.")
    return url


def receive_types(types: Sequence[str] | None) -> tuple[str, ...] | None:
    """Return the types that an endpoint gets; None for all. Raises BadRequest `endpoint-type`."""
    if types is None:
        return None
    if not types:
        raise BadRequest("endpoint-type", "The list of types is empty: leave it out for all types.")
    for name in types:
        if name not in EVENT_TYPES:
            raise BadRequest(
                "endpoint-type", f"{name[:60]!r} is no event type. The types are {', '.join(EVENT_TYPES)}."
            )
    return tuple(name for name in EVENT_TYPES if name in types)


def receive_secret(secret: str) -> str:
    """Return the secret of an endpoint, or raise BadRequest `endpoint-secret`. No message repeats the secret."""
    try:
        signing.receive_secret(secret)
    except signing.SecretInvalid as error:
        raise BadRequest("endpoint-secret", f"{error} Leave it out, and the service makes one.") from None
    return signing.PREFIX + secret.strip().removeprefix(signing.PREFIX)


def add_secret(secrets: Sequence[str], new: str) -> tuple[str, ...]:
    """Return the secrets with *new* in front. The older ones stay, so that a receiver may change at its own time.

    Raises BadRequest `endpoint-secrets-full`.
    """
    if new in secrets:
        return tuple(secrets)
    if len(secrets) >= SECRETS_MAX:
        raise BadRequest(
            "endpoint-secrets-full",
            f"The endpoint has {SECRETS_MAX} secrets already: remove the old ones first.",
        )
    return (new, *secrets)
