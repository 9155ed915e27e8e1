"""Refused strangers: few log lines, no traceback, slower and slower answers, and nobody else waits."""

from __future__ import annotations

import asyncio
import json
import time
from typing import TYPE_CHECKING, Any, Final

import pytest

from langdao_video.access.tokens import Tokens
from langdao_video.session.links import Link
from tests.browser.server import Service
from tests.server.conftest import API_KEY, DRIVERS, LINK_KEY
from tests.server.raw import Raw, close_code, frame, request
from tests.stories.forked import ForkedService
from tests.stories.live import until
from tests.stories.page import ADDRESSES

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.asyncio(loop_scope="module")

PRODUCTION: Final = {"LINK_KEYS": LINK_KEY, "API_KEYS": API_KEY, "LOG_FORMAT": "json", "STUN_URLS": "none"}


def join(token: str) -> bytes:
    return frame(
        1, json.dumps({"type": "join", "page": "page-0001", "role": "student", "token": token}).encode()
    )


def make_token() -> str:
    now_ms = time.time_ns() // 1_000_000
    link = Link("r", "student", ADDRESSES["student"], "es", now_ms)
    return Tokens([LINK_KEY]).make_link_token(link, now_ms)


def lines_of(service: Service, event: str, address: str) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in service.read_log().splitlines() if line.startswith("{")]
    return [line for line in lines if line["event"] == event and line.get("address") == address]


async def first_lines_of(service: Service, event: str, address: str) -> list[dict[str, Any]]:
    """Wait for the first line, because the log is written after the answer."""
    await until(lambda: lines_of(service, event, address))
    return lines_of(service, event, address)


def call_with(address: str, key: str) -> bytes:
    headers = (f"X-Forwarded-For: {address}", f"Authorization: Bearer {key}", "Connection: close")
    return request("/api/sessions/none", *headers)


async def call_api(service: Service, address: str, key: str) -> Raw:
    raw = await Raw.connect(service.port)
    await raw.send(call_with(address, key))
    return raw


@pytest.mark.slow
async def test_bad_tokens_have_one_line_with_a_count_and_a_good_one_gets_in_beside_them(
    tmp_path: Path,
) -> None:
    caller = "X-Forwarded-For: 198.51.100.1"
    async with ForkedService(tmp_path, PRODUCTION) as service:
        strangers = await asyncio.gather(*(Raw.upgrade(service.port, caller) for _ in range(60)))
        for stranger in strangers:
            await stranger.send(join("no.such.token"))
        guest = await Raw.upgrade(service.port, caller)
        await guest.send(join(make_token()))
        await guest.expect(b'"welcome"')
        for stranger in strangers:
            await stranger.expect(b"token-invalid")
            stranger.close()
        for _ in range(10):
            stranger = await Raw.upgrade(service.port, caller)
            await stranger.send(frame(1, b"\xff"))
            await stranger.closed()
        at_once = await first_lines_of(service, "refused", "198.51.100.1")
        guest.close()

    lines = lines_of(service, "refused", "198.51.100.1")
    assert [line["count"] for line in at_once] == [1]
    assert sum(line["count"] for line in lines) == 60
    assert len(lines) == 2
    below = lines_of(service, "connections-refused", "198.51.100.1")
    assert [line["codes"] for line in below] == [{"not-utf-8": 1}, {"not-utf-8": 9}]
    assert sum(line["codes"]["token-invalid"] for line in lines) == 60


@pytest.mark.slow
async def test_wrong_keys_wait_and_a_right_one_of_the_same_address_does_not(production: Service) -> None:
    for _ in range(9):
        assert (await (await call_api(production, "198.51.100.2", "wrong")).closed()).startswith(
            b"HTTP/1.1 401 "
        )

    answers: list[tuple[str, bytes]] = []

    async def note(name: str, raw: Raw) -> None:
        answers.append((name, (await raw.closed())[:13]))

    calls = {"held": ("198.51.100.2", "wrong"), "right": ("198.51.100.2", API_KEY)}
    calls["elsewhere"] = ("198.51.100.3", "wrong")
    raws = {name: await call_api(production, *call) for name, call in calls.items()}
    await asyncio.gather(*(note(name, raw) for name, raw in raws.items()))

    assert answers[-1] == ("held", b"HTTP/1.1 401 ")
    assert dict(answers) == {
        "held": b"HTTP/1.1 401 ",
        "right": b"HTTP/1.1 404 ",
        "elsewhere": b"HTTP/1.1 401 ",
    }


@pytest.mark.slow
async def test_only_so_many_refusals_wait_at_a_time(production: Service) -> None:
    # All at once, however long a busy machine needs to connect: those that waited are no longer counted.
    guesses = [await Raw.connect(production.port) for _ in range(40)]
    for guess in guesses:
        await guess.send(call_with("198.51.100.4", "wrong"))

    answers = [int((await guess.closed()).split(b" ", 2)[1]) for guess in guesses]

    assert set(answers) == {401, 429}
    assert 5 <= answers.count(401) <= 5 + 8 + 5


NONSENSE: Final = {
    "text that is no UTF-8": frame(1, b"\xff\xfe"),
    "half a character": frame(1, b'{"type":"join","name":"\xc3'),
    "surrogates": frame(1, b'"\xed\xa0\x80"'),
    "unmasked": b"\x81\x02hi",
    "reserved bits": b"\xc1\x80mask",
    "reserved opcode": b"\x83\x80mask",
    "long ping": frame(9, b"x" * 126),
    "ping in pieces": frame(9, fin=False),
    "continuation of nothing": frame(0),
    "message in a message": frame(1, b"a", fin=False) + frame(1, b"b"),
    "close of one byte": frame(8, b"x"),
    "close with a code that is none": frame(8, b"\x00\x01"),
    "close with bad words": frame(8, b"\x03\xe8\xff\xff"),
    "close in a message": frame(1, b"a", fin=False) + frame(8, b"\x03\xe8"),
    "endless frame": b"\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xffmask",
    "too large": frame(1, b"x" * 65_537),
}


