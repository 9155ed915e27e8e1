"""Says what is wrong with REDIS_URL, without the password in it. Pure."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

SCHEMES: Final = ("redis", "rediss")


def receive_redis_url(url: str) -> str:
    """Return *url*. Raises ValueError with what to write."""
    try:
        parts = urlsplit(url)
        is_right = parts.scheme in SCHEMES and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_right = False
    if not is_right:
        raise ValueError("write redis://HOST:6379, rediss://… for TLS, redis://:PASSWORD@HOST:6379.")
    return url


def locate_redis(url: str) -> str:
    """Return the host and port of *url*: the same for two users, passwords and database numbers of one Redis.

    Publish and subscribe know no database numbers (https://redis.io/docs/latest/develop/pubsub/).
    """
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port or 6379}"


def describe_redis(url: str) -> str:
    """Return the scheme, host and port of *url*, which may be printed."""
    return f"{urlsplit(url).scheme}://{locate_redis(url)}"


def explain_failure(url: str, error: BaseException) -> str:
    """Say why the Redis at *url* cannot be used, and what to set."""
    kinds = {
        kind.__name__ for kind in type(error).__mro__
    }  # by name: the library is not loaded to read settings
    place = f"REDIS_URL, {describe_redis(url)}"
    text = str(error)
    if kinds & {"AuthenticationError", "NoPermissionError"} or "NOAUTH" in text or "WRONGPASS" in text:
        advice = "this Redis asks for another password: write redis://USER:PASSWORD@HOST, or redis://:PASSWORD@HOST"
    elif "SSL" in text or "certificate" in text.lower():
        advice = (
            "TLS failed. Write redis:// if it speaks no TLS; for a private authority add ?ssl_ca_certs=/path"
        )
    elif isinstance(error, TimeoutError) or "timeout" in text.lower():
        tls = (
            "write redis:// if it speaks no TLS"
            if url.startswith("rediss:")
            else "write rediss:// if it wants TLS"
        )
        advice = f"it does not answer within 5 s. See that it is Redis, and near; {tls}"
    elif any(word in text.lower() for word in ("closed", "reset by peer")):
        advice = "it hangs up at once. Write rediss:// if it wants TLS; otherwise it is no Redis"
    elif "InvalidResponse" in kinds or not kinds & {"RedisError", "OSError"}:
        advice = "what answers there is no Redis"
    else:
        advice = f"no Redis answers there ({text[:120]})"
    return f"{place}: {advice}."
