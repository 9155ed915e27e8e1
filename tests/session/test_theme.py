"""A platform's theme: what a link may carry for the page to show, and in which two ways it travels."""

from __future__ import annotations

import base64
import json
from typing import get_args

import pytest
from pydantic import ValidationError

from langdao_video.session.theme import BRAND_UNITS_MAX, NAME_CHARACTERS_MAX, Feature, Theme, is_name

FEATURES = get_args(Feature)
LOGO = "data:image/png;base64,iVBORw0KGgo="


def test_a_theme_travels_with_what_was_chosen_and_nothing_else() -> None:
    theme = Theme(brand="Lengua", accent="#0f766e", radius=0, features=("chat", "screen"))

    chosen = {"brand": "Lengua", "accent": "#0f766e", "radius": 0, "features": ["chat", "screen"]}
    fragment = theme.as_fragment()
    assert theme.as_claim() == chosen
    assert json.loads(base64.urlsafe_b64decode(fragment + "=" * (-len(fragment) % 4))) == chosen
    assert "=" not in fragment


def test_the_next_page_travels_in_a_signed_link_only() -> None:
    theme = Theme(brand="Lengua", next="https://platform.example/lessons")
    fragment = theme.as_fragment()

    assert theme.as_claim() == {"brand": "Lengua", "next": "https://platform.example/lessons"}
    assert json.loads(base64.urlsafe_b64decode(fragment + "=" * (-len(fragment) % 4))) == {"brand": "Lengua"}


@pytest.mark.parametrize(
    ("hidden", "name"),
    [((), "without"), (("chat", "reactions"), "without"), (FEATURES[1:], "features")],
)
def test_a_token_names_what_is_shown_or_what_is_hidden_whichever_is_shorter(
    hidden: tuple[str, ...], name: str
) -> None:
    shown = [feature for feature in FEATURES if feature not in hidden]

    claim = Theme.model_validate({"features": shown}).as_claim()

    assert claim == {name: shown if name == "features" else list(hidden)}


@pytest.mark.parametrize(
    "wrong",
    [
        {"brand": ""},
        {"brand": "two\nlines"},
        {"accent": "teal"},
        {"scheme": "sepia"},
        {"radius": 25},
        {"radius": "8"},
        {"logo": "https://platform.example/logo.png"},
        {"features": ["chat", "chat"]},
        {"features": ["teleport"]},
        {"next": "http://platform.example/lessons"},
        {"next": "javascript:alert(1)"},
        {"next": "https://platform.example/".ljust(301, "x")},
        {"font": "Comic Sans"},
    ],
)
def test_what_a_page_could_not_show_is_refused(wrong: dict[str, object]) -> None:
    assert Theme.model_validate({"logo": LOGO, "scheme": "dark"}).logo == LOGO

    with pytest.raises(ValidationError):
        Theme.model_validate(wrong)


def test_a_brand_is_counted_as_the_page_counts_it() -> None:
    fits = "🦜" * (BRAND_UNITS_MAX // 2)
    assert Theme(brand=fits).brand == fits

    with pytest.raises(ValidationError):
        Theme(brand=fits + "🦜")


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("María", True),
        ("x" * NAME_CHARACTERS_MAX, True),
        ("x" * (NAME_CHARACTERS_MAX + 1), False),
        (" ", False),
    ],
)
def test_a_name_is_one_line_that_can_be_seen(text: str, *, is_one: bool) -> None:
    assert is_name(text) is is_one