@pytest.mark.parametrize("production", DRIVERS, indirect=True)
@pytest.mark.parametrize("kind", NONSENSE)
async def test_nonsense_on_a_socket_is_closed_with_a_code_and_without_a_traceback(
    production: Service, kind: str
) -> None:
    stranger = await Raw.upgrade(production.port)

    await stranger.send(NONSENSE[kind])

    assert close_code(await stranger.closed()) in {1002, 1007, 1009}
    assert "Traceback" not in production.read_log()


BAD_HEADS: Final = {
    "bytes": b"\x00\x01\x02\r\n\r\n",
    "tls": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n",
    "one word": b"GET\r\n\r\n",
    "http 2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "path that is no ASCII": "GET /é HTTP/1.1\r\nHost: x\r\n\r\n".encode(),
    "connect": b"CONNECT a:1 HTTP/1.1\r\n\r\n",
    "length that is none": request("/", "Content-Length: x", method="POST"),
    "two lengths": request("/", "Content-Length: 1", "Content-Length: 2", method="POST"),
    "no host": b"GET /health HTTP/1.1\r\n\r\n",
    "two hosts": request("/health", "Host: evil.example"),
    "bad chunk": request("/api/sessions", "Transfer-Encoding: chunked", method="POST") + b"ZZ\r\n\r\n",
    "upgrade by post": request(
        "/?room=r", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: x", method="POST"
    ),
    "upgrade without a key": request("/?room=r", "Connection: Upgrade", "Upgrade: websocket"),
    "garbage after a request": request("/health") + b"\x00\xff garbage\r\n\r\n",
    "garbage after many": request("/health") * 5 + b"\x00\xff garbage\r\n\r\n",
}


@pytest.mark.parametrize("kind", BAD_HEADS)
async def test_what_is_no_http_is_refused_without_a_traceback(production: Service, kind: str) -> None:
    stranger = await Raw.connect(production.port)

    await stranger.send(BAD_HEADS[kind])

    heard = await stranger.closed()
    if kind == "garbage after many":  # our refusal must not come before the answers to earlier requests
        assert heard.count(b"HTTP/1.1 4") <= 1
    else:
        assert heard.split(b" ", 2)[1][:1] == b"4", heard
    assert "Traceback" not in production.read_log()


async def test_a_probe_of_http_1_0_needs_no_host(production: Service) -> None:
    probe = await Raw.connect(production.port)

    await probe.send(b"GET /health HTTP/1.0\r\n\r\n")

    assert (await probe.closed()).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    "trailer", [f"Authorization: Bearer {API_KEY}", "Host: elsewhere", "Accept: text/html"]
)
async def test_a_trailer_is_no_header(production: Service, trailer: str) -> None:
    chunked = ("Transfer-Encoding: chunked", "Connection: close")
    stranger = await Raw.connect(production.port)
    body = f"2\r\n{{}}\r\n0\r\n{trailer}\r\n\r\n"

    await stranger.send(request("/api/sessions/none", *chunked, body=body))

    assert b'"api-key-required"' in await stranger.closed()


async def test_a_peer_that_vanishes_at_any_moment_leaves_no_traceback(production: Service) -> None:
    body = ("Content-Type: application/json", "Content-Length: 100", f"Authorization: Bearer {API_KEY}")
    for sent in (b"GET / HT", request("/"), request("/api/sessions", *body, method="POST") + b"{"):
        raw = await Raw.connect(production.port)
        await raw.send(sent)
        raw.close()
    for path in ("/?room=r", "/?room=", "/nowhere"):
        for _ in range(10):
            raw = await Raw.connect(production.port)
            await raw.send(
                request(
                    path,
                    "Connection: Upgrade",
                    "Upgrade: websocket",
                    "Sec-WebSocket-Version: 13",
                    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
                )
            )
            raw.close()
    last = await Raw.connect(production.port)
    await last.send(request("/health"))
    await last.expect(b'"ok"')

    assert "Traceback" not in production.read_log()
    last.close()


async def test_a_proxy_that_is_not_named_is_not_trusted(tmp_path: Path) -> None:
    env = {**PRODUCTION, "FORWARDED_ALLOW_IPS": "10.0.0.0/8"}
    async with ForkedService(tmp_path, env) as service:
        stranger = await Raw.upgrade(service.port, "X-Forwarded-For: 198.51.100.9")
        await stranger.send(join("no.such.token"))
        await stranger.expect(b"token-invalid")
        stranger.close()

    assert len(lines_of(service, "refused", "127.0.0.1")) == 1
    assert lines_of(service, "refused", "198.51.100.9") == []
    assert "proxy-not-named" in service.read_log()


async def test_of_the_entries_of_a_named_proxy_only_the_last_hop_is_trusted(production: Service) -> None:
    stranger = await Raw.upgrade(production.port, "X-Forwarded-For: 6.6.6.6, 198.51.100.10")
    await stranger.send(join("no.such.token"))
    await stranger.expect(b"token-invalid")
    stranger.close()

    assert len(await first_lines_of(production, "refused", "198.51.100.10")) == 1
    assert lines_of(production, "refused", "6.6.6.6") == []
