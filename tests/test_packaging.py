"""The wheel is complete: installed into an empty environment, it serves the built client without Node."""

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
    """The installed command, run as a person runs it."""

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


@pytest.fixture(scope="module")
def library(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel and the locked pydantic into an empty environment; return its folder of commands."""
    folder = tmp_path_factory.mktemp("library") / "venv"
    _uv("venv", "--python", sys.executable, str(folder))
    lock = str(ROOT / "requirements" / "runtime.lock")
    _uv("pip", "install", "--python", str(folder), "--constraint", lock, str(wheel))
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


def test_the_wheel_holds_the_licences_of_all_that_the_pages_bring_along(wheel: Path) -> None:
    lock = json.loads((ROOT / "client" / "package-lock.json").read_text(encoding="utf-8"))
    bundled = {
        name.removeprefix("node_modules/")
        for name, it in lock["packages"].items()
        if name and not (it.get("dev") or it.get("optional"))
    }

    text = zipfile.ZipFile(wheel).read("langdao_video/web/static/licences.txt").decode()

    assert {line.split()[1] for line in text.splitlines() if line.startswith("== ")} == bundled | {
        "swagger-ui-dist"
    }
    assert "Permission is hereby granted, free of charge" in text
    assert "Apache License" in text


def test_the_wheel_asks_for_what_the_runtime_lock_pins(wheel: Path, installed: Path) -> None:
    assert wheel.name.endswith("-py3-none-any.whl")

    _uv("pip", "check", "--python", str(installed / "python"))


def test_the_runtime_lock_pins_all_that_the_service_needs(wheel: Path, installed: Path) -> None:
    # With no index to ask, pip can only find that each requirement of the extra is there.
    _uv(
        "pip",
        "install",
        "--python",
        str(installed / "python"),
        "--no-index",
        f"langdao-video[service] @ {wheel.as_uri()}",
    )


def test_the_installed_command_tells_its_version(installed: Path, tmp_path: Path) -> None:
    command = [str(installed / "langdao-video"), "--version"]
    run = subprocess.run(
        command, cwd=tmp_path, env=_bare_environment(), capture_output=True, text=True, check=True
    )

    assert run.stdout.strip() == _project()["version"]


class TestThePlatformLibrary:
    """The wheel without its extra: what a platform's backend installs."""

    def test_it_brings_pydantic_and_nothing_else(self, library: Path) -> None:
        listing = [str(BIN / "uv"), "pip", "list", "--python", str(library / "python"), "--format", "json"]
        run = subprocess.run(listing, capture_output=True, text=True, check=True)

        assert {package["name"] for package in json.loads(run.stdout)} == {
            *("langdao-video", "pydantic"),
            *("annotated-types", "pydantic-core", "typing-extensions", "typing-inspection"),
        }

    def test_a_signed_webhook_is_read_with_it(self, library: Path, tmp_path: Path) -> None:
        run = subprocess.run(
            [str(library / "python"), "-c", READS_A_WEBHOOK, str(ROOT / "wire/webhooks/signed.json")],
            cwd=tmp_path, env=_bare_environment(), capture_output=True, text=True, check=False,
        )  # fmt: skip

        assert (run.returncode, run.stdout) == (0, "SessionEnded 330 USD 1.83\n"), run.stderr

    def test_the_command_without_the_service_says_what_to_install(
        self, library: Path, tmp_path: Path
    ) -> None:
        run = subprocess.run(
            [str(library / "langdao-video"), "serve"],
            cwd=tmp_path, env=_bare_environment(), capture_output=True, text=True, check=False,
        )  # fmt: skip

        assert run.returncode == 2
        assert 'pip install "langdao-video[service]"' in run.stderr
        assert "Traceback" not in run.stderr


READS_A_WEBHOOK: Final = """
import json, sys
from langdao_video.platform import SessionEnded, verify

golden = {each["name"]: each for each in json.load(open(sys.argv[1]))}["session-ended"]
headers = {f"webhook-{name}": str(golden[name]) for name in ("id", "timestamp", "signature")}
event = verify(golden["secret"], headers, golden["body"].encode(), now_seconds=golden["timestamp"])
assert isinstance(event, SessionEnded)
print("SessionEnded", event.billable_seconds, event.cost.currency, event.cost.minor / 10**event.cost.decimals)
"""


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

    assert railway["deploy"]["healthcheckPath"] == "/ready"
    assert [path for paths in copied for path in paths.split() if not (ROOT / path).exists()] == []


def test_r47_the_licence_is_mit() -> None:
    assert _project()["license"] == "MIT"
    assert (ROOT / "LICENSE").read_text().startswith("MIT License\n")


def _project() -> dict[str, str]:
    project: dict[str, str] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return project


def _bare_environment() -> dict[str, str]:
    """Return an environment without Node and without this checkout."""
    assert shutil.which("node", path=os.devnull) is None
    return {"PATH": os.devnull, "HOME": os.devnull}


def _read(url: str) -> tuple[int, str]:
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310  http, to our own server
        return answer.status, answer.read().decode(errors="replace")
