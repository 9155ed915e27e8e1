"""The command `turn-check`: asks relays what they do, and what they refuse."""

from __future__ import annotations

import secrets
import ssl
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from langdao_video.errors import BadRequest
from langdao_video.settings import Settings
from langdao_video.signaling.ice import IcePlan, make_credential
from langdao_video.signaling.ice_command import IceCommand
from langdao_video.signaling.ice_urls import receive_ice_url
from langdao_video.signaling.messages import IceServer
from langdao_video.turn.check import Finding, TurnCheck
from langdao_video.turn.client import ANSWER_SECONDS_MAX

_EXPIRED_S_AGO: Final = 3_600
_NAMED_TTL_S: Final = 600


async def check_turn(
    settings: Settings,
    now_ms: int,
    urls: Sequence[str] = (),
    secret: str = "",
    *,
    authority: Path | None = None,
    seconds_max: float = ANSWER_SECONDS_MAX,
) -> list[Finding]:
    """Check the ICE servers of *settings*, or those at *urls* with *secret*. Each answer has *seconds_max*.

    Raises BadRequest `no-ice-servers` if there is nothing to check, and `ice-server-invalid`.
    """
    name = secrets.token_hex(8)
    found: list[Finding] = []
    if urls:
        secret = secret or settings.turn_secret
        servers = _name_servers(urls, secret, name, now_ms)
    else:
        secret = settings.turn_secret
        servers, found = await _collect(settings, name, now_ms)
    if not servers and not found:
        raise BadRequest(
            "no-ice-servers", "There is nothing to check: set TURN_URLS and TURN_SECRET, or name an address."
        )
    expired = make_credential(secret, name, now_ms // 1000 - _EXPIRED_S_AGO) if secret else None
    try:
        trust = ssl.create_default_context(cafile=authority)
    except OSError as error:
        raise BadRequest("authority-invalid", f"--ca {authority}: {error}") from None
    check = TurnCheck(servers=servers, expired=expired, trust=trust, seconds_max=seconds_max)
    return [*found, *[finding async for finding in check.run()]]


def _name_servers(urls: Sequence[str], secret: str, name: str, now_ms: int) -> list[IceServer]:
    username, credential = make_credential(secret, name, now_ms // 1000 + _NAMED_TTL_S)
    servers = []
    for url in urls:
        try:
            is_relay = receive_ice_url(url).is_relay
        except ValueError as error:
            raise BadRequest("ice-server-invalid", str(error)) from None
        if is_relay and not secret:
            raise BadRequest("ice-server-invalid", f"{url!r} is a relay: name its secret with --secret.")
        servers.append(
            IceServer(urls=(url,), username=username, credential=credential)
            if is_relay
            else IceServer(urls=(url,))
        )
    return servers


async def _collect(settings: Settings, name: str, now_ms: int) -> tuple[list[IceServer], list[Finding]]:
    """Return the servers that a page would get, with a credential of the name *name* and not of a seat."""
    found: list[Finding] = []
    servers = list(
        IcePlan(stun_urls=settings.stun_urls, static=settings.static_ice_servers)
        .offer("", "student", 0)
        .servers
    )
    if settings.turn_urls:
        servers += _name_servers(settings.turn_urls, settings.turn_secret, name, now_ms)
    if words := settings.ice_servers_command_words:
        command = IceCommand(words, settings.ice_servers_seconds)
        if await command.refresh():
            found.append(Finding("ok", "ICE_SERVERS_COMMAND", f"gives {len(command.answer())} servers"))
        else:
            found.append(
                Finding(
                    "failed",
                    "ICE_SERVERS_COMMAND",
                    "gives no list",
                    "Run it by hand; the line above says why.",
                )
            )
        servers += command.answer()
    return servers, found
