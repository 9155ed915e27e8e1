"""The platform's side of the HTTP interface, as a test uses it."""

from __future__ import annotations

from typing import Any

import httpx2


async def get_json(url: str) -> Any:  # noqa: ANN401 - any JSON
    """Return the JSON that *url* answers. Any status but 2xx is an error."""
    async with httpx2.AsyncClient(trust_env=False) as client:
        return (await client.get(url)).raise_for_status().json()


async def post_json(url: str, **body: object) -> dict[str, Any]:
    """Send *body* to *url* and return the answered object. Any status but 2xx is an error."""
    async with httpx2.AsyncClient(trust_env=False) as client:
        answer: dict[str, Any] = (await client.post(url, json=body)).raise_for_status().json()
        return answer
