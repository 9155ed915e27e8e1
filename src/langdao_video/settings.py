"""Everything that can be set from outside, with its default: the only place that reads the environment."""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated, Final, Literal
from urllib.parse import quote, unquote

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from langdao_video.access.origins import Origin, is_loopback_ip, receive_origin
from langdao_video.access.tokens import KEY_BYTES_MIN
from langdao_video.billing.currencies import decimals_of
from langdao_video.billing.money import RATE_MINOR_MAX
from langdao_video.billing.rules import HEARTBEAT_MS, SILENCE_MS
from langdao_video.session.claims import DisputeRule

_HOST: Final = r"https?://([A-Za-z0-9.\-]+|\[[0-9A-Fa-f:]+\])"
_URL: Final = re.compile(_HOST + r"(:\d{1,5})?(/[^\s?#]*)?(\?[^\s#]*)?")
_BASE: Final = re.compile(r"([A-Za-z]+://[^/?#\s]+)((?:/[^/?#\s]+)*)/*")

ServiceRole = Literal["both", "call", "backend"]
Words = Annotated[tuple[str, ...], NoDecode]


class Settings(BaseSettings):
    """Read from environment variables of the same name in capitals; lists are separated by commas or spaces."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65_535)] = 3000
    role: Annotated[ServiceRole, Field(validation_alias="SERVICE_ROLE")] = "both"
    """`both`: call service and billing in one process; `call`: events go to BACKEND_URL only; `backend`: no rooms."""
    webrtc_url: str = ""
    """Base of the links (R4), with the path below which browsers find us; empty: `http://localhost:PORT`."""
    backend_url: str = ""
    """Where events are POSTed (R21–R24), a full URL; empty: nowhere but the embedded backend."""
    database_url: str = "sqlite:///var/langdao.sqlite"
    link_keys: Words = ()
    """Keys that sign links, newest first, each at least 32 bytes. Set: production, every link needs a token."""
    api_keys: Words = ()
    """Bearer keys for /api in production."""
    frame_ancestors: Words = ()
    """Origins that may embed the call and hear its messages (`https://platform.example`)."""
    forwarded_allow_ips: Words = ("127.0.0.1", "::1")
    """Proxies whose X-Forwarded-For and X-Forwarded-Proto are believed: addresses, networks, or `*` for every peer."""
    connections_max: Annotated[int, Field(ge=0)] = 0
    """Connections at a time; 0: as many as three quarters of the open files that the system allows, at most 25,000."""
    connections_per_address: Annotated[int, Field(ge=8)] = 512
    """And of one address: a school behind one has two for each lesson, and some for each page that loads."""
    request_head_seconds: Annotated[int, Field(ge=1, le=600)] = 10
    """From the connection, or from a request's first byte, to the end of its headers."""
    request_body_seconds: Annotated[int, Field(ge=1, le=600)] = 30
    keep_alive_seconds: Annotated[int, Field(ge=1, le=3_600)] = 75
    """How long a connection may be idle between two requests: longer than proxies keep theirs, so that they close."""
    stun_urls: Words = ("stun:stun.l.google.com:19302",)
    """STUN servers for NAT traversal (R19); `none` for a network that needs none."""
    default_rate_per_hour_minor: Annotated[int, Field(ge=1, le=RATE_MINOR_MAX)] = 2_000
    default_currency: str = "USD"
    silence_seconds: int = SILENCE_MS // 1000
    """A seat without proof for longer is lost; two proofs no further apart are billed as one span."""
    grace_seconds: Annotated[int, Field(ge=1, le=3_600)] = 30
    api_docs: bool = True
    """Whether /docs and /openapi.json describe the HTTP interface to everybody."""
    disputes: DisputeRule = "ask"
    """What a page's claim does that the other side's evidence does not support: `pause`, `bill` or `ask`."""
    log_format: Literal["console", "json"] = "console"
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @field_validator(
        "link_keys", "api_keys", "frame_ancestors", "forwarded_allow_ips", "stun_urls", mode="before"
    )
    @classmethod
    def _split(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return () if value.strip().lower() == "none" else tuple(value.replace(",", " ").split())

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
                raise ValueError(f"{text!r} is no origin: https://platform.example, without a path.")
        # As browsers write them, for the page that compares them and for the policy that names them.
        return tuple(str(origin) for _, origin in origins)

    @field_validator("forwarded_allow_ips")
    @classmethod
    def _are_networks(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            try:
                _ = name == "*" or ipaddress.ip_network(name, strict=False)
            except ValueError:
                raise ValueError(f"{name!r} is no IP address and no network like 10.0.0.0/8.") from None
        return names

    @field_validator("webrtc_url")
    @classmethod
    def _is_base(cls, url: str) -> str:
        parts = _BASE.fullmatch(url)
        origin = receive_origin(parts[1]) if parts else None
        steps = unquote(parts[2]).split("/") if parts else []
        if url and (parts is None or origin is None or origin.port is None or {".", ".."} & set(steps)):
            raise ValueError(
                f"{url!r} is no full URL of ours: https://call.example, or https://platform.example/call below "
                "a path, without ? and #."
            )
        return f"{origin}{quote(unquote(parts[2]))}" if parts else ""

    @field_validator("backend_url")
    @classmethod
    def _is_url(cls, url: str) -> str:
        if url and not _URL.fullmatch(url):
            raise ValueError(f"{url!r} is no full URL: https://platform.example/…")
        return url

    @field_validator("default_currency")
    @classmethod
    def _is_currency(cls, code: str) -> str:
        if decimals_of(code) is None:
            raise ValueError(f"{code!r} is no currency of ISO 4217 with a minor unit, like USD or EUR.")
        return code

    @field_validator("silence_seconds")
    @classmethod
    def _proves_no_gap(cls, seconds: int) -> int:
        if not HEARTBEAT_MS < seconds * 1000 <= SILENCE_MS:
            raise ValueError(
                f"{seconds} s is not over {HEARTBEAT_MS // 1000} and at most {SILENCE_MS // 1000}: heartbeats come "
                f"every {HEARTBEAT_MS // 1000} s, and two that are further apart than {SILENCE_MS // 1000} s prove "
                "nothing of the time between them, which would be billed."
            )
        return seconds

    @model_validator(mode="after")
    def _check(self) -> Settings:
        if not self.is_development and not self.link_keys:
            raise ValueError(
                f"HOST={self.host} is reachable from elsewhere, so links must be signed: set LINK_KEYS "
                "(`openssl rand -hex 32` makes a key) and API_KEYS, or bind to 127.0.0.1 for development."
            )
        if self.link_keys and not self.api_keys and self.role != "call":
            raise ValueError("LINK_KEYS is set (production), so /api needs a key too: set API_KEYS.")
        if self.role == "call" and not self.backend_url:
            raise ValueError("SERVICE_ROLE=call sends its events to BACKEND_URL: set it.")
        return self

    @property
    def is_development(self) -> bool:
        """Bound to loopback and no keys set: links and API work without proof, and a banner says so."""
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
            raise RuntimeError(f"{self.base_url!r} was let in without an origin")
        return origin

    @property
    def base_path(self) -> str:
        """The path of the links, decoded, below which browsers find us: `/call`, or empty."""
        return unquote(self.base_url.removeprefix(str(self.base_origin)))

    @property
    def parent_origins(self) -> tuple[str, ...]:
        """Who may embed the call; in development any page of this machine."""
        local = ("http://localhost:*", "http://127.0.0.1:*") if self.is_development else ()
        return ("'self'", *local, *self.frame_ancestors)
