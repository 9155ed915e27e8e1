"""Translates the pages that the server writes into the reader's language.

It reads the client's catalogues (client/src/i18n), which the build of the client copies here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

from babel.core import Locale, UnknownLocaleError
from babel.dates import format_datetime
from babel.numbers import format_decimal
from fastapi import Request

from langdao_video.billing.money import Money
from langdao_video.session.languages import LANGUAGES
from langdao_video.views.money import format_money
from langdao_video.web.context import STATIC

_TAGS_MAX: Final = 20
_TAG: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
_ARABIC_DIGITS: Final = {ord("0") + digit: 0x0660 + digit for digit in range(10)}
_ALIASES: Final = {"nb": "no", "nn": "no"}

Catalogue = dict[str, str | dict[str, str]]


@dataclass(frozen=True, slots=True)
class Translation:
    """The texts of the language *code*, with numbers, dates and money as readers of *locale* write them."""

    code: str
    locale: Locale

    @property
    def tag(self) -> str:
        """The reader's locale as a language tag (BCP 47), for the page's own scripts."""
        return str(self.locale).replace("_", "-")

    @property
    def direction(self) -> str:
        """The direction of writing, as a value of HTML's `dir`."""
        return "rtl" if self.locale.character_order == "right-to-left" else "ltr"

    def has(self, key: str) -> bool:
        """Tell whether the phrase *key* exists."""
        return key in _load("en")

    def say(self, key: str, **values: object) -> str:
        """Return the phrase *key* as text, not HTML. Each `{name}` gets its value; `count` chooses the plural form."""
        phrase = _load(self.code).get(key) or _load("en")[key]
        if isinstance(phrase, dict):
            count = values.get("count")
            form = str(self.locale.plural_form(count if isinstance(count, int) else 0))
            phrase = phrase.get(form, phrase["other"])

        def fill(hole: re.Match[str]) -> str:
            return self._write(values.get(hole[1], hole[0]))

        return re.sub(r"\{(\w+)\}", fill, str(phrase))

    def money(self, amount: Money) -> str:
        """Write an amount."""
        text = self._in_own_digits(format_money(amount, str(self.locale)))
        # In a right-to-left line the `$` of `US$` would jump to the other side of the letters.
        return re.sub(r"^\u200f.*[A-Z]\$$", "\\g<0>\u200e", text)

    def duration(self, ms: int) -> str:
        """Write a length as `5:30` or `1:05:30`. The rest below a second is dropped."""
        minutes, seconds = divmod(ms // 1000, 60)
        hours, minutes = divmod(minutes, 60)
        text = f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
        return self._in_own_digits(text)

    def moment(self, at: datetime) -> str:
        """Write a date with its time, and name the time zone of *at*."""
        text = format_datetime(at, "medium", tzinfo=at.tzinfo, locale=self.locale)
        return f"{self._in_own_digits(text)} {at.tzname()}"

    def language(self, code: str) -> str:
        """Return the name of the language *code* in this language, with a capital letter, because it stands alone."""
        name = str(self.locale.languages.get(code, LANGUAGES[code].native_name))
        return name[:1].upper() + name[1:]

    def _write(self, value: object) -> str:
        if isinstance(value, int):
            number = format_decimal(value, locale=self.locale, numbering_system="default")
            return self._in_own_digits(number)
        return str(value)

    def _in_own_digits(self, text: str) -> str:
        """Write the digits of the locale, because Babel writes only its separators."""
        return text.translate(_ARABIC_DIGITS) if self.locale.default_numbering_system == "arab" else text


def choose_translation(request: Request, lesson_language: str | None = None) -> Translation:
    """Choose the reader's language: `?ui=`, else the browser's, else the session's, else English."""
    tags = list(_read_tags(request.headers.get("accept-language", "")))
    asked = request.query_params.get("ui", "")
    for tag in (asked, *tags, lesson_language or ""):
        code = _code_of(tag)
        if code in LANGUAGES:
            # Use the reader's own variant if the browser names it: en-GB writes dates differently from en.
            return Translation(
                code, _locale_of(next((own for own in tags if _code_of(own) == code), code), code)
            )
    return ENGLISH


def _read_tags(header: str) -> Iterator[str]:
    """Yield the tags of Accept-Language (RFC 9110 §12.5.4), the most wanted first. Invalid tags are left out."""
    wanted: list[tuple[float, int, str]] = []
    for place, part in enumerate(header.split(",")[:_TAGS_MAX]):
        tag, _, weight = (piece.strip() for piece in part.partition(";"))
        quality = re.fullmatch(r"q=([01](?:\.\d{0,3})?)", weight)
        if _TAG.fullmatch(tag) and (not weight or quality):
            wanted.append((-float(quality[1]) if quality else -1.0, place, tag))
    yield from (tag for quality, _, tag in sorted(wanted) if quality)


def _code_of(tag: str) -> str:
    code = tag.partition("-")[0].lower()
    return _ALIASES.get(code, code)


def _locale_of(tag: str, code: str) -> Locale:
    try:
        return Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse(code)


@lru_cache(maxsize=len(LANGUAGES))
def _load(code: str) -> Catalogue:
    catalogue: Catalogue = json.loads((STATIC / "i18n" / f"{code}.json").read_text("utf-8"))
    return catalogue


ENGLISH: Final = Translation("en", Locale("en"))
