"""Lets platforms manage the endpoints to which events are sent."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Response, status
from pydantic import Field

from langdao_video.delivery.endpoint_book import EndpointBook
from langdao_video.store.delivery_port import Endpoint
from langdao_video.web.bodies import Body
from langdao_video.web.context import ApiKey, Context, Service
from langdao_video.web.delivery_views import view_endpoint
from langdao_video.web.idempotency import IdempotentRoute, KeyInDocs, Seed, derive_bytes, derive_id

router = APIRouter(
    prefix="/api/endpoints", tags=["deliveries"], dependencies=[ApiKey], route_class=IdempotentRoute
)

_Types = Annotated[
    list[Annotated[str, Field(max_length=64)]],
    Field(max_length=64, description="The event types that it gets. Without it, all."),
]
_Url = Annotated[str, Field(max_length=4_000, description="A full URL, in production with https.")]
_Secret = Annotated[
    str,
    Field(
        max_length=1_000,
        description="`whsec_` and the base64 of at least 24 random bytes. Without it the service makes one.",
    ),
]
EndpointId = Annotated[str, Path(max_length=256, examples=["ep_Jx2vQ0wT5d9sK1aB"])]


class AddEndpoint(Body):
    """A new endpoint. It gets the events that are stored from now on."""

    url: _Url
    types: _Types | None = None
    secret: _Secret | None = None


class ChangeEndpoint(Body):
    """What changes. `types: null` means all types."""

    url: _Url | None = None
    types: _Types | None = None


class AddSecret(Body):
    """The new secret."""

    secret: _Secret | None = None


@router.get("")
async def list_endpoints(service: Service) -> dict[str, Any]:
    """List the endpoints, the oldest first. Secrets are shown only in the answer that makes them."""
    return {"endpoints": [view_endpoint(endpoint) for endpoint in await service.deliveries.load_endpoints()]}


@router.post("", status_code=status.HTTP_201_CREATED)
async def add_endpoint(body: AddEndpoint, service: Service, seed: Seed) -> dict[str, Any]:
    """Add an endpoint. Keep the `secret` of the answer, which verifies what we send: it is not shown again."""
    added = await _book(service).add(
        f"ep_{derive_id(seed, 'endpoint')}",
        body.url,
        body.types,
        body.secret,
        made_key=derive_bytes(seed, "secret"),
        now_ms=service.clock.now_ms(),
    )
    return _with_secret(added)


@router.patch("/{endpoint_id}")
async def change_endpoint(endpoint_id: EndpointId, body: ChangeEndpoint, service: Service) -> dict[str, Any]:
    """Change the URL or the types of an endpoint. What waits goes to the new URL."""
    changes = {name: getattr(body, name) for name in body.model_fields_set}
    return view_endpoint(await _book(service).change(endpoint_id, **changes))


@router.delete("/{endpoint_id}", status_code=status.HTTP_204_NO_CONTENT)
async def remove_endpoint(endpoint_id: EndpointId, service: Service) -> Response:
    """Remove an endpoint and all that waits for it. The events stay in the lists."""
    await _book(service).remove(endpoint_id)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.post("/{endpoint_id}/secrets", status_code=status.HTTP_201_CREATED)
async def rotate_secret(
    endpoint_id: EndpointId, service: Service, seed: Seed, body: AddSecret | None = None
) -> dict[str, Any]:
    """Add a secret. From now on each request has a signature of each secret, the newest first.

    Change your receiver when it suits you, and then remove the old ones with DELETE.
    """
    secret = body.secret if body else None
    return _with_secret(
        await _book(service).rotate(endpoint_id, secret, made_key=derive_bytes(seed, "secret"))
    )


@router.delete("/{endpoint_id}/secrets")
async def drop_old_secrets(endpoint_id: EndpointId, service: Service) -> dict[str, Any]:
    """Remove all secrets but the newest."""
    return view_endpoint(await _book(service).drop_old_secrets(endpoint_id))


@router.post("/{endpoint_id}/enable", dependencies=[KeyInDocs])
async def enable_endpoint(endpoint_id: EndpointId, service: Service) -> dict[str, Any]:
    """Send again to an endpoint that was disabled because it had answered 410. What waited is sent, too."""
    return view_endpoint(await _book(service).enable(endpoint_id))


def _book(service: Context) -> EndpointBook:
    return EndpointBook(
        service.deliveries,
        needs_https=not service.settings.is_development,
        tell_changed=service.reload_endpoints,
    )


def _with_secret(endpoint: Endpoint) -> dict[str, Any]:
    return view_endpoint(endpoint) | {"secret": endpoint.secrets[0]}
