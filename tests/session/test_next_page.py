"""Where the end of a call may lead: the cases that the page passes, too, and the bound."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import pytest

from langdao_video.session.next_page import NEXT_CHARACTERS_MAX, is_next_page

CASES: Final = json.loads(
    (Path(__file__).parents[2] / "wire/text/next-pages.json").read_text(encoding="utf-8")
)["cases"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_each_golden_address_fits_exactly_if_a_button_shows_its_host(case: dict[str, str | None]) -> None:
    assert is_next_page(str(case["text"])) is (case["host"] is not None)


def test_an_address_has_at_most_300_characters() -> None:
    start = "https://platform.example/"

    assert is_next_page(start + "x" * (NEXT_CHARACTERS_MAX - len(start)))
    assert not is_next_page(start + "x" * (NEXT_CHARACTERS_MAX - len(start) + 1))
    assert not is_next_page(start + "x" * 10_000)
    assert not is_next_page("https://" + "a." * 5_000 + "example/")
