"""Revokes links: a single link, the links of a session, or all links that were made before a time.

The store keeps revocations, so that they survive a restart. Each process keeps them in memory too, so that no join
waits for the store. A process learns within a second what another one revoked (`langdao-video revoke`, another node).
Bound: a revocation is forgotten when all its links have expired.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final

import structlog

from langdao_video.access.tokens import LIFETIME_MS_MAX, Tokens
from langdao_video.errors import BadRequest, LangDAOError, NotAllowed
from langdao_video.log_writer import escape_controls
from langdao_video.session.links import Grant, Withdrawn
from langdao_video.store.port import EVENTS_PAGE, Revocation, RevocationKind, Store

log = structlog.get_logger(__name__)

KEPT_MS: Final = max(LIFETIME_MS_MAX.values()) + 24 * 3_600_000
"""How long a revocation is kept: a day longer than any link is valid."""

_REFRESH_SECONDS: Final = 1.0


def plan_revocation(
    tokens: Tokens, now_ms: int, *, link: str | None, session_id: str | None, before_ms: int | None
) -> Revocation:
    """Decide what to revoke: one *link*, or a session's links or all links that were made before *before_ms* (Unix ms).

    Without *before_ms*, all links of the session that were made until now are revoked. Raises BadRequest
    `revocation-unclear` or `before-invalid`, and the errors of `Tokens.receive_link_id`.
    """
    if link is not None and session_id is None and before_ms is None:
        return Revocation("link", tokens.receive_link_id(link), now_ms)
    if link is not None or (session_id is None and before_ms is None):
        raise BadRequest(
            "revocation-unclear",
            "Say what to revoke: a link, or a session, or a time (all links made before it). A session may have a "
            "time, too; a link may not.",
        )
    if before_ms is not None and not now_ms - KEPT_MS <= before_ms <= now_ms:
        raise BadRequest(
            "before-invalid",
            f"before must be Unix time in milliseconds, not later than now ({now_ms}) and at most "
            f"{KEPT_MS // 86_400_000} days ago, not {before_ms}.",
        )
    kind: RevocationKind = "all" if session_id is None else "session"
    return Revocation(kind, session_id or "", now_ms + 1 if before_ms is None else before_ms)


def read_moment(text: str, name: str = "before") -> int:
    """Read Unix time in ms, or ISO 8601 with an offset, and return Unix ms. Raises BadRequest `before-invalid`.

    *name* is what the caller calls it.
    """
    if text.isascii() and text.isdigit():
        return int(text[:20])
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise BadRequest(
            "before-invalid",
            f"{name} must be Unix time in milliseconds, or a time with its offset such as 2026-11-29T18:30:00Z, not "
            f"{text[:64]!r}.",
        )
    return math.floor(moment.timestamp() * 1000)


def describe_revocation(kept: Revocation) -> str:
    """Say which links a revocation revoked."""
    if kept.kind == "link":
        return f"The link {kept.subject} is no longer valid."
    when = datetime.fromtimestamp(kept.before_ms / 1000, UTC).isoformat(timespec="milliseconds")
    whose = f"of session {escape_controls(kept.subject)}" if kept.kind == "session" else "of all sessions"
    return f"The links {whose} made before {when} are no longer valid."


def _close_none(_withdrawn: Withdrawn) -> int:
    return 0


class Revocations:
    """What this process knows about revoked links. After each new revocation it calls *expel*, which closes sockets."""

    def __init__(self, store: Store) -> None:
        self.expel: Callable[[Withdrawn], int] = _close_none
        self._store = store
        self._links: set[str] = set()
        self._before_ms: dict[str, int] = {}
        self._seq = 0

    def check(self, grant: Grant) -> None:
        """Raise NotAllowed `link-revoked` if the link is revoked."""
        if grant.id in self._links or grant.issued_ms < self.cutoff_ms(grant.session_id):
            raise NotAllowed("link-revoked", "This link was withdrawn: ask the platform for a new one.")

    def cutoff_ms(self, session_id: str) -> int:
        """Return the time (Unix ms) before which a session's links are revoked; 0 if none are."""
        return max(
            self._before_ms.get(_name("all", ""), 0), self._before_ms.get(_name("session", session_id), 0)
        )

    async def revoke(self, revocation: Revocation, now_ms: int) -> tuple[Revocation, int]:
        """Store *revocation* and close the sockets of its links. Return it as stored, and the number of sockets."""
        kept = await self._store.revoke(revocation, now_ms - KEPT_MS)
        return kept, await self.refresh()

    async def refresh(self) -> int:
        """Read new revocations and close the sockets of their links. Return how many sockets it closed."""
        news: list[Revocation] = []
        while page := await self._store.load_revocations(self._seq):
            news += page
            for row in page:
                self._learn(row)
            if len(page) < EVENTS_PAGE:
                break
        return self.expel(_gather(news)) if news else 0

    async def run(self) -> None:
        """Read what other processes revoke, every second, until cancelled."""
        while True:
            await asyncio.sleep(_REFRESH_SECONDS)
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


def _gather(news: Sequence[Revocation]) -> Withdrawn:
    """Return which links *news* may concern."""
    links, sessions = (
        frozenset(row.subject for row in news if row.kind == kind) for kind in ("link", "session")
    )
    return Withdrawn(links, None if any(row.kind == "all" for row in news) else sessions)


def _name(kind: RevocationKind, subject: str) -> str:
    return f"{kind} {subject}"
