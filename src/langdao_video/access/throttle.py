"""Throttles refused requests: each address gets one log line a minute, and each guess makes its answers slower.

Bounds: 8 delayed answers for one address, 256 in all. At the bound `delay` returns False at once, and the caller
closes the connection. A connection that waits for a delayed answer takes no other request.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Final

import structlog

from langdao_video.access.network import network_of
from langdao_video.access.refusals import MINUTE_MS, RefusalCount, RefusalLog, Strikes

log = structlog.get_logger(__name__)

GUESS_CODES: Final = frozenset({"token-invalid"})
"""The codes of refusals that a guessed token gets. Their answers are delayed. A wrong key counts as a guess, too."""
DELAYED_MAX: Final = 256
DELAYED_OF_ADDRESS_MAX: Final = 8


class RefusalLogger:
    """Write the lines of a RefusalLog when they are due. It needs a running event loop."""

    def __init__(self, event: str) -> None:
        self._event = event
        self._log = RefusalLog()
        self._timer: asyncio.TimerHandle | None = None

    def note(self, network: str, code: str) -> None:
        """Count one refusal of an address."""
        loop = asyncio.get_running_loop()
        self._write(self._log.note(network, code, int(loop.time() * 1000)))
        if self._timer is None:
            self._timer = loop.call_later(MINUTE_MS / 1000, self._write_due, loop)

    def close(self) -> None:
        """Write the lines that are still due."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._write(self._log.take_all())

    def _write_due(self, loop: asyncio.AbstractEventLoop) -> None:
        self._write(self._log.take_due(int(loop.time() * 1000)))
        self._timer = None if self._log.is_empty else loop.call_later(1, self._write_due, loop)

    def _write(self, lines: list[RefusalCount]) -> None:
        for line in lines:
            log.warning(self._event, address=line.network, count=line.count, codes=line.codes)


class RefusalThrottle:
    """Throttle the refusals of the application: joins, keys and signed addresses."""

    def __init__(self) -> None:
        self._logger = RefusalLogger("refused")
        self._strikes = Strikes()
        self._delayed: Counter[str] = Counter()

    def note(self, host: str | None, code: str) -> None:
        """Count a refusal that the caller answers at once."""
        self._logger.note(network_of(host), code)

    async def delay(self, host: str | None, code: str) -> bool:
        """Count the refusal of a token or key, and wait for as long as its address has earned.

        Returns False if too many answers wait already: the caller then closes the connection.
        """
        network = network_of(host)
        self._logger.note(network, code)
        delay_ms = self._strikes.add(network, int(asyncio.get_running_loop().time() * 1000))
        if not delay_ms:
            return True
        if self._delayed[network] >= DELAYED_OF_ADDRESS_MAX or self._delayed.total() >= DELAYED_MAX:
            return False
        self._delayed[network] += 1
        try:
            await asyncio.sleep(delay_ms / 1000)
        finally:
            self._delayed[network] -= 1
            if not self._delayed[network]:
                del self._delayed[network]
        return True

    def close(self) -> None:
        """Write the lines that are still due."""
        self._logger.close()
