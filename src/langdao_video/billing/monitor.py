"""Acts on what is due (R38): deadlines are rows, so any node can, and a restart loses none."""

from __future__ import annotations

import asyncio
from typing import Final

import structlog

from langdao_video.billing.service import SessionService
from langdao_video.errors import LangDAOError

log = structlog.get_logger(__name__)

_LOOK_SECONDS: Final = 0.5
SETTLE_SECONDS: Final = 10.0
"""After a start nothing is acted on for this long: pages that lost their server come back first."""
_SESSIONS_A_LOOK: Final = 200


async def run_monitor(sessions: SessionService) -> None:
    """Look for due sessions twice a second, until cancelled."""
    await asyncio.sleep(SETTLE_SECONDS)
    while True:
        await asyncio.sleep(_LOOK_SECONDS)
        try:
            await act_on_all_due(sessions)
        except LangDAOError as error:
            log.warning("monitor-failed", code=error.code, message=error.message)


async def act_on_all_due(sessions: SessionService) -> None:
    """Act once on each session that has something due, or whose newest append had no answer.

    An end clears the deadlines: without the latter nobody would find out that it is stored, and tell it.
    """
    due = await sessions.store.load_due(sessions.clock.now_ms(), _SESSIONS_A_LOOK)
    in_doubt = sessions.in_doubt[:_SESSIONS_A_LOOK]
    for session_id in dict.fromkeys((*in_doubt, *(deadline.session_id for deadline in due))):
        try:
            await sessions.act_on_due(session_id)
        except LangDAOError as error:
            log.warning("due-failed", session=session_id, code=error.code, message=error.message)
