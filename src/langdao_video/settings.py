"""All settings and their defaults. This is the only place that reads the environment."""

from __future__ import annotations

import ipaddress
import re
import shlex
from collections.abc import Iterator
from typing import Annotated, Final, Literal
from urllib.parse import quote, unquote

from pydantic import Field, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from langdao_video.access.origins import Origin, is_loopback_ip, receive_origin
from langdao_video.access.tokens import KEY_BYTES_MIN
from langdao_video.backplane.redis_url import locate_redis, receive_redis_url
from langdao_video.billing.currencies import decimals_of
from langdao_video.billing.money import RATE_MINOR_MAX
from langdao_video.billing.rules import HEARTBEAT_MS, SILENCE_MS
from langdao_video.delivery.signing import receive_secret
from langdao_video.session.claims import DisputeRule
from langdao_video.signaling.ice_urls import has_relay, receive_ice_servers, receive_ice_url
from langdao_video.signaling.messages import IceServer

_HOST: Final = r"https?://([A-Za-z0-9.\-]+|\[[0-9A-Fa-f:]+\])"
_URL: Final = re.compile(_HOST + r"(:\d{1,5})?(/[^\s?#]*)?(\?[^\s#]*)?")
_BASE: Final = re.compile(r"([A-Za-z]+://[^/?#\s]+)((?:/[^/?#\s]+)*)/*")

ServiceRole = Literal["both", "call", "backend"]
Words = Annotated[tuple[str, ...], NoDecode]


