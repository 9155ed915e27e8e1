"""What a HEAD to a receiver tells, with real servers on loopback."""

from __future__ import annotations

import asyncio
import ssl
from email.utils import formatdate
from pathlib import Path

import pytest

from langdao_video.clock import read_wall_ms
from langdao_video.delivery.target_probe import TargetReport, probe_target
from langdao_video.delivery.targets import TargetRule
from tests.delivery.receivers import Request, answer, receiving
from tests.delivery.test_transport import make_certificate
from tests.ports import free_port

LOOPBACK = TargetRule(allows_loopback=True)
DAY_MS = 86_400_000


async def probe(url: str, rule: TargetRule = LOOPBACK, *, seconds_max: float = 5) -> TargetReport:
    return await probe_target(url, rule, seconds_max=seconds_max)


async def test_the_clock_of_a_receiver_is_compared_with_ours() -> None:
    ahead = formatdate(read_wall_ms() / 1000 + 3600, usegmt=True)

    async with receiving(answer(405, b"", Date=ahead)) as receiver:
        report = await probe(receiver.url)

    assert (report.status, report.error, report.expires_ms) == (405, None, None)
    assert report.skew_ms is not None
    assert 3_590_000 < report.skew_ms < 3_610_000


@pytest.mark.parametrize("date", ["yesterday", "", "99999999999999999999", "1 Jan 99999999999 00:00:00"])
async def test_a_date_that_is_none_says_nothing(date: str) -> None:
    async with receiving(answer(200, b"", Date=date)) as receiver:
        report = await probe(receiver.url)

    assert (report.status, report.skew_ms) == (200, None)


async def test_no_event_and_no_signature_are_sent() -> None:
    async with receiving(answer(200, b"")) as receiver:
        await probe(receiver.url)

    (request,) = receiver.requests
    assert request.raw == b""
    assert not [name for name in request.headers if name.startswith("webhook-")]


async def test_a_receiver_that_says_nothing_is_given_up() -> None:
    async def say_nothing(_: Request, _writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    async with receiving(say_nothing) as receiver:
        report = await probe(receiver.url, seconds_max=0.2)

    assert report == TargetReport(error="no answer within 0.2 s")


async def test_an_address_that_our_rule_forbids_is_not_asked() -> None:
    async with receiving(answer(200)) as receiver:
        report = await probe(receiver.url, TargetRule())

    assert (report.is_refused, receiver.connections) == (True, 0)


@pytest.mark.parametrize("url", ["http://nowhere.invalid/", "http://localhost:{port}/"])
async def test_a_host_that_is_not_there_is_an_error(url: str) -> None:
    report = await probe(url.format(port=free_port()))

    assert report.status is None
    assert report.error


async def test_what_speaks_no_http_is_an_error() -> None:
    async def speak(_: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH\r\n\r\n")
        writer.close()

    async with receiving(speak) as receiver:
        report = await probe(receiver.url)

    assert report.error is not None
    assert "ProtocolError" in report.error


class TestTls:
    async def probe(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, days: int, trusted: bool
    ) -> TargetReport:
        pem, key = make_certificate(tmp_path, days=days)
        if trusted:
            monkeypatch.setenv("SSL_CERT_FILE", str(pem))
        server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.load_cert_chain(pem, key)
        async with receiving(answer(200, b""), tls=server) as receiver:
            return await probe(receiver.url)

    async def test_the_end_of_a_certificate_is_told(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        report = await self.probe(tmp_path, monkeypatch, days=30, trusted=True)

        assert report.expires_ms is not None
        assert (report.status, (report.expires_ms - read_wall_ms()) // DAY_MS) == (200, 27)

    @pytest.mark.parametrize(("days", "trusted"), [(1, True), (30, False)])
    async def test_one_that_is_not_valid_is_told(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: int, *, trusted: bool
    ) -> None:
        report = await self.probe(tmp_path, monkeypatch, days=days, trusted=trusted)

        assert (report.status, report.is_untrusted) == (None, True)
