"""The security headers: of every answer, and of pages. Pure."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from typing import Final

from langdao_video.access.origins import receive_origin

_HSTS_SECONDS: Final = 365 * 24 * 3_600


def answer_headers(*, is_https: bool) -> dict[str, str]:
    """Return what every answer has that says nothing else: it is data, which is never run, framed, kept or guessed at.

    *is_https*: browsers reach us by HTTPS, and shall not try without again (RFC 6797 §6.1). That holds for our host
    alone: what is below its name belongs to others.
    """
    headers = {
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cache-control": "no-store",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
    }
    if is_https:
        headers["strict-transport-security"] = f"max-age={_HSTS_SECONDS}"
    return headers


def page_headers(
    hosts: tuple[str, ...],
    parent_origins: tuple[str, ...],
    *,
    frames: tuple[str, ...] = (),
    scripts: tuple[str, ...] = (),
    inline_styles: bool = False,
    is_call: bool = False,
) -> dict[str, str]:
    """Return the headers of an HTML page: no third-party origin, no framing but by *parent_origins*, no referrer.

    *hosts* are the request's Host and the links' own: old Safari does not match a WebSocket with 'self'
    (CSP3 §6.7.2.8), so they are named. *frames* are origins the page itself may embed, *scripts* the hashes of those
    inside it (`hash_script`). *is_call*: a platform of another origin may open the page as a popup and has to hear
    its messages, which an opener policy would cut off.

    A platform that isolates its page (COEP: require-corp) may frame only pages that say the same of themselves and
    let other origins have them (HTML §7.1.4); who may frame them at all says the policy.
    """
    known = dict.fromkeys(origin.authority for host in hosts if (origin := receive_origin(f"http://{host}")))
    own_sockets = "".join(f" ws://{host} wss://{host}" for host in known)
    policy = {
        "default-src": "'none'",
        "script-src": " ".join(("'self'", *scripts)),
        "style-src": "'self' 'unsafe-inline'" if inline_styles else "'self'",
        "img-src": "'self' data: blob:",
        "font-src": "'self'",
        "media-src": "'self' blob: mediastream:",
        "connect-src": f"'self'{own_sockets}",
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
        "cache-control": "no-store",
        "cross-origin-embedder-policy": "require-corp",
        "cross-origin-resource-policy": "cross-origin",
        "cross-origin-opener-policy": "unsafe-none" if is_call else "same-origin",
    }


def hash_script(text: str) -> str:
    """Name an inline script in a policy, so that it runs and no other does (CSP3 §2.3.1, hash-source)."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
