"""Check that nothing is defined that nobody uses; scripts/used_from_outside.toml says what others use, and who.

vulture goes by names: a name that is mentioned anywhere counts as used. The product is read without its tests,
since what only a test uses is dead. deptry does the same for the dependencies (pyproject.toml).
"""

from __future__ import annotations

import fnmatch
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from vulture.core import Vulture

ROOT: Final = Path(__file__).parents[1]
ALLOWED: Final = Path(__file__).with_name("used_from_outside.toml")
PRODUCT: Final = ("src", "tools", "scripts", "bench", "hatch_build.py")
REGISTERED: Final = (
    "@app.*",
    "@endpoints.*",
    "@router.*",
    "@*_validator",
    "@rule",
    "@invariant",
    "@pytest.fixture",
)
"""Whatever stands under these decorators is called by the framework that they belong to."""


def main() -> int:
    """Print what is dead and what the list allows in vain; return 1 if there is anything."""
    unused = find_unused(PRODUCT) | {each for each in find_unused((*PRODUCT, "tests")) if is_of_tests(each)}
    faults = compare(unused, read_allowed(ALLOWED))
    for fault in faults:
        print(fault, file=sys.stderr)
    print("dead code: " + (f"{len(faults)} faults" if faults else "none"))
    return 1 if faults or not are_dependencies_used() else 0


def are_dependencies_used() -> bool:
    """Let deptry compare the dependencies with the imports; print what it says if they differ."""
    command = [str(Path(sys.executable).with_name("deptry")), "src", "--no-ansi"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if run.returncode:
        print(run.stdout + run.stderr, file=sys.stderr)
    return run.returncode == 0


def find_unused(folders: Iterable[str]) -> set[str]:
    """Return `file: name` for every definition in *folders* that nothing there mentions."""
    vulture = Vulture(ignore_decorators=list(REGISTERED))
    vulture.scavenge([str(ROOT / folder) for folder in folders])
    return {
        f"{item.filename.relative_to(ROOT).as_posix()}: {item.name}" for item in vulture.get_unused_code()
    }


def is_of_tests(entry: str) -> bool:
    """Tell whether a `file: name` is of the tests."""
    return entry.startswith("tests/")


def read_allowed(path: Path) -> set[str]:
    """Read the list. Raises ValueError for names without a reason."""
    entries = tomllib.loads(path.read_text("utf-8"))["used"]
    if any(not entry["by"].strip() for entry in entries):
        raise ValueError(f"{path.name}: an entry does not say by whom its names are used")
    return {name for entry in entries for name in entry["names"]}


def compare(unused: set[str], allowed: set[str]) -> list[str]:
    """List what is unused and not allowed, and what is allowed and not unused; `*` in *allowed* is a wildcard."""
    found = {pattern: set(fnmatch.filter(unused, pattern)) for pattern in allowed}
    return [
        *(f"nobody uses {each}" for each in sorted(unused.difference(*found.values()))),
        *(f"{ALLOWED.name}: take out {pattern}" for pattern in sorted(found) if not found[pattern]),
    ]


if __name__ == "__main__":
    sys.exit(main())
