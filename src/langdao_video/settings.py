"""Everything that can be set from outside, with its default: the only place that reads the environment."""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated, Final, Literal

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from langdao_video.access.tokens import KEY_BYTES_MIN
from langdao_video.billing.currencies import decimals_of
from langdao_video.billing.meter import HEARTBEAT_MS, SILENCE_MS

_HOST: Final = r"https?://([A-Za-z0-9.\-]+|\[[0-9A-Fa-f:]+\])"
_ORIGIN: Final = re.compile(_HOST + r"(:(\d{1,5}|\*))?/?")
_URL: Final = re.compile(_HOST + r"(:\d{1,5})?(/[^\s?#]*)?(\?[^\s#]*)?")

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
    """Base of the links (R4); empty: `http://localhost:PORT`."""
    backend_url: str = ""
    """Where events are POSTed (R21–R24), a full URL; empty: nowhere but the embedded backend."""
    database_url: str = "sqlite:///var/langdao.sqlite"
    link_keys: Words = ()
    """Keys that sign links, newest first, each at least 32 bytes. Set: production, every link needs a token."""
    api_keys: Words = ()
    """Bearer keys for /api in production."""
    frame_ancestors: Words = ()
    """Origins that may embed the call and hear its messages (`https://platform.example`)."""
    stun_urls: Words = ("stun:stun.l.google.com:19302",)
    """STUN servers for NAT traversal (R19); `none` for a network that needs none."""
    default_rate_per_hour_minor: Annotated[int, Field(ge=1, le=10**15)] = 2_000
    default_currency: str = "USD"
    silence_seconds: int = SILENCE_MS // 1000
    """A seat without proof for longer is lost; two proofs no further apart are billed as one span."""
    grace_seconds: Annotated[int, Field(ge=1, le=3_600)] = 30
    log_format: Literal["console", "json"] = "console"
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @field_validator("link_keys", "api_keys", "frame_ancestors", "stun_urls", mode="before")
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
    def _are_origins(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        for origin in origins:
            if not _ORIGIN.fullmatch(origin):
                raise ValueError(f"{origin!r} is no origin: https://platform.example, without a path.")
        return origins

    @field_validator("webrtc_url", "backend_url")
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
        return not self.link_keys and _is_loopback(self.host)

    @property
    def base_url(self) -> str:
        """The base of the links (R4)."""
        return (self.webrtc_url or f"http://localhost:{self.port}").rstrip("/")

    @property
    def parent_origins(self) -> tuple[str, ...]:
        """Who may embed the call; in development any page of this machine."""
        local = ("http://localhost:*", "http://127.0.0.1:*") if self.is_development else ()
        return ("'self'", *local, *self.frame_ancestors)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
