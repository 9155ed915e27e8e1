"""Adds, changes and removes endpoints in the store: what the API and the command line share."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from langdao_video.delivery.endpoints import add_secret, receive_secret, receive_types, receive_url
from langdao_video.delivery.signing import make_secret
from langdao_video.errors import Conflict, NotFound
from langdao_video.store.delivery_port import DeliveryStore, Endpoint

EDIT_TRIES: Final = 2


@dataclass(frozen=True, slots=True)
class EndpointBook:
    """Change endpoints by the rules. Those of the settings are changed in the settings."""

    store: DeliveryStore
    needs_https: bool
    tell_changed: Callable[[], object] = lambda: None
    """Tell the worker of this process; other processes notice a change in seconds."""

    async def add(
        self,
        endpoint_id: str,
        url: str,
        types: Sequence[str] | None,
        secret: str | None,
        *,
        made_key: bytes,
        now_ms: int,
    ) -> Endpoint:
        """Add an endpoint. Without *secret* it gets one made of *made_key*.

        Raises BadRequest `endpoint-url`, `endpoint-type` or `endpoint-secret`, and Conflict `endpoint-known` or
        `endpoints-full`.
        """
        endpoint = Endpoint(
            id=endpoint_id,
            url=receive_url(url, needs_https=self.needs_https),
            types=receive_types(types),
            secrets=(make_secret(made_key) if secret is None else receive_secret(secret),),
            made_ms=now_ms,
        )
        return await self._save(endpoint)

    async def find(self, endpoint_id: str) -> Endpoint:
        """Return an endpoint, or raise NotFound `unknown-endpoint`."""
        known = await self.store.load_endpoints()
        for endpoint in known:
            if endpoint.id == endpoint_id:
                return endpoint
        names = ", ".join(endpoint.id for endpoint in known) or "none yet"
        raise NotFound("unknown-endpoint", f"There is no endpoint {endpoint_id[:64]!r}. There is: {names}.")

    async def change(self, endpoint_id: str, **changes: str | Sequence[str] | None) -> Endpoint:
        """Change the `url` or the `types` of an endpoint. Raises as `add` does, and as `_find_own`."""
        decided: dict[str, Any] = {}
        if isinstance(url := changes.get("url"), str):
            decided["url"] = receive_url(url, needs_https=self.needs_https)
        if "types" in changes:
            decided["types"] = receive_types(changes["types"])
        return await self._edit(endpoint_id, self._find_own, lambda known: replace(known, **decided))

    async def rotate(self, endpoint_id: str, secret: str | None, *, made_key: bytes) -> Endpoint:
        """Put a new secret in front. Both sign from now on, until `drop_old_secrets`.

        Raises BadRequest `endpoint-secret`, `endpoint-secrets-full`, and as `_find_own`.
        """
        new = make_secret(made_key) if secret is None else receive_secret(secret)
        return await self._edit(
            endpoint_id,
            self._find_own,
            lambda known: replace(known, secrets=add_secret(known.secrets, new)),
        )

    async def drop_old_secrets(self, endpoint_id: str) -> Endpoint:
        """Keep only the newest secret."""
        return await self._edit(
            endpoint_id, self._find_own, lambda known: replace(known, secrets=known.secrets[:1])
        )

    async def enable(self, endpoint_id: str) -> Endpoint:
        """Send again to an endpoint that was disabled, because it had answered 410. What waited is sent, too."""
        return await self._edit(endpoint_id, self.find, lambda known: replace(known, disabled=None))

    async def remove(self, endpoint_id: str) -> None:
        """Remove an endpoint and all that waits for it. One of the settings must be disabled, or it would come back."""
        endpoint = await self.find(endpoint_id)
        if endpoint.disabled is None:
            endpoint = await self._find_own(endpoint_id)
        await self.store.remove_endpoint(endpoint.id)
        self.tell_changed()

    async def _edit(
        self,
        endpoint_id: str,
        find: Callable[[str], Awaitable[Endpoint]],
        edit: Callable[[Endpoint], Endpoint],
    ) -> Endpoint:
        """Save what *edit* makes of the stored endpoint. It runs again if another admin was faster.

        Raises Conflict `endpoint-changed` if one was faster each time.
        """
        for _ in range(EDIT_TRIES - 1):
            known = await find(endpoint_id)
            try:
                return await self._save(edit(known), known)
            except Conflict as conflict:
                if conflict.code != "endpoint-changed":
                    raise
        known = await find(endpoint_id)
        return await self._save(edit(known), known)

    async def _save(self, endpoint: Endpoint, expected: Endpoint | None = None) -> Endpoint:
        saved = await self.store.save_endpoint(endpoint, expected)
        self.tell_changed()
        return saved

    async def _find_own(self, endpoint_id: str) -> Endpoint:
        """Return an endpoint that may be changed here. Raises NotFound, Conflict `endpoint-from-settings`."""
        endpoint = await self.find(endpoint_id)
        if endpoint.is_from_settings:
            raise Conflict(
                "endpoint-from-settings",
                f"The endpoint {endpoint_id!r} comes from the settings (BACKEND_URL and BACKEND_SECRET, or CALL_URL "
                "and CALL_SECRET): change it there, and restart.",
            )
        return endpoint
