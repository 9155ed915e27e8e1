"""Links that count no longer: one, those of a session, or all that were made before a time.

The store keeps them, so that they outlive a restart; this process knows them all, so that no join waits for the store.
What another process has revoked (`langdao-video revoke`, another node) is noticed within a second.
Bound: a revocation is forgotten when every link it is about has expired.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

import structlog

from langdao_video.access.tokens import LIFETIME_MS_MAX, Tokens
from langdao_video.errors import BadRequest, LangDAOError, NotAllowed
from langdao_video.log_writer import escape_controls
from langdao_video.session.links import Grant
from langdao_video.store.port import EVENTS_PAGE, Revocation, RevocationKind, Store

log = structlog.get_logger(__name__)

KEPT_MS: Final = max(LIFETIME_MS_MAX.values()) + 24 * 3_600_000
"""How long a revocation is kept: a day longer than any link is good."""

_LOOK_SECONDS: Final = 1.0


def plan_revocation(
    tokens: Tokens, now_ms: int, *, link: str | None, session_id: str | None, before_ms: int | None
) -> Revocation:
    """Decide what is to be revoked: one *link*, a session's links, or all; of those made before *before_ms* (Unix ms).

    Without *before_ms* a session's links of up to now. Raises BadRequest `revocation-unclear` or `before-invalid`,
    and for the link what `Tokens.receive_link_id` raises.
    """
    if link is not None and session_id is None and before_ms is None:
        return Revocation("link", tokens.receive_link_id(link), now_ms)
    if link is not None or (session_id is None and before_ms is None):
        raise BadRequest(
            "revocation-unclear",
            "Name what to revoke: one link, or a session, or the time before which all links were made. A time may "
            "go with a session, and with no link.",
        )
    if before_ms is not None and not now_ms - KEPT_MS <= before_ms <= now_ms:
        raise BadRequest(
            "before-invalid",
            f"before is Unix time in milliseconds, not ahead of now ({now_ms}) and at most "
            f"{KEPT_MS // 86_400_000} days ago, not {before_ms}.",
        )
    kind: RevocationKind = "all" if session_id is None else "session"
    return Revocation(kind, session_id or "", now_ms + 1 if before_ms is None else before_ms)


def read_moment(text: str) -> int:
    """Read Unix time in ms, or ISO 8601 with its offset; return Unix ms. Raises BadRequest `before-invalid`."""
    if text.isascii() and text.isdigit():
        return int(text[:20])
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise BadRequest(
            "before-invalid",
            "before is Unix time in milliseconds, or a time with its offset as 2026-11-29T18:30:00Z, not "
            f"{text[:64]!r}.",
        )
    return math.floor(moment.timestamp() * 1000)


def describe_revocation(kept: Revocation) -> str:
    """Say what was revoked."""
    if kept.kind == "link":
        return f"The link {kept.subject} counts no longer."
    when = datetime.fromtimestamp(kept.before_ms / 1000, UTC).isoformat(timespec="milliseconds")
    whose = f"of session {escape_controls(kept.subject)}" if kept.kind == "session" else "of all sessions"
    return f"The links {whose} made before {when} count no longer."


def _close_none() -> int:
    return 0


class Revocations:
    """What this process knows of revoked links. *expel*, which closes sockets, is called with every piece of news."""

    def __init__(self, store: Store) -> None:
        self.expel: Callable[[], int] = _close_none
        self._store = store
        self._links: set[str] = set()
        self._before_ms: dict[str, int] = {}
        self._seq = 0

    def check(self, grant: Grant) -> None:
        """Raise NotAllowed `link-revoked` if a link counts no longer."""
        if grant.id in self._links or grant.issued_ms < self.cutoff_ms(grant.session_id):
            raise NotAllowed("link-revoked", "This link was withdrawn: ask the platform for a new one.")

    def cutoff_ms(self, session_id: str) -> int:
        """Return before when links of a session were revoked (Unix ms); 0 if none were."""
        return max(
            self._before_ms.get(_name("all", ""), 0), self._before_ms.get(_name("session", session_id), 0)
        )

    async def revoke(self, revocation: Revocation, now_ms: int) -> tuple[Revocation, int]:
        """Store *revocation*, and close the sockets it is about; return it as it is kept, and how many they were."""
        kept = await self._store.revoke(revocation, now_ms - KEPT_MS)
        return kept, await self.refresh()

    async def refresh(self) -> int:
        """Learn what is new, and close the sockets it is about; return how many they were."""
        is_new = False
        while page := await self._store.load_revocations(self._seq):
            is_new = True
            for row in page:
                self._learn(row)
            if len(page) < EVENTS_PAGE:
                break
        return self.expel() if is_new else 0

    async def run(self) -> None:
        """Learn what other processes have revoked, until cancelled."""
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            try:
                await self.refresh()
            except LangDAOError as error:
                log.warning("revocations-not-read", code=error.code, message=error.message)
            except Exception:
                log.exception("revocations-not-read")

    def _learn(self, row: Revocation) -> None:
        log.info("links-revoked", kind=row.kind, subject=row.subject, before=row.before_ms)
        self._seq = max(self._seq, row.seq)
        if row.kind == "link":
            self._links.add(row.subject)
        else:
            self._before_ms[_name(row.kind, row.subject)] = row.before_ms


def _name(kind: RevocationKind, subject: str) -> str:
    return f"{kind} {subject}"
