"""What every store refuses to keep of a chat, before anything is written."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, cast

import pytest

from langdao_video.errors import BadRequest
from langdao_video.session.roles import Role
from langdao_video.signaling.fields import CHAT_CHARACTERS_MAX
from langdao_video.store.chat_port import (
    LINES_PER_APPEND_MAX,
    SEALED_BYTES_MAX,
    SealedLine,
    check_lines,
    check_salt,
)

LINE: Final = SealedLine(role="student", id="m-1", at_ms=1, number=1, sealed=b"x")
SEAL_BYTES: Final = 12 + 16
"""The nonce and the tag (NIST SP 800-38D)."""


def test_the_longest_line_fits_when_it_is_sealed() -> None:
    assert len("👋".encode()) * CHAT_CHARACTERS_MAX + SEAL_BYTES <= SEALED_BYTES_MAX


def test_as_many_lines_as_allowed_fit() -> None:
    check_lines([LINE] * LINES_PER_APPEND_MAX, 1)
    check_lines([replace(LINE, sealed=b"x" * SEALED_BYTES_MAX)], 1)


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([LINE] * (LINES_PER_APPEND_MAX + 1), "append-too-large"),
        ([replace(LINE, id="nul\0")], "text-invalid"),
        ([replace(LINE, number=2**53)], "number-invalid"),
        ([replace(LINE, at_ms=-(2**53))], "number-invalid"),
        ([replace(LINE, role=cast("Role", "guest"))], "role-invalid"),
        ([replace(LINE, sealed=b"x" * (SEALED_BYTES_MAX + 1))], "line-too-large"),
    ],
)
def test_other_lines_are_refused(lines: list[SealedLine], code: str) -> None:
    with pytest.raises(BadRequest) as refused:
        check_lines(lines, 1)

    assert refused.value.code == code


def test_a_number_that_no_database_keeps_is_refused() -> None:
    with pytest.raises(BadRequest):
        check_lines([], 2**53)


@pytest.mark.parametrize("salt", [b"", b"x" * 65])
def test_a_salt_without_bytes_or_with_too_many_is_refused(salt: bytes) -> None:
    with pytest.raises(BadRequest) as refused:
        check_salt("s-1", salt)

    assert refused.value.code == "salt-invalid"
