"""`make mutants` makes the same changes as mutmut, and excuses no mutant without a reason."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts import mutation
from scripts.mutants import EQUIVALENTS, KILLED, Change, Result, read_equivalents, read_results
from scripts.mutation import Mutant

ENTRY = """
[[equivalent]]
function = "a.b.x_f"
before = "if a < b:"
after = "if a <= b:"
"""


SAMPLE = """\
class Bill:
    def add(self, minor: int) -> int:
        return (
            1
            + minor
        )

def kind(minor: int) -> str:
    match minor:
        case 0:
            return "free"
        case _:
            return "paid"
"""


@pytest.fixture
def sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Mutant]]:
    """Yield the mutants of a small file that can be imported."""
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "sample_of_mutants.py").write_text(SAMPLE, encoding="utf-8")
    monkeypatch.setattr(mutation, "ROOT", tmp_path)
    monkeypatch.syspath_prepend(tmp_path / "src")
    yield list(mutation.list_mutants("src/sample_of_mutants.py"))
    sys.modules.pop("sample_of_mutants", None)


def test_the_results_are_read_line_by_line() -> None:
    line = {"name": "a.x_f__mutmut_1", "function": "a.x_f", "before": "1", "after": "2", "status": "survived"}

    assert list(read_results(json.dumps(line) + "\n")) == [
        Result("a.x_f__mutmut_1", "survived", Change("a.x_f", "1", "2"))
    ]


def test_a_change_is_the_lines_that_differ_without_their_indents(sample: list[Mutant]) -> None:
    told = {
        mutant.name.removeprefix("sample_of_mutants."): (mutant.before, mutant.after) for mutant in sample
    }

    assert told["xǁBillǁadd__mutmut_1"] == ("1 + minor", "1 - minor")
    assert told["xǁBillǁadd__mutmut_2"] == ("1", "2")
    assert told["x_kind__mutmut_1"] == ('case 0: return "free"', "")
    assert told["x_kind__mutmut_2"] == ('case _: return "paid"', "")


def test_each_change_is_code_that_runs(sample: list[Mutant]) -> None:
    import sample_of_mutants  # type: ignore[import-not-found] # noqa: PLC0415 - the fixture makes it

    said = []
    for mutant in sample:
        mutant.plant()
        said.append((sample_of_mutants.Bill().add(5), sample_of_mutants.kind(0)))

    assert said[:4] == [(-4, "free"), (7, "free"), (7, "paid"), (7, "free")]


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
    assert KILLED.isdisjoint({"survived", "no tests", "suspicious"})
