"""Prints which of the requirements R1–R47 are proved, and by which tests.

A test proves a requirement if its name has the number (`test_r12_…`), if it, its class or its file is marked
`@pytest.mark.requirement("R12")`, or, in the client's tests, if its title has the number (`it("R12: …")`).
The report fails on a requirement that does not exist, because a typing mistake must not look like a proof.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
LAST: Final = 47
TITLE: Final = re.compile(r"""\b(?:it|test|describe)(?:\.\w+)*\(\s*(["'`])((?:\\.|(?!\1).)*)\1""", re.DOTALL)


def main(arguments: list[str]) -> int:
    """Print the table, or one line with --summary. Return 1 if a test names a requirement that does not exist."""
    proofs: defaultdict[int, list[str]] = defaultdict(list)
    for number, test in sorted({*proofs_in_python(), *proofs_in_typescript()}):
        proofs[number].append(test)
    unknown = sorted(number for number in proofs if not 1 <= number <= LAST)
    for number in unknown:
        print(f"There is no R{number}: {', '.join(proofs[number])}", file=sys.stderr)
    if "--summary" not in arguments:
        for number in range(1, LAST + 1):
            print(f"R{number:<3} " + (f"\n{'':5}".join(proofs[number]) or "— no test names it"))
    missing = [f"R{number}" for number in range(1, LAST + 1) if not proofs[number]]
    print(f"requirements: {LAST - len(missing)} of {LAST} named by tests", end="")
    print(f"; not yet: {' '.join(missing)}" if missing else "")
    return 1 if unknown else 0


def proofs_in_python() -> Iterator[tuple[int, str]]:
    """Yield (requirement, test) for all test functions of tests/."""
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        tree = ast.parse(path.read_text(), str(path))
        everywhere = [number for line in tree.body for number in _file_marks(line)]
        yield from _proofs_of(tree.body, str(path.relative_to(ROOT)), everywhere)


def _proofs_of(body: list[ast.stmt], place: str, inherited: list[int]) -> Iterator[tuple[int, str]]:
    for item in body:
        if isinstance(item, ast.ClassDef):
            yield from _proofs_of(item.body, f"{place}::{item.name}", inherited + _marks(item.decorator_list))
        elif isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef) and item.name.startswith("test_"):
            named = [int(number) for number in re.findall(r"(?<=_)r(\d+)(?=_)", item.name)]
            for number in {*named, *inherited, *_marks(item.decorator_list)}:
                yield number, f"{place}::{item.name}"


def _file_marks(line: ast.stmt) -> list[int]:
    """Read `pytestmark = pytest.mark.requirement(…)`, or a list of marks."""
    if isinstance(line, ast.Assign) and any(
        isinstance(name, ast.Name) and name.id == "pytestmark" for name in line.targets
    ):
        return _marks([line.value])
    return []


def _marks(expressions: list[ast.expr]) -> list[int]:
    """Return the numbers in all `requirement("R…", …)` of the expressions."""
    calls = [
        call for expression in expressions for call in ast.walk(expression) if isinstance(call, ast.Call)
    ]
    return [
        int(argument.value.removeprefix("R"))
        for call in calls
        if isinstance(call.func, ast.Attribute) and call.func.attr == "requirement"
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    ]


def proofs_in_typescript() -> Iterator[tuple[int, str]]:
    """Yield (requirement, title) for all titles of the client's tests that name a requirement."""
    for path in sorted((ROOT / "client" / "tests").rglob("*.test.ts*")):
        for _, title in TITLE.findall(path.read_text()):
            for number in re.findall(r"\bR(\d+)\b", title):
                yield int(number), f"{path.relative_to(ROOT)}: {title}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
