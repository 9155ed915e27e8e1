"""The page's texts in other languages, so that a test can press "End call" on an Arabic page."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Final

CATALOGUES: Final = Path(__file__).parents[2] / "client" / "src" / "i18n"


@lru_cache
def read_catalogue(language: str) -> dict[str, str]:
    """Return the texts of *language* by key; empty if there is no translation."""
    path = CATALOGUES / f"{language}.json"
    words: dict[str, str] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return words


def as_said_in(language: str, english: str) -> re.Pattern[str]:
    """Return a pattern for *english* on a page in *language*. It matches any key with this English text."""
    own = read_catalogue(language)
    keys = [key for key, words in read_catalogue("en").items() if words == english]
    said = {own.get(key, english) for key in keys} | {english}
    return re.compile("|".join(f"^{re.escape(words)}$" for words in sorted(said)))
