"""How a session's id stands in a path, so that each id has one address that no browser and no proxy changes. Pure.

An id of letters, digits and `_ - . ~` is written as it is. Every other one (`a/b`, `..`, `Anna & Bob`, an emoji) is
written as `~` and its UTF-8 in base64url: browsers resolve `..` and `%2e%2e` (WHATWG URL §4.4), and many proxies
decode `%2F`, so percent-encoding alone does not arrive.
"""

from __future__ import annotations

import re
from base64 import b64decode, urlsafe_b64encode
from typing import Final
from urllib.parse import unquote_to_bytes

from langdao_video.errors import BadRequest

_MARK: Final = "~"
# A full stop or a tilde at an end is taken for a part of the sentence around a link.
_PLAIN: Final = re.compile(r"[A-Za-z0-9_-]([A-Za-z0-9_.~-]*[A-Za-z0-9_-])?")


def write_segment(text: str) -> str:
    """Write *text* as one segment of a path, the same for the same text."""
    if _PLAIN.fullmatch(text):
        return text
    return _MARK + urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_segment(segment: str) -> str:
    """Read what a segment stands for, percent-encoded or as `write_segment` writes it.

    Raises BadRequest `url-not-unicode`, and `url-invalid` for a `~` that no base64url follows and for NUL.
    """
    text = decode_percent(segment)
    if text.startswith(_MARK):
        text = _decode_base64url(text[len(_MARK) :])
    if "\0" in text:
        raise BadRequest("url-invalid", f"{segment[:60]!r} has a NUL in it, which stands in no id.")
    return text


def decode_percent(sent: str | bytes) -> str:
    """Decode percent-encoding, which has to be UTF-8. Raises BadRequest `url-not-unicode`."""
    try:
        return unquote_to_bytes(sent).decode()
    except UnicodeDecodeError:
        raise BadRequest(
            "url-not-unicode",
            f"{sent[:60]!r} in the address is not UTF-8: percent-encode the UTF-8 of each character (é is %C3%A9).",
        ) from None


def _decode_base64url(encoded: str) -> str:
    try:
        bare = encoded.rstrip("=")
        return b64decode(bare + "=" * (-len(bare) % 4), b"-_", validate=True).decode()
    except ValueError:
        raise BadRequest(
            "url-invalid",
            f"After ~ stands base64url of UTF-8 and not {encoded[:60]!r}. An id that begins with ~ is "
            "written that way, too.",
        ) from None
