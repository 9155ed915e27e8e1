"""`make mutants`: what mutmut prints is read right, and no mutant is excused without a reason."""

from __future__ import annotations

import pytest

from scripts import mutants
from scripts.mutants import EQUIVALENTS, KILLED, Change, read_change, read_equivalents, read_results

ENTRY = """
[[equivalent]]
function = "a.b.x_f"
before = "if a < b:"
after = "if a <= b:"
"""


def test_the_results_are_read_line_by_line() -> None:
    text = "  a.b.x_f__mutmut_1: killed\n    a.b.xǁCǁg__mutmut_12: no tests\n\n  2 files: done\n  a.b.x_f: killed\n"

    assert dict(read_results(text)) == {"a.b.x_f__mutmut_1": "killed", "a.b.xǁCǁg__mutmut_12": "no tests"}


def test_a_change_is_the_lines_that_differ_without_their_names_and_indents(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[tuple[str, ...]] = []

    def show(*words: str) -> str:
        asked.append(words)
        return "--- src/a/b.py\n+++ src/a/b.py\n@@ -1,3 +1,3 @@\n def f():\n-    x = (\n-        1\n+    x = None\n"

    monkeypatch.setattr(mutants, "mutmut", show)

    assert read_change("a.b.x_f__mutmut_3") == Change("a.b.x_f", "x = ( 1", "x = None")
    assert asked == [("show", "a.b.x_f__mutmut_3")]


def test_an_equivalent_is_listed_with_its_reason() -> None:
    assert read_equivalents(ENTRY + 'why = "they are never equal"') == {
        Change("a.b.x_f", "if a < b:", "if a <= b:")
    }
    assert read_equivalents("") == set()


@pytest.mark.parametrize("why", ["", 'why = ""', 'why = " "'])
def test_an_equivalent_without_a_reason_is_refused(why: str) -> None:
    with pytest.raises(ValueError, match=r"a\.b\.x_f needs a reason"):
        read_equivalents(ENTRY + why)


def test_every_listed_equivalent_has_a_reason() -> None:
    assert read_equivalents(EQUIVALENTS.read_text(encoding="utf-8"))


def test_a_mutant_that_nothing_covers_is_alive() -> None:
    assert KILLED.isdisjoint({"survived", "no tests", "suspicious", "skipped", "segfault"})
