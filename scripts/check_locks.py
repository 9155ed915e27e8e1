"""Checks that the lock files are up to date (`make lock`), pin each package by hash, and name no package index.

It resolves again in a temporary folder, starting from the locked versions, and compares. This needs the package index
or uv's cache of it. Without them nothing can be proved, so the check fails and says so.
"""

from __future__ import annotations

import difflib
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
LOCKS: Final = ROOT / "requirements"
UV: Final = Path(sys.executable).with_name("uv")

# Lock file → its sources; "-" reads the name of a package from standard input.
SOURCES: Final = {
    "dev.lock": ["pyproject.toml", "--extra", "service", "--group", "dev"],
    "runtime.lock": ["pyproject.toml", "--extra", "service"],
    "bootstrap.lock": ["-"],
}


def main() -> int:
    """Print all faults. Return 1 if there are any."""
    faults = [fault for name in SOURCES for fault in (*faults_of_form(name), *faults_of_age(name))]
    faults += faults_of_client(ROOT / "client" / "package.json", ROOT / "client" / "package-lock.json")
    for fault in faults:
        print(fault, file=sys.stderr)
    print("lock files: " + (f"{len(faults)} faults; `make lock` mends them" if faults else "current"))
    return 1 if faults else 0


def faults_of_form(name: str) -> list[str]:
    """List the entries without a pin or hash, and those that name an index or a URL."""
    text = (LOCKS / name).read_text()
    places = re.findall(r"\S*://\S*", text)
    entries = re.findall(r"^(?![ #]).*(?:\n .*)*", text, re.MULTILINE)
    loose = [entry for entry in entries if entry and not ("==" in entry and "--hash=sha256:" in entry)]
    return [
        *(f"{name}: names a place to download from: {place}" for place in places),
        *(f"{name}: not pinned with a hash: {entry.splitlines()[0]}" for entry in loose),
    ]


def faults_of_age(name: str) -> list[str]:
    """List the pins that differ from a new resolution of pyproject.toml that keeps the locked versions."""
    locked = (LOCKS / name).read_text()
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / name
        fresh.write_text(locked)  # uv keeps the versions that it finds in its output file
        command = [str(UV), "pip", "compile", "--quiet", "--universal", "--python-version", "3.11"]
        command += ["--no-header", "--no-annotate", *SOURCES[name], "-o", str(fresh)]
        if name != "dev.lock":
            command += ["-c", "requirements/dev.lock"]
        run = subprocess.run(command, cwd=ROOT, input="uv\n", capture_output=True, text=True, check=False)
        if run.returncode:
            return [f"{name}: could not be resolved again, so nothing is proved:\n{run.stderr}"]
        difference = difflib.unified_diff(_pins(locked), _pins(fresh.read_text()), "locked", "current", n=0)
    return [f"{name}: {line}" for line in difference if not line.startswith(("@@", "---", "+++"))]


def _pins(text: str) -> list[str]:
    """Return the versions and their markers without hashes, which grow when a project uploads another build."""
    return [line.removesuffix(" \\") for line in text.splitlines() if re.match(r"[A-Za-z0-9]", line)]


def faults_of_client(manifest: Path, lock: Path) -> list[str]:
    """List the packages that the client's lock does not pin or hash, and those with a place to download from."""
    wanted = json.loads(manifest.read_text())
    packages = json.loads(lock.read_text())["packages"]
    faults = []
    for section in ("dependencies", "devDependencies"):
        if wanted.get(section) != packages[""].get(section):
            faults.append(
                f"{lock.name}: {section} are not those of {manifest.name}: run npm install in client/"
            )
        faults += [
            f"{manifest.name}: {name} is not pinned to a version: {version}"
            for name, version in wanted.get(section, {}).items()
            if not re.fullmatch(r"\d+\.\d+\.\d+[\w.-]*", version)
        ]
    locked = {path.rpartition("node_modules/")[2] for path in packages}
    for name, package in packages.items():
        if not name:
            continue  # the client itself, which is compared above
        needed = {*package.get("dependencies", {}), *package.get("optionalDependencies", {})}
        faults += [f"{lock.name}: not locked: {missing}, for {name}" for missing in sorted(needed - locked)]
        if "resolved" in package:
            faults.append(f"{lock.name}: names a place to download from: {name}")
        if "integrity" not in package and not package.get("inBundle"):
            faults.append(f"{lock.name}: not hashed: {name}")
    return faults


if __name__ == "__main__":
    sys.exit(main())
