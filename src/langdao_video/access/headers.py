"""The security headers of all answers and of pages. Pure."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from typing import Final

from langdao_video.access.origins import receive_origin

_HSTS_SECONDS: Final = 365 * 24 * 3_600


def answer_headers(*, is_https: bool) -> dict[str, str]:
    """Return the default headers of an answer: it is data, so it is never run, framed, stored or sniffed.

    *is_https* says that browsers reach us by HTTPS. They must then not use plain HTTP again (RFC 6797 §6.1). This
    covers only our own host, because the names below it belong to others.
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
    styles: tuple[str, ...] = (),
    is_call: bool = False,
) -> dict[str, str]:
    """Return the headers of an HTML page: no third-party origin, framing only by *parent_origins*, no referrer.

    *hosts* are the request's Host and the host of the links. The policy names them because old Safari does not match a
    WebSocket with 'self' (CSP3 §6.7.2.8). *frames* are the origins that the page may embed. *scripts* and *styles* are
    the sources besides our own, such as the hashes of what stands inside the page (`hash_inline`). *is_call* turns the
    opener policy off: a platform of another origin may open the call in a popup and must get its messages.

    A platform that isolates its page (COEP: require-corp) can frame only pages with the same COEP whose resource
    policy is cross-origin (HTML §7.1.4). `frame-ancestors` still decides who may frame the page.
    """
    known = dict.fromkeys(origin.authority for host in hosts if (origin := receive_origin(f"http://{host}")))
    own_sockets = "".join(f" ws://{host} wss://{host}" for host in known)
    policy = {
        "default-src": "'none'",
        "script-src": " ".join(("'self'", *scripts)),
        "style-src": " ".join(("'self'", *styles)),
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


def hash_inline(text: str) -> str:
    """Return the hash-source of a script or style inside a page (CSP3 §2.3.1): the policy allows this one alone."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
