"""Reads the addresses of ICE servers, and lists of ICE servers as JSON. Pure."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct

from langdao_video.signaling.messages import IceServer

Scheme = Literal["stun", "stuns", "turn", "turns"]
Transport = Literal["udp", "tcp", "tls"]

LIST_SIZE_BYTES_MAX: Final = 64 * 1024
SERVERS_MAX: Final = 16
_URLS_MAX: Final = 8
_PORT_MAX: Final = 65_535
_PORTS: Final = {"stun": 3478, "turn": 3478, "stuns": 5349, "turns": 5349}
_URL: Final = re.compile(
    r"(?P<scheme>stuns?|turns?):(?P<host>[A-Za-z0-9.\-]+|\[[0-9A-Fa-f:.]+\])(?::(?P<port>\d{1,5}))?"
    r"(?:\?transport=(?P<transport>udp|tcp))?"
)


@dataclass(frozen=True, slots=True)
class IceUrl:
    """The address of a STUN server (RFC 7064) or of a TURN server (RFC 7065), and how it is reached."""

    scheme: Scheme
    host: str
    port: int
    transport: Transport

    @property
    def is_relay(self) -> bool:
        """Whether this is a TURN server."""
        return self.scheme in {"turn", "turns"}


def receive_ice_url(text: str) -> IceUrl:
    """Read one address. Raises ValueError, which says what would be right."""
    parts = _URL.fullmatch(text)
    if parts is None:
        raise ValueError(
            f"{text[:100]!r} is no ICE server: write stun:HOST:PORT, turn:HOST:PORT, turn:HOST:PORT?transport=tcp or "
            "turns:HOST:PORT?transport=tcp."
        )
    scheme, host, given = parts["scheme"], parts["host"].strip("[]"), parts["transport"]
    port = int(parts["port"] or _PORTS[scheme])
    if not 0 < port <= _PORT_MAX:
        raise ValueError(f"{text!r} has the port {port}: a port is 1 to {_PORT_MAX}.")
    if parts["host"].startswith("["):
        _check_ipv6(text, host)
    if given and scheme.startswith("stun"):
        raise ValueError(f"{text!r}: a STUN server has no ?transport (RFC 7064).")
    if scheme == "turns" and given == "udp":
        raise ValueError(f"{text!r}: browsers reach turns: over TCP only; write ?transport=tcp.")
    transport: Transport = "tls" if scheme in {"turns", "stuns"} else "tcp" if given == "tcp" else "udp"
    known: dict[str, Scheme] = {"stun": "stun", "stuns": "stuns", "turn": "turn", "turns": "turns"}
    return IceUrl(known[scheme], host, port, transport)


def _check_ipv6(text: str, host: str) -> None:
    try:
        ipaddress.IPv6Address(host)
    except ValueError:
        raise ValueError(f"{text!r}: {host!r} is no IPv6 address.") from None


_Url = Annotated[str, Meta(min_length=1, max_length=512)]


class _GivenServer(Struct):
    """An RTCIceServer as providers write it: `urls` may be one address, and other fields are ignored."""

    urls: _Url | Annotated[list[_Url], Meta(min_length=1, max_length=_URLS_MAX)]
    username: Annotated[str, Meta(max_length=1_024)] | None = None
    credential: Annotated[str, Meta(max_length=1_024)] | None = None


class _GivenObject(Struct, rename="camel"):
    """The object around the list that some providers give."""

    ice_servers: list[_GivenServer] | _GivenServer


def receive_ice_servers(raw: str | bytes) -> tuple[IceServer, ...]:
    """Read a JSON list of ICE servers (W3C WebRTC §4.2.4), or an object with that list as `iceServers`.

    Raises ValueError. Its message names the field or the address that is wrong, and never a credential.
    """
    if len(raw) > LIST_SIZE_BYTES_MAX:
        raise ValueError(f"The list of ICE servers has over {LIST_SIZE_BYTES_MAX} bytes.")
    try:
        given = msgspec.json.decode(raw, type=list[_GivenServer] | _GivenObject)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise ValueError(
            f'{error}. Write [{{"urls": "turn:HOST:PORT", "username": "…", "credential": "…"}}].'
        ) from None
    servers = given.ice_servers if isinstance(given, _GivenObject) else given
    servers = [servers] if isinstance(servers, _GivenServer) else servers
    if len(servers) > SERVERS_MAX:
        raise ValueError(
            f"{len(servers)} ICE servers are too many: browsers are slower with each; keep to a few."
        )
    return tuple(_receive_server(server) for server in servers)


def _receive_server(given: _GivenServer) -> IceServer:
    urls = (given.urls,) if isinstance(given.urls, str) else tuple(given.urls)
    known = [receive_ice_url(url) for url in urls]
    if any(url.is_relay for url in known) and not (given.username and given.credential):
        raise ValueError(f"{urls[0]!r} is a relay: it needs a username and a credential.")
    return IceServer(urls=urls, username=given.username, credential=given.credential)


def has_relay(servers: tuple[IceServer, ...]) -> bool:
    """Tell whether a TURN server is among *servers*."""
    return any(url.startswith(("turn:", "turns:")) for server in servers for url in server.urls)
