"""Acts on what is due (R38): deadlines are rows, so any node can, and a restart loses none.

Whatever goes wrong with one session, the others have their turn, and so has the next look.
"""

from __future__ import annotations

import asyncio
from typing import Final, get_args

import structlog

from langdao_video.billing.grace import Due
from langdao_video.billing.service import SessionService
from langdao_video.clock import read_uptime_ms
from langdao_video.errors import LangDAOError

log = structlog.get_logger(__name__)

_LOOK_SECONDS: Final = 0.5
SETTLE_SECONDS: Final = 10.0
"""After a start nothing is acted on for this long: pages that lost their server come back first."""
STALL_MS: Final = 5_000
"""A process that stood still for longer (stopped, asleep, a store that did not answer) reads first what came meanwhile,
as after a start."""
_SESSIONS_A_LOOK: Final = 200
REST_MS: Final = 10_000
"""A session that failed in a way that a second try does not mend is left alone for so long."""
_DEADLINES_A_SESSION_MAX: Final = len(get_args(Due))


async def run_monitor(sessions: SessionService) -> None:
    """Look for due sessions twice a second, until cancelled."""
    await asyncio.sleep(SETTLE_SECONDS)
    resting: dict[str, int] = {}
    looked_ms = read_uptime_ms()
    while True:
        await asyncio.sleep(_LOOK_SECONDS)
        stood_ms = read_uptime_ms() - looked_ms
        if stood_ms > STALL_MS:
            log.warning("monitor-stood-still", stood_ms=stood_ms)
            await asyncio.sleep(SETTLE_SECONDS)
        looked_ms = read_uptime_ms()
        try:
            await act_on_all_due(sessions, resting)
        except LangDAOError as error:
            log.warning("monitor-failed", code=error.code, message=error.message)
        except Exception:
            log.exception("monitor-failed")
            await asyncio.sleep(REST_MS / 1000)


async def act_on_all_due(sessions: SessionService, resting: dict[str, int] | None = None) -> None:
    """Act once on each session that has something due, or whose newest append had no answer.

    An end clears the deadlines: without the latter nobody would find out that it is stored, and tell it.
    *resting*, kept from look to look, is who failed, and until when they are left alone (Unix ms).
    """
    resting = {} if resting is None else resting
    now_ms = sessions.clock.now_ms()
    for session_id in [name for name, until_ms in resting.items() if until_ms <= now_ms]:
        del resting[session_id]  # also of who has nothing due any more
    # Those of the resting come first, being longest overdue.
    limit = _SESSIONS_A_LOOK + len(resting) * _DEADLINES_A_SESSION_MAX
    due = await sessions.store.load_due(now_ms, limit)
    in_doubt = sessions.in_doubt[:_SESSIONS_A_LOOK]
    for session_id in dict.fromkeys((*in_doubt, *(deadline.session_id for deadline in due))):
        if session_id in resting:
            continue
        try:
            await sessions.act_on_due(session_id)
        except LangDAOError as error:
            log.warning("due-failed", session=session_id, code=error.code, message=error.message)
            if not error.retry:
                resting[session_id] = now_ms + REST_MS
        except Exception:
            log.exception("due-failed", session=session_id)
            resting[session_id] = now_ms + REST_MS
