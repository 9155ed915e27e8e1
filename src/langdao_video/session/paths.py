"""Writes a session's id into a path and reads it back. Pure.

Law: each id has exactly one address, and no browser and no proxy changes it.
An id of letters, digits and `_ - . ~` is written as it is. Any other id (`a/b`, `..`, `Anna & Bob`, an emoji) is
written as `~` and its UTF-8 in base64url. Percent-encoding is not enough, because browsers resolve `..` and `%2e%2e`
(WHATWG URL §4.4) and many proxies decode `%2F`.
"""

from __future__ import annotations

import re
from base64 import b64decode, urlsafe_b64encode
from typing import Final
from urllib.parse import unquote_to_bytes

from langdao_video.errors import BadRequest

_MARK: Final = "~"
# Mail and chat programs take a full stop or a tilde at the end of a link for a part of the sentence around it.
_PLAIN: Final = re.compile(r"[A-Za-z0-9_-]([A-Za-z0-9_.~-]*[A-Za-z0-9_-])?")


def write_segment(text: str) -> str:
    """Write *text* as one segment of a path. The same text always gives the same segment."""
    if _PLAIN.fullmatch(text):
        return text
    return _MARK + urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_segment(segment: str) -> str:
    """Read the text of a segment that is percent-encoded or was written by `write_segment`.

    Raises BadRequest `url-not-unicode`, and `url-invalid` for NUL and for a `~` without base64url behind it.
    """
    text = decode_percent(segment)
    if text.startswith(_MARK):
        text = _decode_base64url(text[len(_MARK) :])
    if "\0" in text:
        raise BadRequest("url-invalid", f"{segment[:60]!r} has a NUL character in it. No id may have one.")
    return text


def decode_percent(sent: str | bytes) -> str:
    """Decode percent-encoded UTF-8. Raises BadRequest `url-not-unicode`."""
    try:
        return unquote_to_bytes(sent).decode()
    except UnicodeDecodeError:
        shown = sent if isinstance(sent, str) else sent.decode("latin-1")
        raise BadRequest(
            "url-not-unicode",
            f"{shown[:60]!r} in the address is not UTF-8: percent-encode the UTF-8 of each character (é is %C3%A9).",
        ) from None


def _decode_base64url(encoded: str) -> str:
    try:
        bare = encoded.rstrip("=")
        return b64decode(bare + "=" * (-len(bare) % 4), b"-_", validate=True).decode()
    except ValueError:
        raise BadRequest(
            "url-invalid",
            f"Write base64url of UTF-8 after ~, not {encoded[:60]!r}. An id that begins with ~ is "
            "written that way, too.",
        ) from None
