"""A sealed line is read with the secret and the salt that sealed it, in its own place, and not otherwise."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langdao_video.access.chat_seal import NONCE_BYTES, SALT_BYTES, derive_key, open_text, seal_text

LINK_KEY: Final = "a-key-of-this-service-with-32-bytes"
SALT: Final = bytes(SALT_BYTES)
NONCE: Final = bytes(NONCE_BYTES)
KEY: Final = derive_key(LINK_KEY, SALT)
ABOUT: Final = "session-abc123\nstudent\nm-1\n1764000000000\n1"


@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=4_000))
def test_any_text_comes_back(text: str) -> None:
    assert open_text(KEY, seal_text(KEY, NONCE, text, ABOUT), ABOUT) == text


def test_the_text_is_not_in_what_is_stored() -> None:
    assert b"Hola" not in seal_text(KEY, NONCE, "Hola, ¿qué tal?", ABOUT)


@pytest.mark.parametrize(
    ("secret", "salt", "about"),
    [
        (LINK_KEY + "!", SALT, ABOUT),
        (LINK_KEY, b"\x01" + SALT[1:], ABOUT),
        (LINK_KEY, SALT, ABOUT.replace("student", "tutor")),
        (LINK_KEY, SALT, ABOUT.replace("m-1", "m-2")),
    ],
    ids=["other-secret", "other-salt", "other-author", "other-id"],
)
def test_nothing_opens_it_but_its_own_key_and_place(secret: str, salt: bytes, about: str) -> None:
    sealed = seal_text(KEY, NONCE, "Hola", ABOUT)

    assert open_text(derive_key(secret, salt), sealed, about) is None


@pytest.mark.parametrize("index", [0, NONCE_BYTES, -1], ids=["nonce", "text", "tag"])
def test_a_changed_byte_is_noticed(index: int) -> None:
    sealed = bytearray(seal_text(KEY, NONCE, "Hola", ABOUT))
    sealed[index] ^= 1

    assert open_text(KEY, bytes(sealed), ABOUT) is None


@pytest.mark.parametrize("sealed", [b"", b"short", bytes(NONCE_BYTES)])
def test_what_is_too_short_is_not_read(sealed: bytes) -> None:
    assert open_text(KEY, sealed, ABOUT) is None
