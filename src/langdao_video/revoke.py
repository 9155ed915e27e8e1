"""The command `langdao-video revoke`: revokes links in the store of the settings."""

from __future__ import annotations

from langdao_video.access.revocations import KEPT_MS, describe_revocation, plan_revocation, read_moment
from langdao_video.access.tokens import Tokens
from langdao_video.errors import Conflict, NotFound
from langdao_video.settings import Settings
from langdao_video.store.migrate import migrate
from langdao_video.store.server_clock import start_clock
from langdao_video.store.sql import SqlStore


async def revoke_links(
    settings: Settings, link: str | None, session_id: str | None, before: str | None
) -> str:
    """Revoke links in the store of *settings*, and return a sentence that says which.

    Raises Conflict `links-unsigned`, NotFound `unknown-session`, and the errors of `plan_revocation`.
    """
    if settings.is_development:
        raise Conflict(
            "links-unsigned", "Development links have no token, so they cannot be revoked: set LINK_KEYS."
        )
    await migrate(settings.database_url)
    store = await SqlStore.open(settings.database_url)
    try:
        clock, _ = await start_clock(store)
        now_ms = clock.now_ms()
        before_ms = None if before is None else read_moment(before)
        revocation = plan_revocation(
            Tokens(settings.link_keys), now_ms, link=link, session_id=session_id, before_ms=before_ms
        )
        if revocation.kind == "session" and not await store.load_events(revocation.subject, limit=1):
            raise NotFound("unknown-session", f"There is no session {revocation.subject!r}.")
        kept = await store.revoke(revocation, now_ms - KEPT_MS)
    finally:
        await store.close()
    return describe_revocation(kept)
