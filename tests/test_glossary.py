"""One word per thing: the glossary is short and in order, and no name in the code is made of a word it rules out."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
LINES: Final = [
    line for line in (ROOT / "docs/glossary.md").read_text("utf-8").splitlines() if line.startswith("- ")
]
LINE: Final = re.compile(r"- \*\*(?P<term>[a-z ]+)\*\*: (?P<meaning>.+) \[(?P<ruled_out>.+)\]")
TERMS_MAX: Final = 60

DECLARATION: Final = re.compile(r"\b(?:function|class|interface|type|enum|const|let)\s+(\w+)")

EXCEPTIONS: Final = {
    "invitations": "invitation: who may begin a session, and when the tutor accepts (R3); no link is meant",
    "MEETING": "meeting: the stages in which a page is on its way to a call, or in one",
    "ceiling": "ceiling: the longest wait before another try",
    "Ticket": "ticket: a place in the batch of a group commit",
    "ConnectionSlot": "slot: one of so many connections",
}
"""Names that mean another thing by a word that is ruled out. The list only shrinks."""
EXCEPTIONS_MAX: Final = 5


def terms() -> list[str]:
    return [found["term"] for line in LINES if (found := LINE.fullmatch(line))]


def ruled_out() -> list[str]:
    """Return the words in square brackets, as names are cut: `waiting room` is `waiting_room`."""
    words = [
        word for line in LINES if (found := LINE.fullmatch(line)) for word in found["ruled_out"].split(", ")
    ]
    return [as_words(word) for word in words]


@cache
def as_words(name: str) -> str:
    """Cut a name into its words: `LobbyJoin`, `lobby-join` and `LOBBY_JOIN` are `lobby_join`."""
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", re.sub(r"[-. ]", "_", name)).lower().strip("_")


def contains(name: str, word: str) -> bool:
    """Tell whether *word*, or its plural, is in *name*."""
    return re.search(rf"(?:^|_){word}s?(?:_|$)", as_words(name)) is not None


@cache
def names() -> set[str]:
    """Return the names of the modules, classes and functions of the service, the tools and the client."""
    return {name for found in (*names_in_python(), *names_in_typescript()) for name in found}


def names_in_python() -> Iterator[set[str]]:
    kinds = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for folder in ("src", "tools"):
        for path in (ROOT / folder).rglob("*.py"):
            nodes = ast.walk(ast.parse(path.read_text("utf-8")))
            yield {path.stem, path.parent.name, *(node.name for node in nodes if isinstance(node, kinds))}


def names_in_typescript() -> Iterator[set[str]]:
    for path in (ROOT / "client" / "src").rglob("*.ts*"):
        yield {path.stem, path.parent.name, *DECLARATION.findall(path.read_text("utf-8"))}


def test_the_glossary_is_short_with_one_line_for_each_word() -> None:
    assert len(LINES) <= TERMS_MAX
    assert [line for line in LINES if not LINE.fullmatch(line)] == []


def test_the_words_are_in_order_and_none_is_there_twice() -> None:
    assert terms() == sorted(set(terms()))


def test_no_word_is_a_word_of_the_house_and_ruled_out() -> None:
    assert {*map(as_words, terms())} & {*ruled_out()} == set()


def test_no_name_in_the_code_has_a_word_that_is_ruled_out() -> None:
    found: defaultdict[str, list[str]] = defaultdict(list)
    words = ruled_out()
    for name in sorted(names() - {*EXCEPTIONS}):
        for word in words:
            if contains(name, word):
                found[word].append(name)

    assert found == {}


def test_the_exceptions_are_needed_and_only_shrink() -> None:
    known = names()
    stale = [
        name
        for name in EXCEPTIONS
        if name not in known or not any(contains(name, word) for word in ruled_out())
    ]

    assert stale == [], "take them out, and lower EXCEPTIONS_MAX"
    assert len(EXCEPTIONS) == EXCEPTIONS_MAX


def test_a_word_is_found_however_a_name_is_written() -> None:
    assert all(
        contains(name, "waiting_room") for name in ("WaitingRoom", "waiting-rooms", "open_waiting_room")
    )
    assert not contains("Phaser", "phase")
