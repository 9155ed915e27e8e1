"""Asks a URL for its head: whether it answers, until when its certificate is valid, and what time it is there.

It connects as deliveries do, only to an address that was judged a moment before, and sends no event and no signature.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

import httpcore2

from langdao_video.clock import read_wall_ms
from langdao_video.delivery.targets import TargetRule
from langdao_video.delivery.transport import JudgedBackend, Resolver, TargetRefused, make_context


@dataclass(frozen=True, slots=True)
class TargetReport:
    """What came back from one URL."""

    status: int | None = None
    error: str | None = None
    """Why there is no answer."""
    is_refused: bool = False
    """Whether our own rule forbids the address."""
    is_untrusted: bool = False
    """Whether its certificate is expired, for another name, or of an authority that is not trusted here."""
    expires_ms: int | None = None
    """When its certificate ends, in Unix ms; None without TLS."""
    skew_ms: int | None = None
    """How far its clock is ahead of this machine's, to a second; None if it does not say."""


async def probe_target(
    url: str, rule: TargetRule, *, seconds_max: float, certificate: tuple[str, str] | None = None
) -> TargetReport:
    """Send one HEAD to *url* and say what came back within *seconds_max*. It raises nothing but a cancellation."""
    try:
        async with asyncio.timeout(seconds_max):
            return await _ask(url, rule, certificate)
    except TimeoutError:
        return TargetReport(error=f"no answer within {seconds_max:g} s")
    except TargetRefused as error:
        return TargetReport(error=str(error), is_refused=True)
    except (httpcore2.ConnectError, httpcore2.ProtocolError, httpcore2.NetworkError, OSError) as error:
        is_untrusted = "CERTIFICATE_VERIFY_FAILED" in str(error)
        return TargetReport(error=f"{type(error).__name__}: {error}", is_untrusted=is_untrusted)


async def _ask(url: str, rule: TargetRule, certificate: tuple[str, str] | None) -> TargetReport:
    context = make_context(certificate) if url.startswith("https:") else None
    async with httpcore2.AsyncConnectionPool(
        ssl_context=context, network_backend=JudgedBackend(rule, Resolver().resolve)
    ) as pool:
        asked_ms = read_wall_ms()
        async with pool.stream("HEAD", url, headers=[(b"User-Agent", b"langdao-video (doctor)")]) as response:
            answered_ms = read_wall_ms()
            tls = response.extensions["network_stream"].get_extra_info("ssl_object")
            return TargetReport(
                status=response.status,
                expires_ms=_read_expiry(tls),
                skew_ms=_read_skew(response.headers, (asked_ms + answered_ms) // 2),
            )


def _read_expiry(tls: ssl.SSLObject | None) -> int | None:
    shown = tls.getpeercert() if tls is not None else None
    ends = shown.get("notAfter") if shown else None
    return ssl.cert_time_to_seconds(ends) * 1000 if isinstance(ends, str) else None


def _read_skew(headers: Sequence[tuple[bytes, bytes]], now_ms: int) -> int | None:
    """Compare the header Date (RFC 9110, whole seconds, rounded down) with our clock."""
    for name, value in headers:
        if name.lower() == b"date":
            try:
                return round(parsedate_to_datetime(value.decode("latin-1")).timestamp() * 1000) + 500 - now_ms
            except (ValueError, OverflowError):
                return None
    return None
