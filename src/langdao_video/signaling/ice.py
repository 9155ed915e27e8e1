"""Chooses the ICE servers for a page, and makes the credentials for its relays. Pure.

Laws: a credential belongs to one seat and says nothing of its participant. It is a step function of time, so that a
page gets the same one again until it must be renewed: browsers gather candidates anew when their servers change.
"""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from langdao_video.session.roles import Role
from langdao_video.signaling.messages import IceServer, IceServers

COMMAND_CHECK_MS: Final = 5_000
"""How often a seat asks whether the command has given other servers."""
_NAME_CHARACTERS: Final = 16


@dataclass(frozen=True, slots=True)
class IceOffer:
    """The *servers* for a page, and when it must have newer ones, Unix ms; None: never."""

    servers: tuple[IceServer, ...]
    renew_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IcePlan:
    """Where the ICE servers come from."""

    stun_urls: tuple[str, ...] = ()
    turn_urls: tuple[str, ...] = ()
    turn_secret: str = ""
    turn_ttl_ms: int = 0
    static: tuple[IceServer, ...] = ()
    """Servers with credentials that do not change."""
    ask_command: Callable[[], tuple[IceServer, ...]] | None = None
    """Returns what the command of an operator gave last."""

    def offer(self, session_id: str, role: Role, now_ms: int) -> IceOffer:
        """Return the servers for a seat: STUN, our relays, then the operator's others."""
        servers: tuple[IceServer, ...] = (IceServer(urls=self.stun_urls),) if self.stun_urls else ()
        due_ms: list[int] = []
        if self.turn_urls:
            name = name_seat(self.turn_secret, session_id, role)
            expires_s, renew_ms = plan_expiry(name, self.turn_ttl_ms, now_ms)
            username, credential = make_credential(self.turn_secret, name, expires_s)
            servers += (IceServer(urls=self.turn_urls, username=username, credential=credential),)
            due_ms.append(renew_ms)
        servers += self.static
        if self.ask_command is not None:
            servers += self.ask_command()
            due_ms.append(now_ms + COMMAND_CHECK_MS)
        return IceOffer(servers, min(due_ms, default=None))


@dataclass(slots=True)
class IceSupply:
    """What a page was given, and when it needs newer servers."""

    given: IceOffer = IceOffer(())

    def take(self, offer: IceOffer) -> tuple[IceServer, ...]:
        """Note that the page gets the servers of *offer*, and return them."""
        self.given = offer
        return offer.servers

    def renew(self, make_offer: Callable[[], IceOffer], now_ms: int) -> list[IceServers]:
        """Return the frame with newer servers if they are due and differ, else nothing."""
        due_ms, before = self.given.renew_ms, self.given.servers
        if due_ms is None or now_ms < due_ms:
            return []
        servers = self.take(make_offer())
        return [] if servers == before else [IceServers(ice_servers=servers)]


def name_seat(secret: str, session_id: str, role: Role) -> str:
    """Return a seat's name for the relay. It is the same each time, so that the relay's quota counts for the seat."""
    digest = hmac.digest(secret.encode(), f"seat {role} {session_id}".encode(errors="replace"), "sha256")
    return digest.hex()[:_NAME_CHARACTERS]


def plan_expiry(name: str, ttl_ms: int, now_ms: int) -> tuple[int, int]:
    """Return when a credential of *now_ms* expires (Unix s), and when its holder needs the next one (Unix ms).

    It lives for at most *ttl_ms*, and when it is renewed it is still good for half of that. Each seat's steps begin at
    a time of their own, so that not all are renewed at once.
    """
    half_s = ttl_ms // 2_000
    phase_s = int(name[:8], 16) % half_s
    step = (now_ms // 1_000 - phase_s) // half_s
    return phase_s + (step + 2) * half_s, (phase_s + (step + 1) * half_s) * 1_000


def make_credential(secret: str, name: str, expires_s: int) -> tuple[str, str]:
    """Return username and credential by the REST scheme (draft-uberti-behave-turn-rest-00, section 2.2)."""
    username = f"{expires_s}:{name}"
    # HMAC-SHA1 is the scheme's. TURN servers check nothing else, and HMAC does not need a hash without collisions.
    return username, b64encode(hmac.digest(secret.encode(), username.encode(), "sha1")).decode()
