"""Text that people write: which text is refused, and how the rest is shown to others. Pure.

Law: the text of one person stays in its own place on everybody's page. It cannot be invisible, cannot send control
characters to a terminal, cannot reorder the words around it and cannot cover its neighbours. All scripts and emoji
stay as they are. `client/src/room/chat/visible.ts` does the same for the page; both must pass the cases of wire/text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum
from itertools import chain
from typing import Final

BLANK_LINES_MAX: Final = 2
"""The most blank lines in a row that are kept."""
MARKS_MAX: Final = 8
"""The most combining marks on one letter that are kept: as many as the longest stacks of Tibetan have."""

_BIDI_CONTROLS: Final = frozenset(map(chr, chain(range(0x202A, 0x202F), range(0x2066, 0x2070))))
"""Embeddings, overrides and isolates (UAX #9 §2), and the deprecated U+206A–U+206F. The marks LRM, RLM and ALM do not
reorder other text, so they are kept."""
_JOINERS: Final = frozenset("\u200c\u200d") | frozenset(map(chr, range(0xE0020, 0xE0080)))
"""Invisible characters that names need: the joiners of Persian, Indic scripts and emoji, and tags of regional flags."""
_BLANK_SYMBOLS: Final = frozenset(
    "\u115f\u1160\u2065\u2800\u3164\uffa0\ufff0\ufff1\ufff2\ufff3\ufff4\ufff5\ufff6\ufff7\ufff8\ufffc"
    "\U00013441\U00013442\U0001d159"
)
"""Letters and symbols that show nothing: Hangul fillers, the empty braille cell, null note heads."""
_IGNORABLES: Final = range(0xE0000, 0xE1000)
"""Tags and variation selectors, assigned or not (Default_Ignorable_Code_Point, UAX #44)."""
_BLANK_CATEGORIES: Final = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Mn", "Mc", "Me"})
_HIDDEN_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Categories that no name may have. Unassigned characters (Cn) are allowed: a newer Unicode may make them emoji."""
_LINE_BREAK: Final = re.compile("\r\n|[\r\u2028\u2029]")


class Refusal(StrEnum):
    """Why a text is refused; the values are the codes on the wire."""

    BLANK = "chat-blank"
    """The text shows nothing."""
    CONTROL = "chat-control"
    """The text has a control character (C0, DEL or C1) other than a tab or a line break."""


def is_visible(text: str) -> bool:
    """Tell whether *text* shows anything. Spaces, and marks without a letter, do not count."""
    return not all(_is_blank(character) for character in text)


def receive_line(text: str) -> str | Refusal:
    """Return *text* as others see it, or why it is refused. A returned text passes a second time unchanged.

    Every line break becomes a line feed. Bidi controls, marks over MARKS_MAX, blank lines at either end, and blank
    lines over BLANK_LINES_MAX in a row are removed.
    """
    whole = _LINE_BREAK.sub("\n", text)
    if any(_is_control(character) and character not in "\t\n" for character in whole):
        return Refusal.CONTROL
    if not is_visible(whole):
        return Refusal.BLANK
    return _without_blank_lines(_without_tall_stacks(c for c in whole if c not in _BIDI_CONTROLS))


def is_one_line(text: str) -> bool:
    """Tell whether *text* may be a name or a title: visible, one line, nothing hidden, no tall stack of marks."""
    return is_visible(text) and not has_hidden(text) and _without_tall_stacks(text) == text


def has_hidden(text: str) -> bool:
    """Tell whether *text* has invisible characters other than joiners: controls, bidi controls, line breaks."""
    return any(c not in _JOINERS and unicodedata.category(c) in _HIDDEN_CATEGORIES for c in text)


def tidy_label(text: str) -> str:
    """Make *text* fit for a table cell or the place beside a name: one line, nothing hidden, no tall stack of marks.

    Meant for text of other services that is shown and decides nothing. Returns "" if *text* shows nothing.
    """
    shown = "".join(c for c in text if c in _JOINERS or unicodedata.category(c) not in _HIDDEN_CATEGORIES)
    return _without_tall_stacks(shown).strip() if is_visible(shown) else ""


def _is_blank(character: str) -> bool:
    return (
        character in _BLANK_SYMBOLS
        or ord(character) in _IGNORABLES
        or unicodedata.category(character) in _BLANK_CATEGORIES
    )


def _is_control(character: str) -> bool:
    return unicodedata.category(character) == "Cc"


def _without_tall_stacks(characters: Iterable[str]) -> str:
    kept, marks = [], 0
    for character in characters:
        category = unicodedata.category(character)
        if category.startswith("M"):
            marks += 1
        elif category != "Cf":  # a joiner between two marks begins no new letter
            marks = 0
        if marks <= MARKS_MAX:
            kept.append(character)
    return "".join(kept)


def _without_blank_lines(text: str) -> str:
    kept: list[str] = []
    blank = 0
    for line in text.split("\n"):
        blank = 0 if is_visible(line) else blank + 1
        if not blank:
            kept.append(line)
        elif kept and blank <= BLANK_LINES_MAX:
            kept.append("")
    while not kept[-1]:
        kept.pop()
    return "\n".join(kept)
