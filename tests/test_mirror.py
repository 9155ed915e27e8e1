"""Every source file has a test of its name, or stands in tests/unmirrored.toml; that list only shrinks."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
TESTS: Final = ROOT / "tests"
UNMIRRORED: Final = tomllib.loads((TESTS / "unmirrored.toml").read_text("utf-8"))
UNMIRRORED_MAX: Final = 53
"""How long the list may be. Lower it when an entry goes; nobody raises it."""


def sources() -> list[str]:
    """Return the files that must have a test: src/langdao_video and tools, without migrations."""
    roots = (ROOT / "src" / "langdao_video", ROOT / "tools")
    names = [path.relative_to(root).as_posix() for root in roots for path in sorted(root.rglob("*.py"))]
    return [name for name in names if "__init__" not in name and "/migrations/" not in name]


def has_test(name: str, tests: Path = TESTS) -> bool:
    """Tell whether *name* has a test: `a/b.py` has a/test_b.py, or a/test_b_….py for its parts."""
    folder, stem = tests / Path(name).parent, Path(name).stem.strip("_")
    return (folder / f"test_{stem}.py").exists() or any(folder.glob(f"test_{stem}_*.py"))


def listed() -> list[str]:
    return [name for entry in UNMIRRORED["unmirrored"] for name in entry["files"]]


def test_a_source_file_has_a_test_of_its_name_or_stands_in_the_list() -> None:
    untested = {name for name in sources() if not has_test(name)}

    assert untested - {*listed()} == set()


def test_the_list_names_files_that_exist_and_have_no_test() -> None:
    stale = [name for name in listed() if name not in sources() or has_test(name)]

    assert stale == [], "take them out of tests/unmirrored.toml and lower UNMIRRORED_MAX"


def test_the_list_says_why_and_only_shrinks() -> None:
    names = listed()

    assert all(entry["why"].strip() for entry in UNMIRRORED["unmirrored"])
    assert len(names) == len(set(names)) == UNMIRRORED_MAX


def test_a_test_of_a_part_counts_and_one_of_another_file_does_not(tmp_path: Path) -> None:
    (tmp_path / "billing").mkdir()
    (tmp_path / "billing" / "test_meter_rules.py").touch()

    assert has_test("billing/meter.py", tmp_path)
    assert not has_test("billing/met.py", tmp_path)
    assert not has_test("store/meter.py", tmp_path)
