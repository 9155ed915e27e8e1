"""Seals lines of chat for the store: nobody reads them without a secret of the service and the salt of the session.

The key of a session is derived from both (HKDF, RFC 5869). The secret is not in the database, and the salt is deleted
when the session ends: after that no backup and no rest on a disk can be read. A line is sealed by AES-256-GCM
(NIST SP 800-38D). Its session, author, id, time and place are authenticated with it, so that
no row can pass for another.
"""

from __future__ import annotations

from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SALT_BYTES: Final = 32
NONCE_BYTES: Final = 12
"""Random for each line. A session has far fewer than the 2³² lines for which that is safe (SP 800-38D §8.3)."""
_KEY_BYTES: Final = 32
_INFO: Final = b"langdao-video chat 1"


def derive_key(secret: str, salt: bytes) -> bytes:
    """Derive the key of the session whose salt is *salt*, 32 bytes."""
    return HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=salt, info=_INFO).derive(secret.encode())


def seal_text(key: bytes, nonce: bytes, text: str, about: str) -> bytes:
    """Seal *text*, and authenticate *about* with it. *nonce* must be new for this key."""
    return nonce + AESGCM(key).encrypt(nonce, text.encode(), about.encode())


def open_text(key: bytes, sealed: bytes, about: str) -> str | None:
    """Return the text that was sealed with *key* and *about*; None if another key, text or place was."""
    nonce, rest = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
    try:
        return AESGCM(key).decrypt(nonce, rest, about.encode()).decode()
    except (InvalidTag, ValueError):
        return None
