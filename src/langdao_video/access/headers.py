"""The security headers of every page, and which origins may speak to us. Pure."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from typing import Final

_HOST: Final = re.compile(r"[A-Za-z0-9.\-]+(:\d{1,5})?|\[[0-9A-Fa-f:]+\](:\d{1,5})?")


def page_headers(
    host: str,
    parent_origins: tuple[str, ...],
    *,
    frames: tuple[str, ...] = (),
    scripts: tuple[str, ...] = (),
    inline_styles: bool = False,
) -> dict[str, str]:
    """Return the headers of an HTML page: no third-party origin, no framing but by *parent_origins*, no referrer.

    *host* is the request's Host: old Safari does not match a WebSocket with 'self' (CSP3 §6.7.2.8), so it is named.
    *frames* are origins the page itself may embed, *scripts* the hashes of those inside it (`hash_script`). There is
    no opener policy: a platform of another origin may open the call as a popup and has to hear its messages. With the
    embedder and the resource policy a platform that is isolated itself (HTML §7.1.4, COEP) may show the page.
    """
    own_socket = f" ws://{host} wss://{host}" if _HOST.fullmatch(host) else ""
    policy = {
        "default-src": "'none'",
        "script-src": " ".join(("'self'", *scripts)),
        "style-src": "'self' 'unsafe-inline'" if inline_styles else "'self'",
        "img-src": "'self' data: blob:",
        "font-src": "'self'",
        "media-src": "'self' blob: mediastream:",
        "connect-src": f"'self'{own_socket}",
        "frame-src": " ".join(("'self'", *frames)),
        "frame-ancestors": " ".join(parent_origins),
        "base-uri": "'none'",
        "form-action": "'self'",
    }
    return {
        "content-security-policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "permissions-policy": "camera=(self), microphone=(self), display-capture=(self), geolocation=()",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "cross-origin-embedder-policy": "require-corp",
        "cross-origin-resource-policy": "cross-origin",
        "cache-control": "no-store",
    }


def hash_script(text: str) -> str:
    """Name an inline script in a policy, so that it runs and no other does (CSP3 §2.3.1, hash-source)."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def may_open_socket(origin: str | None, host: str, parent_origins: tuple[str, ...]) -> bool:
    """Tell whether a page of *origin* may open our socket: our own, or one that may embed us.

    No Origin means no browser (RFC 6455 §10.2): its link has to convince, as everyone's.
    """
    if origin is None:
        return True
    if origin.lower() in {f"http://{host}".lower(), f"https://{host}".lower()}:
        return True
    return any(matches_origin(origin, allowed) for allowed in parent_origins if allowed != "'self'")


def matches_origin(origin: str, allowed: str) -> bool:
    """Match an exact origin, or one with `:*` for any port."""
    if allowed.endswith(":*"):
        stem = allowed[:-2]
        return origin == stem or re.fullmatch(re.escape(stem) + r":\d{1,5}", origin) is not None
    return origin == allowed.rstrip("/")
