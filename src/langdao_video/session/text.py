"""Text that people write: what is refused, and what of the rest others are shown. Pure.

Law: what one person writes stays in its own place on everybody's page. It cannot be invisible, cannot speak to a
terminal, cannot reorder the words around it and cannot grow over its neighbours. Scripts and emoji stay untouched.
`client/src/room/chat/visible.ts` does the same for the page; the cases of wire/text hold both to it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum
from itertools import chain
from typing import Final

BLANK_LINES_MAX: Final = 2
"""Blank lines kept in a row."""
MARKS_MAX: Final = 8
"""Combining marks kept on one letter: as many as the longest stacks of living scripts have, in Tibetan."""

_BIDI_CONTROLS: Final = frozenset(map(chr, chain(range(0x202A, 0x202F), range(0x2066, 0x2070))))
"""Embeddings, overrides and isolates (UAX #9 §2), and the deprecated U+206A–U+206F. The marks LRM, RLM and ALM move
nothing but themselves and are kept."""
_JOINERS: Final = frozenset("\u200c\u200d") | frozenset(map(chr, range(0xE0020, 0xE0080)))
"""What a name needs beside letters: the joiners of Persian, Indic scripts and emoji, and the tags of regional flags."""
_BLANK_SYMBOLS: Final = frozenset(
    "\u115f\u1160\u2065\u2800\u3164\uffa0\ufff0\ufff1\ufff2\ufff3\ufff4\ufff5\ufff6\ufff7\ufff8\ufffc"
    "\U00013441\U00013442\U0001d159"
)
"""Letters and symbols that are drawn as nothing: Hangul fillers, the empty braille cell, null note heads."""
_IGNORABLES: Final = range(0xE0000, 0xE1000)
"""Tags and variation selectors, assigned or not (Default_Ignorable_Code_Point, UAX #44)."""
_BLANK_CATEGORIES: Final = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Mn", "Mc", "Me"})
_HIDDEN_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""No part of a name. What this Python's Unicode does not know yet (Cn) may be the newest emoji."""
_LINE_BREAK: Final = re.compile("\r\n|[\r\u2028\u2029]")


class Refusal(StrEnum):
    """Why a text is not taken; the codes of the wire."""

    BLANK = "chat-blank"
    """There is nothing to see in it."""
    CONTROL = "chat-control"
    """It has a control character (C0, DEL or C1) other than a tab or a line break."""


def is_visible(text: str) -> bool:
    """Tell whether there is anything to see in *text*: neither spaces nor marks without a letter are."""
    return not all(_is_blank(character) for character in text)


def receive_line(text: str) -> str | Refusal:
    """Return *text* as others are shown it, or why it is refused; what this returns it returns unchanged.

    Every line break becomes a line feed. Left out are bidi controls, marks over MARKS_MAX, blank lines at either end
    and those over BLANK_LINES_MAX in a row.
    """
    whole = _LINE_BREAK.sub("\n", text)
    if any(_is_control(character) and character not in "\t\n" for character in whole):
        return Refusal.CONTROL
    if not is_visible(whole):
        return Refusal.BLANK
    return _without_blank_lines(_without_tall_stacks(c for c in whole if c not in _BIDI_CONTROLS))


def is_one_line(text: str) -> bool:
    """Tell whether *text* may stand where a name or a title does: visible, one line, nothing hidden, no tall stack."""
    return is_visible(text) and not has_hidden(text) and _without_tall_stacks(text) == text


def has_hidden(text: str) -> bool:
    """Tell whether *text* has characters that show nothing and join nothing: controls, bidi controls, line breaks."""
    return any(c not in _JOINERS and unicodedata.category(c) in _HIDDEN_CATEGORIES for c in text)


def tidy_label(text: str) -> str:
    """Return what of *text* may stand in a cell or beside a name: one line, nothing hidden, no tall stack.

    For words of other services, which are shown and decide nothing; empty if there is nothing to see in them.
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
