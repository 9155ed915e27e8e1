"""The process's part in delivery: one dispatcher for each endpoint, hints for all of them, and an orderly end.

Several processes may run a worker beside each other: each stream is claimed by one of them (store/delivery_port.py).
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Final

import structlog

from langdao_video.delivery.dispatcher import Dispatcher, Means
from langdao_video.delivery.tally import DeliveryTally
from langdao_video.errors import Conflict, LangDAOError
from langdao_video.store.delivery_port import DeliveryStore, Endpoint, EndpointKind

log = structlog.get_logger(__name__)

ENDPOINTS_SECONDS: Final = 2.0
"""How often it is read which endpoints there are. Another process may have changed them."""
ATTEMPTS_KEPT_MS: Final = 7 * 24 * 3_600_000
ATTEMPTS_KEPT: Final = 10_000
FORGET_SECONDS: Final = 600.0
FORGET_AGAIN_SECONDS: Final = 15.0
"""After a failure."""
BEAT: Final = "session-heartbeat"
SETTINGS_ENDPOINT: Final = "backend"
"""The id of the endpoint that BACKEND_URL names."""
ROOM_ENDPOINT: Final = "room"
"""The id of the endpoint that CALL_URL names."""


class DeliveryWorker:
    """Deliver to all enabled endpoints until it is closed."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._dispatchers: dict[str, Dispatcher] = {}
        self._reload = asyncio.Event()
        self._is_closing = False

    @property
    def wants_beats(self) -> bool:
        """Whether some enabled endpoint gets heartbeats."""
        return any(_takes(each.endpoint, is_beat=True) for each in self._dispatchers.values())

    @property
    def is_idle(self) -> bool:
        """Whether nothing is on its way and nothing is known to be due."""
        return all(each.is_idle for each in self._dispatchers.values())

    def hint(self, session_id: str, *, is_beat: bool) -> None:
        """Note that a session has news: facts, or with *is_beat* only a heartbeat. It does not block."""
        for dispatcher in self._dispatchers.values():
            if _takes(dispatcher.endpoint, is_beat=is_beat):
                dispatcher.hint(session_id)

    def hurry(self, endpoint_id: str) -> None:
        """Try at once what failed at an endpoint, because its owner has just been heard of."""
        if endpoint_id in self._dispatchers:
            self._dispatchers[endpoint_id].hurry()

    def reload(self) -> None:
        """Read soon which endpoints there are."""
        self._reload.set()

    @property
    def tally(self) -> DeliveryTally:
        """What all its dispatchers have counted."""
        return self._means.tally

    async def refresh(self) -> None:
        """Read which endpoints there are, and begin or stop to deliver to them."""
        endpoints = {each.id: each for each in await self._means.store.load_endpoints()}
        for endpoint_id in [known for known in self._dispatchers if known not in endpoints]:
            await self._dispatchers.pop(endpoint_id).close(0)
        for endpoint in endpoints.values():
            known = self._dispatchers.get(endpoint.id)
            if known is not None:
                known.change(endpoint)
            elif endpoint.kind in self._means.renderers and not self._is_closing:
                self._dispatchers[endpoint.id] = Dispatcher(endpoint, self._means)
                self._dispatchers[endpoint.id].start()

    async def run(self) -> None:
        """Follow the endpoints, and forget old attempts, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._follow())
            tasks.create_task(self._forget())

    async def _follow(self) -> None:
        while True:
            try:
                await self.refresh()
            except LangDAOError as error:
                log.warning("endpoints-not-read", code=error.code)
            except Exception:
                log.exception("endpoints-not-read")
            with suppress(TimeoutError):
                async with asyncio.timeout(ENDPOINTS_SECONDS):
                    await self._reload.wait()
            self._reload.clear()

    async def close(self, seconds: float) -> None:
        """Claim nothing more, let running requests end for at most *seconds*, and give all streams back.

        What waits is in the store: the next start goes on with it.
        """
        self._is_closing = True
        cuts = await asyncio.gather(
            *(each.close(seconds) for each in self._dispatchers.values()), return_exceptions=True
        )
        cut = sum(each for each in cuts if isinstance(each, int))
        if cut:
            log.warning("deliveries-cut-off", requests=cut)
        for error in cuts:
            if isinstance(error, BaseException):
                log.error("deliveries-not-settled", error=type(error).__name__)

    async def _forget(self) -> None:
        """Forget old attempts now and then. It goes on soon after a failure, so that they do not grow."""
        while True:
            seconds = FORGET_SECONDS
            try:
                before_ms = self._means.clock.now_ms() - ATTEMPTS_KEPT_MS
                await self._means.store.forget_attempts(before_ms, ATTEMPTS_KEPT)
            except Exception as error:  # noqa: BLE001 - old attempts must never stop a delivery
                seconds = FORGET_AGAIN_SECONDS
                log.warning("attempts-not-forgotten", error=type(error).__name__)
            await asyncio.sleep(seconds)


def _takes(endpoint: Endpoint, *, is_beat: bool) -> bool:
    """Tell whether an endpoint gets anything at a hint."""
    if endpoint.disabled is not None:
        return False
    return not is_beat or endpoint.types is None or BEAT in endpoint.types


async def save_endpoint_of_settings(
    store: DeliveryStore,
    url: str,
    endpoint_secrets: Sequence[str],
    now_ms: int,
    *,
    id_: str = SETTINGS_ENDPOINT,
    kind: EndpointKind = "events",
) -> None:
    """Save BACKEND_URL as the endpoint `backend`, or CALL_URL as `room`.

    A start enables it again; without a URL it is disabled.
    If an endpoint with that URL was made by API, that one gets the events, and the old URL gets none.
    """
    known = next((each for each in await store.load_endpoints() if each.id == id_), None)
    if not url:
        if known is not None:
            await store.save_endpoint(replace(known, disabled="Its URL is not set any more."))
        return
    endpoint = Endpoint(
        id=id_,
        url=url,
        kind=kind,
        secrets=tuple(endpoint_secrets),
        is_from_settings=True,
        made_ms=now_ms,
    )
    try:
        await store.save_endpoint(endpoint)
    except Conflict as conflict:
        if known is not None:
            await store.save_endpoint(
                replace(known, disabled="Another endpoint has the URL of the settings.")
            )
        log.error("endpoint-not-saved", endpoint=endpoint.id, code=conflict.code)  # noqa: TRY400 - no defect of ours
