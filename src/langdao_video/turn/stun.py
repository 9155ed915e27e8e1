"""Reads and writes the STUN messages (RFC 8489) that ask a TURN server (RFC 8656) for a relay. Pure.

Only what `turn-check` needs: requests with long-term credentials, and the answers to them.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

MAGIC_COOKIE: Final = 0x2112A442
HEADER_BYTES: Final = 20
ID_BYTES: Final = 12
MESSAGE_BYTES_MAX: Final = 4_096
_SUCCESS: Final = 0x0100
_ERROR: Final = 0x0110
_INTEGRITY_BYTES: Final = 20
_FAMILY_BYTES: Final = {1: 4, 2: 16}
_ERROR_BYTES_MIN: Final = 4

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address


class Method(IntEnum):
    """What a request asks for."""

    BINDING = 0x001
    ALLOCATE = 0x003
    REFRESH = 0x004
    CREATE_PERMISSION = 0x008
    CHANNEL_BIND = 0x009


class Attribute(IntEnum):
    """The attributes that we write or read."""

    USERNAME = 0x0006
    MESSAGE_INTEGRITY = 0x0008
    ERROR_CODE = 0x0009
    CHANNEL_NUMBER = 0x000C
    LIFETIME = 0x000D
    XOR_PEER_ADDRESS = 0x0012
    REALM = 0x0014
    NONCE = 0x0015
    XOR_RELAYED_ADDRESS = 0x0016
    REQUESTED_ADDRESS_FAMILY = 0x0017
    REQUESTED_TRANSPORT = 0x0019
    XOR_MAPPED_ADDRESS = 0x0020


Attributes = Sequence[tuple[Attribute, bytes]]


@dataclass(frozen=True, slots=True)
class Login:
    """A username and its credential, with the realm and the nonce that the server gave (RFC 8489 §9.2)."""

    username: str
    credential: str
    realm: bytes
    nonce: bytes

    @property
    def key(self) -> bytes:
        """The key of the message integrity. MD5 is the standard's."""
        parts = b":".join((self.username.encode(), self.realm, self.credential.encode()))
        return hashlib.md5(parts, usedforsecurity=False).digest()


@dataclass(frozen=True, slots=True)
class StunAnswer:
    """The answer to a request. *error* is its code (300–699), or None if the request was granted."""

    id: bytes
    error: int | None
    reason: str
    attributes: dict[int, bytes]

    def read_address(self, attribute: Attribute) -> tuple[Ip, int] | None:
        """Return an address of the answer and its port; None if it has none that fits."""
        raw = self.attributes.get(attribute)
        return None if raw is None else read_xor_address(raw, self.id)


def write_request(method: Method, id_: bytes, attributes: Attributes, login: Login | None = None) -> bytes:
    """Write a request; with a *login* it is signed."""
    given = list(attributes)
    if login is not None:
        given += [
            (Attribute.USERNAME, login.username.encode()),
            (Attribute.NONCE, login.nonce),
            (Attribute.REALM, login.realm),
        ]
    body = b"".join(_write_attribute(attribute, value) for attribute, value in given)
    if login is None:
        return _write_header(method, len(body), id_) + body
    # The length counts the integrity that is computed with it (RFC 8489 §14.5).
    signed = _write_header(method, len(body) + 4 + _INTEGRITY_BYTES, id_) + body
    return signed + _write_attribute(Attribute.MESSAGE_INTEGRITY, hmac.digest(login.key, signed, "sha1"))


def read_length(header: bytes) -> int:
    """Return how many bytes follow the *header* of a message in a stream. Raises ValueError if it is no header."""
    kind, length, cookie = struct.unpack_from("!HHI", header)
    if kind & 0xC000 or cookie != MAGIC_COOKIE or length % 4 or length > MESSAGE_BYTES_MAX:
        raise ValueError("What came is no STUN message.")
    return int(length)


def receive_answer(raw: bytes) -> StunAnswer:
    """Read an answer. Raises ValueError for anything else, also for a message that is cut off."""
    if len(raw) < HEADER_BYTES or read_length(raw[:HEADER_BYTES]) != len(raw) - HEADER_BYTES:
        raise ValueError("What came is no whole STUN message.")
    (kind,) = struct.unpack_from("!H", raw)
    attributes = _read_attributes(raw[HEADER_BYTES:])
    id_ = raw[8:HEADER_BYTES]
    if kind & 0x0110 == _SUCCESS:
        return StunAnswer(id_, None, "", attributes)
    if kind & 0x0110 != _ERROR:
        raise ValueError("What came is no answer.")
    given = attributes.get(Attribute.ERROR_CODE, b"")
    if len(given) < _ERROR_BYTES_MIN:
        raise ValueError("The server refuses without a code.")
    code = (given[2] & 0x07) * 100 + given[3]
    return StunAnswer(id_, code, given[4:].decode(errors="replace"), attributes)


def write_xor_address(address: Ip, port: int, id_: bytes) -> bytes:
    """Write an address as XOR-PEER-ADDRESS has it (RFC 8489 §14.2)."""
    family = 1 if isinstance(address, ipaddress.IPv4Address) else 2
    packed = _xor(address.packed, id_)
    return struct.pack("!xBH", family, port ^ (MAGIC_COOKIE >> 16)) + packed


def read_xor_address(raw: bytes, id_: bytes) -> tuple[Ip, int] | None:
    """Read such an address; None if it is none."""
    if len(raw) < 4 or len(raw) - 4 != _FAMILY_BYTES.get(raw[1]):  # noqa: PLR2004 - before the address itself
        return None
    (port,) = struct.unpack_from("!H", raw, 2)
    return ipaddress.ip_address(_xor(raw[4:], id_)), port ^ (MAGIC_COOKIE >> 16)


def _xor(address: bytes, id_: bytes) -> bytes:
    mask = struct.pack("!I", MAGIC_COOKIE) + id_
    return bytes(byte ^ key for byte, key in zip(address, mask, strict=False))


def _write_header(method: Method, length: int, id_: bytes) -> bytes:
    return struct.pack("!HHI", method, length, MAGIC_COOKIE) + id_


def _write_attribute(attribute: Attribute, value: bytes) -> bytes:
    return struct.pack("!HH", attribute, len(value)) + value + b"\0" * (-len(value) % 4)


def _read_attributes(body: bytes) -> dict[int, bytes]:
    """Return the attributes; of two of a kind the first counts (RFC 8489 §14)."""
    found: dict[int, bytes] = {}
    at = 0
    while at + 4 <= len(body):
        kind, length = struct.unpack_from("!HH", body, at)
        value = body[at + 4 : at + 4 + length]
        if len(value) < length:
            raise ValueError("An attribute is cut off.")
        found.setdefault(kind, value)
        at += 4 + length + (-length % 4)
    return found
