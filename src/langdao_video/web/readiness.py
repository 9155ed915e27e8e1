"""Decides whether new rooms and sockets may be sent to this process. `/health` asks less: whether to keep it alive.

Law: asking costs at most one small write every PROBE_EVERY_MS, however many ask.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import structlog
from prometheus_client import CollectorRegistry

from langdao_video.clock import read_uptime_ms
from langdao_video.errors import LangDAOError, Unavailable
from langdao_video.signaling.hub import Hub

log = structlog.get_logger(__name__)

PROBE_EVERY_MS: Final = 2_000
PROBE_SECONDS_MAX: Final = 3.0
"""How long a write may take. A database that needs longer holds up every join."""

Condition = Callable[[], LangDAOError | None]


def find_stopped_loop(loops: Iterable[asyncio.Task[None]]) -> LangDAOError | None:
    """Return an error if one of the tasks that run as long as the service has ended."""
    if any(loop.done() for loop in loops):
        text = "A part of the service has stopped: restart the service. Its log says why."
        return Unavailable("loop-stopped", text)
    return None


def find_drain(hub: Hub) -> LangDAOError | None:
    """Return an error if the rooms of *hub* move to another process."""
    if hub.is_draining:
        return Unavailable("service-moving", "This process stops: its rooms move to another one.")
    return None


def find_lapse(check_lease: Callable[[], object]) -> LangDAOError | None:
    """Return the error that *check_lease* raises if this node may not decide."""
    try:
        check_lease()
    except LangDAOError as error:
        return error
    return None


class Readiness:
    """Ask each of *conditions*, and whether the store takes writes. *probe* writes something and takes it back."""

    def __init__(
        self,
        probe: Callable[[], Awaitable[None]],
        conditions: Sequence[Condition] = (),
        uptime_ms: Callable[[], int] = read_uptime_ms,
    ) -> None:
        self._probe = probe
        self._conditions = conditions
        self._uptime_ms = uptime_ms
        self._asking: asyncio.Task[None] | None = None
        self._asked_ms: int | None = None
        self._store_error: LangDAOError | None = None
        self._told: str | None = None

    @property
    def is_ready(self) -> bool:
        """Whether the newest answer was yes."""
        return self._told is None

    async def find_hindrance(self) -> LangDAOError | None:
        """Return why this process should get no new room; None if it should."""
        found = next((error for ask in self._conditions if (error := ask())), None)
        hindrance = found or await self._ask_store()
        code = hindrance.code if hindrance else None
        if code != self._told:
            self._told = code
            log.warning("not-ready", code=code) if hindrance else log.info("ready-again")
        return hindrance

    async def _ask_store(self) -> LangDAOError | None:
        """Return what the newest probe said. All who ask meanwhile share a probe; one that hangs is not repeated."""
        now_ms = self._uptime_ms()
        is_old = self._asked_ms is None or now_ms - self._asked_ms >= PROBE_EVERY_MS
        if is_old and (self._asking is None or self._asking.done()):
            self._asked_ms = now_ms
            self._asking = asyncio.create_task(self._run_probe())
        if self._asking is not None and not self._asking.done():
            await asyncio.wait({self._asking}, timeout=PROBE_SECONDS_MAX)
            if not self._asking.done():
                return Unavailable("store-slow", f"The database took no write for {PROBE_SECONDS_MAX:g} s.")
        return self._store_error

    async def _run_probe(self) -> None:
        try:
            await self._probe()
        except LangDAOError as error:
            self._store_error = error
        except Exception:
            log.exception("probe-failed")
            self._store_error = Unavailable("store-unavailable", "The database does not take writes.")
        else:
            self._store_error = None

    async def close(self) -> None:
        """End a probe that hangs."""
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.wait({self._asking})


@dataclass(frozen=True, slots=True)
class Vitals:
    """What an operator sees of this process from outside."""

    readiness: Readiness
    registry: CollectorRegistry
    """Its metrics."""
