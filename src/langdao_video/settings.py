"""Everything that can be set from outside, with its default: the only place that reads the environment."""

from __future__ import annotations

import ipaddress
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

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
    default_rate_per_hour_minor: Annotated[int, Field(ge=0, le=10**15)] = 2_000
    default_currency: str = "USD"
    silence_seconds: Annotated[int, Field(ge=1, le=3_600)] = 25
    grace_seconds: Annotated[int, Field(ge=1, le=3_600)] = 30
    log_format: Literal["console", "json"] = "console"
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @field_validator("link_keys", "api_keys", "frame_ancestors", "stun_urls", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return () if value.strip().lower() == "none" else tuple(value.replace(",", " ").split())

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
