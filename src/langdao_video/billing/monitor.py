"""Acts on deadlines that are due (R38). Deadlines are rows in the store: any node can act, and a restart loses none.

An error in one session stops neither the other sessions nor the next round.
"""

from __future__ import annotations

import asyncio
from typing import Final, get_args

import structlog

from langdao_video.billing.grace import Due
from langdao_video.billing.service import SessionService
from langdao_video.clock import read_uptime_ms
from langdao_video.errors import LangDAOError
from langdao_video.store.port import Deadline

log = structlog.get_logger(__name__)

_ROUND_SECONDS: Final = 0.5
SETTLE_SECONDS: Final = 10.0
"""How long the monitor waits after a start, so that pages that lost their server can come back first."""
STALL_MS: Final = 5_000
"""If the process stood still for longer (stopped, asleep, a store that did not answer), the monitor waits as after a
start, so that what came meanwhile is read first."""
_SESSIONS_A_ROUND: Final = 200
_LOOKS_A_ROUND_MAX: Final = 50
REST_MS: Final = 10_000
"""How long a session is left alone after an error that a second try does not mend."""
_DEADLINES_A_SESSION_MAX: Final = len(get_args(Due))


async def run_monitor(sessions: SessionService) -> None:
    """Act on due sessions twice a second, until cancelled."""
    await asyncio.sleep(SETTLE_SECONDS)
    resting: dict[str, int] = {}
    round_ms = read_uptime_ms()
    while True:
        await asyncio.sleep(_ROUND_SECONDS)
        stood_ms = read_uptime_ms() - round_ms
        if stood_ms > STALL_MS:
            log.warning("monitor-stood-still", stood_ms=stood_ms)
            await asyncio.sleep(SETTLE_SECONDS)
        round_ms = read_uptime_ms()
        try:
            await act_on_all_due(sessions, resting)
        except LangDAOError as error:
            log.warning("monitor-failed", code=error.code, message=error.message)
        except Exception:
            log.exception("monitor-failed")
            await asyncio.sleep(REST_MS / 1000)


async def act_on_all_due(sessions: SessionService, resting: dict[str, int] | None = None) -> None:
    """Act once on each session that has a deadline due, or whose newest append had no answer.

    The latter is needed because an end clears the deadlines: without it nobody would find out and tell that the end is
    stored. *resting* is kept from round to round: the sessions that failed, and until when to leave each alone (Unix
    ms).
    """
    resting = {} if resting is None else resting
    now_ms = sessions.clock.now_ms()
    for session_id in [name for name, until_ms in resting.items() if until_ms <= now_ms]:
        del resting[session_id]  # also if the session has nothing due any more
    # Resting sessions are the longest overdue and come first, so the limit must leave room for the others.
    limit = _SESSIONS_A_ROUND + len(resting) * _DEADLINES_A_SESSION_MAX
    due, moved = await _load_due(sessions, limit)
    in_doubt = sessions.in_doubt[:_SESSIONS_A_ROUND]
    for session_id in dict.fromkeys((*in_doubt, *(deadline.session_id for deadline in due))):
        if session_id in resting or session_id in moved:
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


async def _load_due(sessions: SessionService, limit: int) -> tuple[list[Deadline], set[str]]:
    """Load what is due, and the sessions of which nothing is due any more: their proofs have moved their deadlines.

    While these fill the page, others may be due behind them.
    """
    due: list[Deadline] = []
    moved: set[str] = set()
    for _ in range(_LOOKS_A_ROUND_MAX):
        due = await sessions.load_due(limit)
        moved = await sessions.postpone(due)
        if len(due) < limit or not moved:
            break
    return due, moved
