"""The ICE servers a page is told to use."""

from __future__ import annotations

from langdao_video.signaling.messages import IceServer


def plan_ice_servers(stun_urls: tuple[str, ...]) -> tuple[IceServer, ...]:
    """Name the STUN servers (RFC 8489); none on a machine that is its own network."""
    return (IceServer(urls=stun_urls),) if stun_urls else ()
