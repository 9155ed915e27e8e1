"""Answers the request for a WebSocket (RFC 6455 §4.2). Pure.

Law: only the headers that the handshake needs are looked at, and none of them may be large.
"""

from __future__ import annotations

import binascii
from collections.abc import Iterable
from typing import Final

from websockets.utils import accept_key

from langdao_video.server.answers import BAD_HANDSHAKE, BAD_VERSION, HEAD_TOO_LARGE, HttpAnswer

HANDSHAKE_HEADERS: Final = frozenset(
    {
        b"connection",
        b"upgrade",
        b"sec-websocket-key",
        b"sec-websocket-version",
        b"sec-websocket-protocol",
        b"sec-websocket-extensions",
    }
)
HEADER_BYTES_MAX: Final = 8 * 1024
_KEY_BYTES: Final = 16
_ACCEPT: Final = (
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: {}\r\n\r\n"
)


def answer_handshake(method: str, headers: Iterable[tuple[bytes, bytes]]) -> bytes | HttpAnswer:
    """Return the response that accepts a WebSocket, or the answer that refuses it.

    *headers* have names in lower case, and `Upgrade: websocket` is among them. No subprotocol and no extension is
    accepted.
    """
    keys, versions = [], []
    for name, value in headers:
        if name in HANDSHAKE_HEADERS and len(value) > HEADER_BYTES_MAX:
            return HEAD_TOO_LARGE
        if name == b"sec-websocket-key":
            keys.append(value)
        elif name == b"sec-websocket-version":
            versions.append(value.strip())
    if method != "GET" or len(keys) != 1 or not _is_key(keys[0]):
        return BAD_HANDSHAKE
    if versions != [b"13"]:
        return BAD_VERSION
    return _ACCEPT.format(accept_key(keys[0].strip().decode())).encode()


def _is_key(key: bytes) -> bool:
    """Tell whether *key* is 16 bytes in base64 (RFC 6455 §4.2.1)."""
    try:
        return len(binascii.a2b_base64(key.strip(), strict_mode=True)) == _KEY_BYTES
    except binascii.Error:
        return False
