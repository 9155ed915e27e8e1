"""Signs and verifies webhooks as Standard Webhooks 1.0 asks. Pure, and of the standard library only.

Law: the bytes that are sent are the bytes that were signed. Platforms import this file, too (`langdao_video.platform`).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from typing import Final

PREFIX: Final = "whsec_"
TOLERANCE_SECONDS: Final = 300
KEY_BYTES_MIN: Final = 24
KEY_BYTES_MAX: Final = 64
NEW_KEY_BYTES: Final = 32
ID_HEADER: Final = "webhook-id"
TIMESTAMP_HEADER: Final = "webhook-timestamp"
SIGNATURE_HEADER: Final = "webhook-signature"

_SECONDS: Final = re.compile(r"[0-9]{1,15}")
_SIGNATURES_MAX: Final = 32
"""How many signatures of one request are compared. A sender has one for each of its keys."""


class SecretInvalid(ValueError):
    """A text is no secret. The message says what would be right, and does not repeat the text."""


class SignatureInvalid(ValueError):
    """A request is not signed, is too old, or no key fits. *reason* is short and stable."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


def make_secret(random_bytes: bytes) -> str:
    """Write a new secret from *random_bytes*, for example `secrets.token_bytes(NEW_KEY_BYTES)`."""
    return PREFIX + base64.b64encode(random_bytes).decode("ascii")


def receive_secret(secret: str) -> bytes:
    """Return the key in *secret*: `whsec_` and then 24 to 64 bytes in base64. Raises SecretInvalid."""
    try:
        key = base64.b64decode(secret.strip().removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise SecretInvalid(
            f"A secret is `{PREFIX}` and a key in base64: `openssl rand -base64 {NEW_KEY_BYTES}` makes a key."
        ) from None
    if not KEY_BYTES_MIN <= len(key) <= KEY_BYTES_MAX:
        raise SecretInvalid(
            f"The key has {len(key)} bytes; it must have {KEY_BYTES_MIN} to {KEY_BYTES_MAX}: "
            f"`openssl rand -base64 {NEW_KEY_BYTES}` makes one."
        )
    return key


def sign(keys: Sequence[bytes], webhook_id: str, at_seconds: int, body: bytes) -> str:
    """Return the value of `webhook-signature`: one signature for each key, so that a key can be replaced in peace."""
    signed = f"{webhook_id}.{at_seconds}.".encode() + body
    return " ".join(f"v1,{_signature(key, signed)}" for key in keys)


def sign_headers(secrets: Sequence[str], webhook_id: str, at_seconds: int, body: bytes) -> dict[str, str]:
    """Return the headers of a webhook; without the signature if there are no *secrets*. Raises SecretInvalid."""
    headers = {ID_HEADER: webhook_id, TIMESTAMP_HEADER: str(at_seconds)}
    if secrets:
        keys = [receive_secret(secret) for secret in secrets]
        headers[SIGNATURE_HEADER] = sign(keys, webhook_id, at_seconds, body)
    return headers


def verify(
    secrets: Sequence[str],
    headers: Mapping[str, str],
    body: bytes,
    now_seconds: float,
    *,
    tolerance_seconds: float = TOLERANCE_SECONDS,
) -> str:
    """Return the `webhook-id` of a request that one of *secrets* signed at most *tolerance_seconds* ago or ahead.

    Names of headers are compared without case. Raises SignatureInvalid (`header-missing`, `timestamp-invalid`,
    `clock-skew`, `no-key-fits`) and SecretInvalid.
    """
    keys = [receive_secret(secret) for secret in secrets]
    given = {name.lower(): value for name, value in headers.items()}
    webhook_id = _receive_header(given, ID_HEADER)
    stamp = _receive_header(given, TIMESTAMP_HEADER)
    signatures = _receive_header(given, SIGNATURE_HEADER)
    if not _SECONDS.fullmatch(stamp):
        raise SignatureInvalid(
            "timestamp-invalid", f"The header {TIMESTAMP_HEADER} must be Unix time in seconds."
        )
    skew = now_seconds - int(stamp)
    if abs(skew) > tolerance_seconds:
        where = "old" if skew > 0 else "ahead"
        raise SignatureInvalid(
            "clock-skew",
            f"The request is {abs(skew):.0f} s {where}; at most {tolerance_seconds:g} s are accepted. "
            "Is this machine's clock right?",
        )
    # A header may hold any text: what cannot be encoded was not signed.
    signed = f"{webhook_id}.{stamp}.".encode(errors="replace") + body
    expected = [_signature(key, signed).encode() for key in keys]
    given_ones = [text.removeprefix("v1,") for text in signatures.split(" ") if text.startswith("v1,")]
    fits = False
    for text in given_ones[:_SIGNATURES_MAX]:
        for each in expected:  # compare all, so that the time tells nothing
            fits |= hmac.compare_digest(each, text.encode(errors="replace"))
    if not fits:
        raise SignatureInvalid("no-key-fits", "No signature of the request fits one of the secrets.")
    return webhook_id


def _receive_header(given: Mapping[str, str], name: str) -> str:
    value = given.get(name, "")
    if not value:
        raise SignatureInvalid("header-missing", f"The header {name} is missing.")
    return value


def _signature(key: bytes, signed: bytes) -> str:
    return base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode("ascii")
