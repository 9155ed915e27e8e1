"""The wheel holds everything: installed into an empty environment, it serves the built client without Node."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import urllib.request
import zipfile
from pathlib import Path
from typing import Final

import pytest

from tests.browser.server import Server

pytestmark = pytest.mark.slow

ROOT: Final = Path(__file__).parents[1]
BIN: Final = Path(sys.executable).parent


class InstalledService(Server):
    """The command that pip installed, run as a person runs it."""

    def __init__(self, commands: Path, folder: Path, env: dict[str, str]) -> None:
        super().__init__(folder, "langdao_video", env=env)
        self._command = (str(commands / "langdao-video"), "serve")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel as `make wheel` does."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run([BIN / "hatchling", "build", "-t", "wheel", "-d", folder], cwd=ROOT, check=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel and the locked libraries into an empty environment; return its folder of commands."""
    folder = tmp_path_factory.mktemp("installed") / "venv"
    _uv("venv", "--python", sys.executable, str(folder))
    lock = str(ROOT / "requirements" / "runtime.lock")
    _uv("pip", "install", "--python", str(folder), "--require-hashes", "-r", lock)
    _uv("pip", "install", "--python", str(folder), "--no-deps", "--no-index", str(wheel))
    return folder / "bin"


def _uv(*arguments: str) -> None:
    subprocess.run([str(BIN / "uv"), "--quiet", *arguments], check=True)


def test_the_wheel_holds_the_built_client_and_nothing_of_the_workshop(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())

    pages = {f"langdao_video/web/static/{page}.html" for page in ("start", "room", "demo")}
    assert pages <= names
    assert "langdao_video/py.typed" in names
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)
    assert {name.split("/")[0].removesuffix(".dist-info") for name in names} == {
        "langdao_video",
        f"langdao_video-{_project()['version']}",
    }


def test_the_wheel_asks_for_what_the_runtime_lock_pins(wheel: Path, installed: Path) -> None:
    assert wheel.name.endswith("-py3-none-any.whl")

    _uv("pip", "check", "--python", str(installed / "python"))


def test_the_installed_command_tells_its_version(installed: Path, tmp_path: Path) -> None:
    command = [str(installed / "langdao-video"), "--version"]
    run = subprocess.run(
        command, cwd=tmp_path, env=_bare_environment(), capture_output=True, text=True, check=True
    )

    assert run.stdout.strip() == _project()["version"]


async def test_r44_the_installed_service_serves_every_page_without_node(
    installed: Path, tmp_path: Path
) -> None:
    environment = {"DATABASE_URL": f"sqlite:///{tmp_path / 'lessons.sqlite'}", "PATH": os.devnull}
    server = InstalledService(installed, tmp_path, environment)

    async with server:
        for page in ("/", "/demo", "/docs", "/?room=test&role=student"):
            answer, text = _read(f"{server.url}{page}")
            assert answer == 200, page
            for asset in re.findall(r'(?:src|href)="(/static/[^"]+)"', text):
                assert _read(f"{server.url}{asset}")[0] == 200, f"{page} needs {asset}"


def test_r45_a_push_deploys_by_the_files_that_are_there() -> None:
    railway = json.loads((ROOT / "railway.json").read_text())
    dockerfile = ROOT / railway["build"]["dockerfilePath"]
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", dockerfile.read_text(), re.MULTILINE)

    assert railway["deploy"]["healthcheckPath"] == "/health"
    assert [path for paths in copied for path in paths.split() if not (ROOT / path).exists()] == []


def test_r47_the_licence_is_mit() -> None:
    assert _project()["license"] == "MIT"
    assert (ROOT / "LICENSE").read_text().startswith("MIT License\n")


def _project() -> dict[str, str]:
    project: dict[str, str] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return project


def _bare_environment() -> dict[str, str]:
    """Return an environment in which no Node and nothing of this checkout is found."""
    assert shutil.which("node", path=os.devnull) is None
    return {"PATH": os.devnull, "HOME": os.devnull}


def _read(url: str) -> tuple[int, str]:
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310  http, to our own server
        return answer.status, answer.read().decode(errors="replace")
