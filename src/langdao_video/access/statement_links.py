"""Makes the links to statements. In production each link has a token of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from langdao_video.access.tokens import Tokens
from langdao_video.session.paths import write_segment


def _none_revoked(_session_id: str) -> int:
    return 0


@dataclass(frozen=True, slots=True)
class StatementLinks:
    """Make links to statements below *base_url*."""

    base_url: str
    tokens: Tokens
    needs_token: bool
    cutoff_ms: Callable[[str], int] = _none_revoked
    """Return the time (Unix ms) before which a session's links are revoked. A new link is never dated before it."""

    def make(self, session_id: str, now_ms: int) -> str:
        """Return a link to this statement. Anyone who has the link can read the statement for 90 days."""
        url = f"{self.base_url}/sessions/{write_segment(session_id)}"
        if not self.needs_token:
            return url
        made_ms = max(now_ms, self.cutoff_ms(session_id))
        return f"{url}?token={self.tokens.make_statement_token(session_id, made_ms)}"
