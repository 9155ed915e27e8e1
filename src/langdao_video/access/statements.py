"""The links to statements: in production each carries a token of its own."""

from __future__ import annotations

from dataclasses import dataclass

from langdao_video.access.tokens import Tokens
from langdao_video.session.paths import write_segment


@dataclass(frozen=True, slots=True)
class StatementLinks:
    """Make links to statements below *base_url*."""

    base_url: str
    tokens: Tokens
    needs_token: bool

    def make(self, session_id: str, now_ms: int) -> str:
        """Return the link with which whoever has it may read this one statement (90 days)."""
        url = f"{self.base_url}/sessions/{write_segment(session_id)}"
        return (
            f"{url}?token={self.tokens.make_statement_token(session_id, now_ms)}" if self.needs_token else url
        )
