"""Change the rules one line at a time and see whether a test notices: `make mutants`.

mutmut makes the mutants and runs the tests (its settings are in pyproject.toml). A mutant that no test kills must be
listed in tests/mutants.toml with the reason why it behaves as the original does; anything else fails the run, and so
does an entry that no mutant of a whole run needs any more. Patterns of mutmut's names pick: `make mutants
ARGS="langdao_video.billing.money*"`.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
EQUIVALENTS: Final = ROOT / "tests" / "mutants.toml"
MUTMUT: Final = Path(sys.executable).with_name("mutmut")
EXAMPLES_MAX: Final = 40
"""Random examples a property test plays against one mutant: the whole run tries thousands of mutants."""
KILLED: Final = frozenset({"killed", "caught by type check", "timeout"})
_NUMBER: Final = re.compile(r"__mutmut_\d+$")


@dataclass(frozen=True, slots=True)
class Change:
    """What a mutant changes: the lines taken out of *function*, and the lines put in."""

    function: str
    before: str
    after: str


def main(patterns: Sequence[str]) -> int:
    """Run the mutants that *patterns* pick, or all; return 1 if one lives without a reason."""
    run = subprocess.run(
        [MUTMUT, "run", *patterns],
        cwd=ROOT,
        env=os.environ | {"TEST_EXAMPLES_MAX": str(EXAMPLES_MAX)},
        check=False,
    )
    if run.returncode:
        return run.returncode
    statuses = dict(read_results(mutmut("results", "--all", "true")))
    picked = {name: status for name, status in statuses.items() if status != "not checked"}
    alive = {name: read_change(name) for name, status in picked.items() if status not in KILLED}
    listed = read_equivalents(EQUIVALENTS.read_text(encoding="utf-8"))
    unexplained = {name: change for name, change in alive.items() if change not in listed}
    for name, change in unexplained.items():
        print(f"\n{name}: {picked[name]}\n- {change.before}\n+ {change.after}")
    stale = [] if patterns else sorted(listed - set(alive.values()), key=repr)
    for change in stale:
        print(f"\nNo mutant needs this entry of {EQUIVALENTS.name} any more:\n{change}")
    print(
        f"\n{len(picked)} mutants: {len(picked) - len(alive)} killed,"
        f" {len(alive) - len(unexplained)} equivalent, {len(unexplained)} alive"
    )
    return 1 if unexplained or stale else 0


def read_results(text: str) -> Iterable[tuple[str, str]]:
    """Read `mutmut results`: the name and status of each mutant."""
    for line in text.splitlines():
        name, colon, status = line.strip().partition(": ")
        if colon and _NUMBER.search(name):
            yield name, status


def read_change(name: str) -> Change:
    """Ask mutmut what the mutant *name* changes."""
    lines = mutmut("show", name).splitlines()
    body = [line for line in lines if not line.startswith(("---", "+++"))]
    before, after = (
        " ".join(line[1:].strip() for line in body if line.startswith(sign)) for sign in ("-", "+")
    )
    return Change(_NUMBER.sub("", name), before, after)


def read_equivalents(text: str) -> set[Change]:
    """Read tests/mutants.toml. Raises ValueError for an entry without a reason."""
    changes = set()
    for entry in tomllib.loads(text).get("equivalent", []):
        if not str(entry.get("why", "")).strip():
            raise ValueError(f"{EQUIVALENTS.name}: {entry['function']} needs a reason (why)")
        changes.add(Change(entry["function"], entry["before"], entry["after"]))
    return changes


def mutmut(*words: str) -> str:
    """Return what a mutmut command prints."""
    return subprocess.run([MUTMUT, *words], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
