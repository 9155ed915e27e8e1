"""A platform's theme: how a link makes the page look. It never affects the bill.

The page reads it from the link's signed token (client/src/theme/theme.ts), so that even the first drawing has it.
"""

from __future__ import annotations

import base64
from typing import Annotated, Final, Literal, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictInt
from pydantic.alias_generators import to_camel

from langdao_video.session.next_page import NEXT_CHARACTERS_MAX, is_next_page
from langdao_video.session.text import is_one_line

LOGO_CHARACTERS_MAX: Final = 2_000
"""The longest data URI of a logo: it is in the token, which is part of a link."""
NAME_CHARACTERS_MAX: Final = 64
BRAND_UNITS_MAX: Final = 40
"""The longest brand, in UTF-16 code units."""

Feature = Literal[
    "board",
    "captions",
    "chat",
    "details",
    "files",
    "full-screen",
    "hand",
    "home",
    "layouts",
    "notes",
    "picture-in-picture",
    "reactions",
    "recording",
    "say-again",
    "screen",
    "vocabulary",
]


def is_name(text: str) -> bool:
    """Tell whether *text* may name a person: one visible line of 1–64 characters (session/text.py)."""
    return len(text) <= NAME_CHARACTERS_MAX and is_one_line(text)


def _check_name(text: str) -> str:
    if not is_name(text):
        raise ValueError(
            f"a name is one line of visible text, 1 to {NAME_CHARACTERS_MAX} characters, "
            "without control or direction characters"
        )
    return text


DisplayName = Annotated[str, AfterValidator(_check_name)]


def _check_brand(text: str) -> str:
    # The page counts UTF-16 code units, as JavaScript does, and would silently ignore a longer brand.
    if not (is_one_line(text) and len(text.encode("utf-16-le")) <= 2 * BRAND_UNITS_MAX):
        raise ValueError(
            f"a brand is one line of visible text, 1 to {BRAND_UNITS_MAX} characters, without control or direction "
            "characters; most emoji count as two"
        )
    return text


def _check_next(address: str) -> str:
    if not is_next_page(address):
        raise ValueError(
            "the next page is a full https address such as https://platform.example/lessons (http only on localhost), "
            f"1 to {NEXT_CHARACTERS_MAX} characters, without user name, and its host has a name in plain ASCII "
            "letters, no number and no Punycode (xn--); encode other characters after the host"
        )
    return address


def _check_features(features: tuple[Feature, ...]) -> tuple[Feature, ...]:
    twice = {name for name in features if features.count(name) > 1}
    if twice:
        raise ValueError(f"name each feature once: {', '.join(sorted(twice))} is named more than once")
    return features


class Theme(BaseModel):
    """What a platform may choose. The page uses its defaults for the rest."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)

    brand: (
        Annotated[
            str,
            Field(min_length=1, max_length=BRAND_UNITS_MAX, description="The name shown instead of LangDAO."),
            AfterValidator(_check_brand),
        ]
        | None
    ) = None
    accent: (
        Annotated[
            str,
            Field(
                pattern=r"^#[0-9a-fA-F]{6}$",
                description="The colour of buttons and links; made darker or lighter until it is readable.",
                examples=["#0f766e"],
            ),
        ]
        | None
    ) = None
    scheme: (
        Annotated[
            Literal["light", "dark"],
            Field(description="The page's colour scheme; by default the reader's own."),
        ]
        | None
    ) = None
    radius: (
        Annotated[StrictInt, Field(ge=0, le=24, description="The radius of corners, CSS px; 10 by default.")]
        | None
    ) = None
    logo: (
        Annotated[
            str,
            Field(
                max_length=LOGO_CHARACTERS_MAX,
                pattern=r"^data:image/(svg\+xml|png|webp);base64,[A-Za-z0-9+/]+=*$",
                description="A small picture as a data URI, because the page loads nothing from other sites.",
            ),
        ]
        | None
    ) = None
    features: (
        Annotated[
            tuple[Feature, ...],
            Field(
                max_length=len(get_args(Feature)),
                description="The features to show, each named once; all by default.",
                json_schema_extra={"uniqueItems": True},
            ),
            AfterValidator(_check_features),
        ]
        | None
    ) = None
    next: (
        Annotated[
            str,
            Field(
                max_length=NEXT_CHARACTERS_MAX,
                description="The page of yours to which the end of the call leads: https, or http on localhost. It "
                "counts in signed links only.",
                examples=["https://platform.example/lessons"],
            ),
            AfterValidator(_check_next),
        ]
        | None
    ) = None

    def as_claim(self) -> dict[str, object]:
        """Return the chosen values for a token, with names in camelCase.

        Where it is shorter, `without` says what is hidden instead of `features`: a token is part of a link, and the
        list of everything grows with each feature.
        """
        claim = self.model_dump(mode="json", by_alias=True, exclude_none=True)
        if self.features is not None:
            hidden = [name for name in get_args(Feature) if name not in self.features]
            if len(hidden) < len(self.features):
                del claim["features"]
                claim["without"] = hidden
        return claim

    def as_fragment(self) -> str:
        """Return the chosen values as base64url JSON, for the `look` parameter of a link without a token.

        The next page is left out. Anybody can write such a link, so no page follows it.
        """
        text = self.model_dump_json(by_alias=True, exclude_none=True, exclude={"next"})
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
