"""The platform's next page: which address the end of a call may lead to. Pure.

Law: people read the host on a button before they press it, so no host may look like another. The page holds the
address of a token to the same rule, since a platform may sign tokens itself (client/src/room/embedding/next-page.ts).
Both must pass the cases of wire/text/next-pages.json.
"""

from __future__ import annotations

import re
from typing import Final

NEXT_CHARACTERS_MAX: Final = 300
"""The longest address of a next page: it is in the token, which is part of a link."""

_PORT_MAX: Final = 65_535
_LABEL: Final = r"(?!xn--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
"""Of a host (RFC 1123 §2.1). `xn--` stands for letters that may look like others (RFC 5890 §2.3.1)."""
_LAST_LABEL: Final = r"(?!xn--)[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?"
"""It begins with a letter: a browser reads a host that ends in a number as an address of the network."""
_REST: Final = r"[/?#][A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]*"
"""Path, query and fragment (RFC 3986 §2). A browser would read a backslash as a slash."""
_NEXT_PAGE: Final = re.compile(
    rf"(?:https://(?:{_LABEL}\.)+{_LAST_LABEL}|https?://(?:localhost|127\.0\.0\.1))(?::(?P<port>[0-9]{{1,5}}))?(?:{_REST})?",
    re.ASCII | re.IGNORECASE,
)


def is_next_page(text: str) -> bool:
    """Tell whether the end of a call may lead to *text*: https, or http on this machine, 1–300 characters."""
    found = _NEXT_PAGE.fullmatch(text) if len(text) <= NEXT_CHARACTERS_MAX else None
    return found is not None and int(found["port"] or 0) <= _PORT_MAX
