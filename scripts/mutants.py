"""Changes the rules one line at a time, and checks that a test notices each change: `make mutants`.

`mutation.py` makes the mutants with mutmut and runs the tests. pyproject.toml names the files and the tests. If no test
kills a mutant, tests/mutants.toml must list it with the reason why it behaves like the original. Otherwise the run
fails. A whole run also fails if an entry is no longer needed. To run some of the mutants, give patterns of mutmut's
names: `make mutants ARGS="langdao_video.billing.money*"`.
"""

from __future__ import annotations

import fnmatch
import json
import os
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from scripts.mutation import FILES, PATTERN, RESULTS

ROOT: Final = Path(__file__).parents[1]
EQUIVALENTS: Final = ROOT / "tests" / "mutants.toml"
EXAMPLES_MAX: Final = 40
"""The most random examples of a property test for one mutant, because a whole run tries thousands of mutants."""
KILLED: Final = frozenset({"killed", "timeout"})


@dataclass(frozen=True, slots=True)
class Change:
    """The change of a mutant: the lines that it removes from *function*, and the lines that it adds."""

    function: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a mutant: killed, survived, or another status of mutmut's."""

    name: str
    status: str
    change: Change


def main(patterns: Sequence[str]) -> int:
    """Run the mutants that match *patterns*, or all. Return 1 if one survives without a reason."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "results"
        run = run_tests(patterns, path)
        if run or not path.exists():
            return run or 1
        results = list(read_results(path.read_text(encoding="utf-8")))
    alive = [result for result in results if result.status not in KILLED]
    listed = read_equivalents(EQUIVALENTS.read_text(encoding="utf-8"))
    unexplained = [result for result in alive if result.change not in listed]
    for result in unexplained:
        print(f"\n{result.name}: {result.status}\n- {result.change.before}\n+ {result.change.after}")
    stale = [] if patterns else sorted(listed - {result.change for result in alive}, key=repr)
    for change in stale:
        print(f"\nNo mutant needs this entry of {EQUIVALENTS.name} any more:\n{change}")
    print(
        f"\n{len(results)} mutants: {len(results) - len(alive)} killed,"
        f" {len(alive) - len(unexplained)} equivalent, {len(unexplained)} alive"
    )
    return 1 if unexplained or stale else 0


def run_tests(patterns: Sequence[str], results: Path) -> int:
    """Try the mutants that match *patterns*, or all. Return the exit status of pytest."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        rules = tomllib.load(file)["tool"]["mutmut"]
    files = [str(path.relative_to(ROOT)) for glob in rules["only_mutate"] for path in sorted(ROOT.glob(glob))]
    words = [*rules["pytest_add_cli_args"], *rules["pytest_add_cli_args_test_selection"]]
    environment = {
        "TEST_EXAMPLES_MAX": str(EXAMPLES_MAX),
        FILES: " ".join(files),
        PATTERN: "|".join(fnmatch.translate(pattern) for pattern in patterns or ["*"]),
        RESULTS: str(results),
    }
    command = [sys.executable, "-m", "pytest", "-p", "scripts.mutation", *words]
    return subprocess.run(command, cwd=ROOT, env=os.environ | environment, check=False).returncode


def read_results(text: str) -> Iterable[Result]:
    """Read the results of `mutation.py`: a line of JSON for each mutant."""
    for line in text.splitlines():
        record = json.loads(line)
        change = Change(record["function"], record["before"], record["after"])
        yield Result(record["name"], record["status"], change)


def read_equivalents(text: str) -> set[Change]:
    """Read tests/mutants.toml. Raises ValueError for an entry without a reason."""
    changes = set()
    for entry in tomllib.loads(text).get("equivalent", []):
        if not str(entry.get("why", "")).strip():
            raise ValueError(f"{EQUIVALENTS.name}: {entry['function']} needs a reason (why)")
        changes.add(Change(entry["function"], entry["before"], entry["after"]))
    return changes


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
