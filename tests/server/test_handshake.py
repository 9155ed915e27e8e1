"""The answer to a WebSocket's request: RFC 6455's own example, and what is missing or too much."""

from __future__ import annotations

import pytest

from langdao_video.server.answers import BAD_HANDSHAKE, BAD_VERSION, HEAD_TOO_LARGE, HttpAnswer
from langdao_video.server.handshake import HEADER_BYTES_MAX, answer_handshake

KEY = (b"sec-websocket-key", b"dGhlIHNhbXBsZSBub25jZQ==")
VERSION = (b"sec-websocket-version", b"13")


def test_the_example_of_the_rfc_is_accepted() -> None:
    answer = answer_handshake("GET", [(b"cookie", b"x" * 60_000), KEY, VERSION])

    assert isinstance(answer, bytes)
    assert answer.startswith(b"HTTP/1.1 101 ")
    assert b"\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n" in answer


@pytest.mark.parametrize(
    ("method", "headers", "expected"),
    [
        ("POST", [KEY, VERSION], BAD_HANDSHAKE),
        ("GET", [VERSION], BAD_HANDSHAKE),
        ("GET", [KEY, KEY, VERSION], BAD_HANDSHAKE),
        ("GET", [(KEY[0], b"dGhlIHNhbXBsZQ=="), VERSION], BAD_HANDSHAKE),
        ("GET", [(KEY[0], b"no base64 at all!!!!!!!="), VERSION], BAD_HANDSHAKE),
        ("GET", [(KEY[0], b"\xff" * 24), VERSION], BAD_HANDSHAKE),
        ("GET", [KEY], BAD_VERSION),
        ("GET", [KEY, (VERSION[0], b"8")], BAD_VERSION),
        ("GET", [KEY, VERSION, VERSION], BAD_VERSION),
        ("GET", [KEY, VERSION, (b"sec-websocket-protocol", b"x" * (HEADER_BYTES_MAX + 1))], HEAD_TOO_LARGE),
    ],
)
def test_another_request_gets_an_answer_that_says_why(
    method: str, headers: list[tuple[bytes, bytes]], expected: HttpAnswer
) -> None:
    assert answer_handshake(method, headers) is expected


def test_who_speaks_another_version_is_told_ours() -> None:
    assert b"\r\nsec-websocket-version: 13\r\n" in BAD_VERSION.encode({})
