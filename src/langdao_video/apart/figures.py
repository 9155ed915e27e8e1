"""Keeps what the platform's backend last said about each session's bill. The call service shows it and decides nothing.

It is sans-I/O state in memory. After a restart the pages get the bill again with the next heartbeat.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from langdao_video.session.commands import End, ShowBill

AHEAD_MS_MAX: Final = 300_000
"""How far a platform's clock may be ahead of ours; as much as its signatures may be."""
SESSIONS_MAX: Final = 10_000
"""At this bound the session that the platform spoke of longest ago is forgotten."""


@dataclass(slots=True)
class _Figures:
    bill: ShowBill | None = None
    end: End | None = None


class PlatformFigures:
    """The newest bill and the newest end of each session, as the platform has them."""

    def __init__(self) -> None:
        self._sessions: OrderedDict[str, _Figures] = OrderedDict()

    def note_bill(self, session_id: str, bill: ShowBill, now_ms: int) -> bool:
        """Keep *bill*, which came at *now_ms*. Return whether it is news: an older one may come late.

        A bill of a clock that was wrong and has been set back is no newer one: it would stay for as long as that clock
        was ahead.
        """
        figures = self._of(session_id)
        known = figures.bill
        if known is not None and bill.now_ms < known.now_ms:
            was_set_back = bill.now_ms <= now_ms + AHEAD_MS_MAX < known.now_ms
            if not was_set_back:
                return False
        figures.bill = bill
        return True

    def note_end(self, session_id: str, end: End) -> None:
        """Keep *end*."""
        self._of(session_id).end = end

    def bill_of(self, session_id: str) -> ShowBill | None:
        """Return the newest bill; None if the platform has sent none."""
        figures = self._sessions.get(session_id)
        return None if figures is None else figures.bill

    def end_of(self, session_id: str) -> End | None:
        """Return the newest end; None if the platform has sent none."""
        figures = self._sessions.get(session_id)
        return None if figures is None else figures.end

    def _of(self, session_id: str) -> _Figures:
        figures = self._sessions.setdefault(session_id, _Figures())
        self._sessions.move_to_end(session_id)
        if len(self._sessions) > SESSIONS_MAX:
            self._sessions.popitem(last=False)
        return figures
