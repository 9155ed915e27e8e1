"""Ethereum addresses: which are accepted, and when two are the same person."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langdao_video.session.address import is_address, is_short_address, normalize

LANGDAO_EXAMPLE = "0x742d35Cc6634C0532925a3b8D52c0b98db8d2aD1"
EIP55_EXAMPLES = (
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
    "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
    "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
)
HEX_DIGITS = "0123456789abcdefABCDEF"


@pytest.mark.parametrize("address", EIP55_EXAMPLES)
def test_the_examples_of_eip_55_are_their_own_normal_form(address: str) -> None:
    assert is_address(address)
    assert normalize(address) == address
    assert normalize(address.lower()) == address


@pytest.mark.requirement("R1")
def test_the_example_of_langdao_is_taken_although_its_checksum_is_wrong() -> None:
    normal = normalize(LANGDAO_EXAMPLE)

    assert is_address(LANGDAO_EXAMPLE)
    assert normal != LANGDAO_EXAMPLE
    assert normal == normalize(normal)


@given(digits=st.text(HEX_DIGITS, min_size=40, max_size=40))
def test_one_person_however_the_address_is_written(digits: str) -> None:
    lower, upper, mixed = f"0x{digits.lower()}", f"0x{digits.upper()}", f"0x{digits}"

    assert is_address(mixed)
    assert normalize(lower) == normalize(upper) == normalize(mixed)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0x",
        LANGDAO_EXAMPLE[:-1],
        LANGDAO_EXAMPLE + "0",
        LANGDAO_EXAMPLE[2:],
        LANGDAO_EXAMPLE.replace("0x", "0X"),
        LANGDAO_EXAMPLE[:-1] + "g",
        f" {LANGDAO_EXAMPLE}",
        f"{LANGDAO_EXAMPLE}\n",
        LANGDAO_EXAMPLE.replace("4", "４"),  # noqa: RUF001 - a digit that is no hexadecimal digit
    ],
)
def test_texts_that_only_look_like_an_address_are_none(text: str) -> None:
    assert not is_address(text)


@pytest.mark.requirement("R1")
@pytest.mark.parametrize("text", ["0x1", "0x123", "0xABC", LANGDAO_EXAMPLE])
def test_the_quick_start_may_use_short_addresses(text: str) -> None:
    assert is_short_address(text)
    assert normalize(text) == normalize(text.lower())


@pytest.mark.parametrize("text", ["", "0x", "123", "0xg", LANGDAO_EXAMPLE + "0", "0x123\n"])
def test_a_short_address_is_still_hexadecimal(text: str) -> None:
    assert not is_short_address(text)
