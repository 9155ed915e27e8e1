"""The commands `endpoints list`, `add`, `remove` and `rotate`."""

from __future__ import annotations

import secrets

from langdao_video.commands.parts import Parts
from langdao_video.delivery.endpoint_book import EndpointBook
from langdao_video.delivery.signing import NEW_KEY_BYTES
from langdao_video.log_writer import escape_controls_in_lines
from langdao_video.store.delivery_port import Endpoint


async def list_endpoints(parts: Parts) -> str:
    """Return one line for each endpoint."""
    known = await parts.store.deliveries.load_endpoints()
    lines = [_describe(endpoint) for endpoint in known]
    return escape_controls_in_lines("\n".join(lines)) if lines else "There is no endpoint."


async def add_endpoint(parts: Parts, url: str, types: tuple[str, ...] | None, secret: str | None) -> str:
    """Add an endpoint, and return its id and its secret. Raises as `EndpointBook.add`."""
    added = await _book(parts).add(
        f"ep_{secrets.token_urlsafe(12)}",
        url,
        types,
        secret,
        made_key=secrets.token_bytes(NEW_KEY_BYTES),
        now_ms=parts.clock.now_ms(),
    )
    return f"id:      {added.id}\nsecret:  {added.secrets[0]}"


async def rotate_secret(parts: Parts, endpoint_id: str, secret: str | None, *, drop_old: bool) -> str:
    """Add a secret in front of the old ones, or remove the old ones. Raises as `EndpointBook.rotate`."""
    book = _book(parts)
    if drop_old:
        await book.drop_old_secrets(endpoint_id)
        return "Only the newest secret signs now."
    rotated = await book.rotate(endpoint_id, secret, made_key=secrets.token_bytes(NEW_KEY_BYTES))
    return (
        f"secret:  {rotated.secrets[0]}\nEach request has {len(rotated.secrets)} signatures now. When your receiver "
        f"knows the new secret, run `langdao-video endpoints rotate {rotated.id} --drop-old`."
    )


async def remove_endpoint(parts: Parts, endpoint_id: str) -> str:
    """Remove an endpoint and all that waits for it. Raises as `EndpointBook.remove`."""
    await _book(parts).remove(endpoint_id)
    return "Removed."


def _book(parts: Parts) -> EndpointBook:
    return EndpointBook(parts.store.deliveries, needs_https=not parts.settings.is_development)


def _describe(endpoint: Endpoint) -> str:
    count = len(endpoint.secrets)
    parts = [
        *(endpoint.id, endpoint.url, ", ".join(endpoint.types or ("all types",))),
        "1 secret" if count == 1 else f"{count} secrets",
        *(["from the settings"] if endpoint.is_from_settings else []),
        *([] if endpoint.disabled is None else [f"off: {endpoint.disabled}"]),
    ]
    return "  ".join(parts)