class Settings(BaseSettings):
    """The settings, from environment variables of the same name in capitals. Commas or spaces separate a list."""

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", env_ignore_empty=True, hide_input_in_errors=True
    )

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65_535)] = 3000
    role: Annotated[ServiceRole, Field(validation_alias="SERVICE_ROLE")] = "both"
    """`both`: call service and platform backend in one process. `call`: events go only to BACKEND_URL. `backend`: no
    rooms."""
    webrtc_url: str = ""
    """Base of the links (R4), with our path as browsers see it. Empty means `http://localhost:PORT`."""
    backend_url: str = ""
    """A full URL to which events are POSTed (R21–R24). Empty means that only the embedded backend gets them."""
    backend_secret: Words = ()
    """Secrets (`whsec_…`) that sign events for BACKEND_URL, newest first. On a backend: those that sign its events."""
    call_url: str = ""
    """On a backend: the base of a call service in another process, which gets room commands."""
    call_secret: Words = ()
    """Secrets (`whsec_…`) that sign room commands, newest first. On both sides the same."""
    webhook_private_targets: Words = ()
    """Networks of our own that events may be sent to (`10.1.0.0/16`), or `*` for all. Else only public addresses get
    any; in development this machine, too."""
    webhook_client_cert: str = ""
    """A file with the certificate that we show to the receivers of events."""
    webhook_client_key: str = ""
    """The file with its key. Empty: it is in the file of the certificate."""
    database_url: str = "sqlite:///var/langdao.sqlite"
    redis_url: Annotated[str, Field(repr=False)] = ""
    """The Redis that joins several processes on one PostgreSQL: `redis://host/0`. Empty: there is one process."""
    link_keys: Words = ()
    """Keys that sign links, newest first, each at least 32 bytes. If set, we are in production: links need a token."""
    api_keys: Words = ()
    """Bearer keys for /api in production."""
    frame_ancestors: Words = ()
    """Origins that may embed the call and receive its messages (`https://platform.example`)."""
    forwarded_allow_ips: Words = ("127.0.0.1", "::1")
    """Proxies whose X-Forwarded-For and X-Forwarded-Proto we trust: addresses, networks, or `*` for any peer."""
    connections_max: Annotated[int, Field(ge=0)] = 0
    """The most open connections. 0 means three quarters of the open files that the system allows, at most 25,000."""
    connections_per_address: Annotated[int, Field(ge=8)] = 512
    """The most open connections of one address: a school has two for each session, and some for pages that load."""
    request_head_seconds: Annotated[int, Field(ge=1, le=600)] = 10
    """The time from the connection, or from a request's first byte, to the end of its headers."""
    request_body_seconds: Annotated[int, Field(ge=1, le=600)] = 30
    keep_alive_seconds: Annotated[int, Field(ge=1, le=3_600)] = 75
    """How long a connection may be idle between two requests: longer than in proxies, so that they close it first."""
    metrics_host: str = "127.0.0.1"
    metrics_port: Annotated[int, Field(ge=0, le=65_535)] = 0
    """A second port for `/metrics`, `/ready` and `/health` alone, without a key. 0: none."""
    drain_seconds: Annotated[int, Field(ge=0, le=3_600)] = 20
    """How long a process that gets SIGTERM lets its rooms move to another one. 0: it stops at once."""
    socket_driver: Literal["fast", "portable"] = "fast"
    """What carries the WebSockets where `serve` owns the port. `portable` is what other ASGI servers use."""
    stun_urls: Words = ("stun:stun.l.google.com:19302",)
    """STUN servers for NAT traversal (R19), or `none`."""
    turn_urls: Words = ()
    """Relays whose credentials we make: `turn:HOST:PORT`, `…?transport=tcp`, `turns:HOST:443?transport=tcp`."""
    turn_secret: Annotated[str, Field(repr=False)] = ""
    """The `static-auth-secret` of these relays."""
    turn_ttl_seconds: Annotated[int, Field(ge=60, le=86_400)] = 14_400
    """How long a credential lives. Longer than a lesson, so that no relay ends a call that still needs it."""
    ice_servers: Annotated[str, Field(repr=False)] = ""
    """A JSON list of other ICE servers whose credentials do not change."""
    ice_servers_command: Annotated[str, Field(repr=False)] = ""
    """A command that prints such a list. It is run again when half of ICE_SERVERS_SECONDS is over."""
    ice_servers_seconds: Annotated[int, Field(ge=60, le=86_400)] = 3_600
    """How long the answer of ICE_SERVERS_COMMAND is good."""
    default_rate_per_hour_minor: Annotated[int, Field(ge=1, le=RATE_MINOR_MAX)] = 2_000
    default_currency: str = "USD"
    silence_seconds: int = SILENCE_MS // 1000
    """A seat without a proof for longer than this is lost. Two proofs that are no further apart make one span."""
    grace_seconds: Annotated[int, Field(ge=1, le=3_600)] = 30
    api_docs: bool = True
    """Whether /docs and /openapi.json are public."""
    disputes: DisputeRule = "ask"
    """What follows from a claim that the other side's evidence does not support: `pause`, `bill` or `ask`."""
    log_format: Literal["console", "json"] = "console"
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @field_validator(
        *("link_keys", "api_keys", "frame_ancestors", "forwarded_allow_ips", "stun_urls", "turn_urls"),
        *("backend_secret", "call_secret", "webhook_private_targets"),
        mode="before",
    )
    @classmethod
    def _split(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return () if value.strip().lower() == "none" else tuple(value.replace(",", " ").split())

    @field_validator("redis_url")
    @classmethod
    def _is_redis(cls, url: str) -> str:
        return url and receive_redis_url(url)

    @field_validator("link_keys")
    @classmethod
    def _are_long(cls, keys: tuple[str, ...]) -> tuple[str, ...]:
        if any(len(key.encode()) < KEY_BYTES_MIN for key in keys):
            raise ValueError(
                f"each key needs at least {KEY_BYTES_MIN} bytes: `openssl rand -hex 32` makes one."
            )
        return keys

    @field_validator("frame_ancestors")
    @classmethod
    def _are_origins(cls, texts: tuple[str, ...]) -> tuple[str, ...]:
        origins = [(text, receive_origin(text)) for text in texts]
        for text, origin in origins:
            if origin is None:
                raise ValueError(f"{text!r} is no origin: write https://platform.example, without a path.")
        # Written as browsers write them, because the page compares them and the policy names them.
        return tuple(str(origin) for _, origin in origins)

    @field_validator("forwarded_allow_ips", "webhook_private_targets")
    @classmethod
    def _are_networks(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            try:
                _ = name == "*" or ipaddress.ip_network(name, strict=False)
            except ValueError:
                raise ValueError(
                    f"{name!r} is neither an IP address nor a network like 10.0.0.0/8."
                ) from None
        return names

    @field_validator("stun_urls", "turn_urls")
    @classmethod
    def _are_ice_urls(cls, urls: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        is_relay = info.field_name == "turn_urls"
        for url in urls:
            if receive_ice_url(url).is_relay != is_relay:
                right = "STUN_URLS" if is_relay else "TURN_URLS, with TURN_SECRET"
                raise ValueError(f"{url!r} belongs in {right}.")
        return urls

    @field_validator("ice_servers")
    @classmethod
    def _is_ice_list(cls, text: str) -> str:
        _ = text and receive_ice_servers(text)
        return text

    @field_validator("ice_servers_command")
    @classmethod
    def _is_command(cls, text: str) -> str:
        shlex.split(text)
        return text

    @field_validator("webrtc_url")
    @classmethod
    def _is_base(cls, url: str) -> str:
        parts = _BASE.fullmatch(url)
        origin = receive_origin(parts[1]) if parts else None
        steps = unquote(parts[2]).split("/") if parts else []
        if url and (parts is None or origin is None or origin.port is None or {".", ".."} & set(steps)):
            raise ValueError(
                f"{url!r} is no full URL: write https://call.example, or https://platform.example/call for a service "
                "below a path, without user name, ? and #."
            )
        return f"{origin}{quote(unquote(parts[2]))}" if parts else ""

    @field_validator("backend_secret", "call_secret")
    @classmethod
    def _are_secrets(cls, secrets: tuple[str, ...]) -> tuple[str, ...]:
        for secret in secrets:
            receive_secret(secret)
        return secrets

    @field_validator("backend_url", "call_url")
    @classmethod
    def _is_url(cls, url: str) -> str:
        if url and not _URL.fullmatch(url):
            raise ValueError(f"{url!r} is no full URL: write https://platform.example/…, without user name")
        return url

    @field_validator("default_currency")
    @classmethod
    def _is_currency(cls, code: str) -> str:
        if decimals_of(code) is None:
            raise ValueError(f"{code!r} is no ISO 4217 currency with a minor unit, such as USD or EUR.")
        return code

    @field_validator("silence_seconds")
    @classmethod
    def _proves_no_gap(cls, seconds: int) -> int:
        if not HEARTBEAT_MS < seconds * 1000 <= SILENCE_MS:
            raise ValueError(
                f"{seconds} s must be over {HEARTBEAT_MS // 1000} and at most {SILENCE_MS // 1000}: heartbeats "
                f"come every {HEARTBEAT_MS // 1000} s, and two that are more than {SILENCE_MS // 1000} s apart do not "
                "prove the time between them, which would be billed."
            )
        return seconds

    @model_validator(mode="after")
    def _check(self) -> Settings:
        if contradictions := tuple(self._contradictions()):
            raise ValueError(" ".join(contradictions))
        return self

    def _contradictions(self) -> Iterator[str]:
        """Name all settings that do not go together, so that nobody mends them one start at a time."""
        if not self.is_development and not self.link_keys:
            yield (
                f"HOST={self.host} is reachable from other machines, so links must be signed: set LINK_KEYS "
                "(`openssl rand -hex 32` makes a key) and API_KEYS, or bind to 127.0.0.1 for development."
            )
        if self.link_keys and not self.api_keys and self.role != "call":
            yield "LINK_KEYS is set (production), so /api needs a key, too: set API_KEYS."
        if self.role == "call" and not self.backend_url:
            yield "SERVICE_ROLE=call sends its events to BACKEND_URL: set it."
        if self.call_url and self.role != "backend":
            yield "CALL_URL is for SERVICE_ROLE=backend: in this role the rooms are in this process."
        if self.call_url and not self.call_secret:
            yield "CALL_URL gets signed commands: set CALL_SECRET, here and at the call service."
        if self.metrics_port and self.metrics_port == self.port:
            yield f"PORT and METRICS_PORT are both {self.port}: give the metrics a port of their own."
        if bool(self.turn_urls) != bool(self.turn_secret):
            yield (
                "TURN_URLS needs TURN_SECRET, the static-auth-secret of these relays, and the other way round: set "
                "both or none. A relay with fixed credentials belongs in ICE_SERVERS."
            )

    def of_worker(self, number: int) -> Settings:
        """Return the settings of process *number*, from 0 on, of several on one PORT. Each has its own METRICS_PORT."""
        return self.model_copy(update={"metrics_port": self.metrics_port and self.metrics_port + number})

    @property
    def static_ice_servers(self) -> tuple[IceServer, ...]:
        """The servers of ICE_SERVERS."""
        return receive_ice_servers(self.ice_servers) if self.ice_servers else ()

    @property
    def ice_servers_command_words(self) -> list[str]:
        """ICE_SERVERS_COMMAND as words. It runs without a shell."""
        return shlex.split(self.ice_servers_command)

    @property
    def redis_place(self) -> str:
        """The host and port of REDIS_URL, which all nodes share; they may have users and passwords of their own."""
        return locate_redis(self.redis_url)

    @property
    def may_have_relay(self) -> bool:
        """Whether links may allow relays only. A backend cannot know: its call service elsewhere has the relays."""
        is_set = bool(self.turn_urls or self.ice_servers_command) or has_relay(self.static_ice_servers)
        return is_set or self.role == "backend"

    @property
    def is_development(self) -> bool:
        """Whether HOST is loopback and LINK_KEYS is empty. Links and API are then open, and a banner says so."""
        return not self.link_keys and (self.host == "localhost" or is_loopback_ip(self.host))

    @property
    def base_url(self) -> str:
        """The base of the links (R4), without a slash at the end."""
        return self.webrtc_url or f"http://localhost:{self.port}"

    @property
    def base_origin(self) -> Origin:
        """The origin of the links."""
        scheme, _, rest = self.base_url.partition("://")
        origin = receive_origin(f"{scheme}://{rest.partition('/')[0]}")
        if origin is None:
            raise RuntimeError(f"{self.base_url!r} was accepted although it has no origin")
        return origin

    @property
    def base_path(self) -> str:
        """The path in the base of the links, decoded: `/call`, or empty."""
        return unquote(self.base_url.removeprefix(str(self.base_origin)))

    @property
    def parent_origins(self) -> tuple[str, ...]:
        """The origins that may embed the call. In development any page of this machine may."""
        local = ("http://localhost:*", "http://127.0.0.1:*") if self.is_development else ()
        return ("'self'", *local, *self.frame_ancestors)
