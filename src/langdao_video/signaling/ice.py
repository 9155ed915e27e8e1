"""Chooses the ICE servers for a page."""

from __future__ import annotations

from langdao_video.signaling.messages import IceServer


def plan_ice_servers(stun_urls: tuple[str, ...]) -> tuple[IceServer, ...]:
    """Return the STUN servers (RFC 8489); none if no URL is set, as when both pages run on one machine."""
    return (IceServer(urls=stun_urls),) if stun_urls else ()
