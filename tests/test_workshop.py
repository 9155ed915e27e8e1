"""The rules of the workshop: how CI treats a skip, who runs what, what proves, what a lock file may contain."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Final

import pytest
from xdist.remote import Producer

from scripts import check_dead, check_locks, requirements_report
from tests.conftest import LONG, SHARED_CALL, STARTING, WAITING, TwoBrowsersAtATime, scope_of

TESTS: Final = Path(__file__).parent


class TestSkips:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        shutil.copy(TESTS / "conftest.py", tmp_path)
        (tmp_path / "test_one.py").write_text(
            "import pytest\n\ndef test_runs(): pass\n\ndef test_does_not():\n    pytest.skip('no database here')\n"
        )
        return tmp_path

    def test_in_ci_a_skip_is_a_failure_that_says_why(self, folder: Path) -> None:
        run = _run_pytest(folder, CI="true")

        assert run.returncode == pytest.ExitCode.TESTS_FAILED
        assert "test_one.py::test_does_not: no database here" in run.stdout

    def test_elsewhere_a_skip_is_a_skip(self, folder: Path) -> None:
        assert _run_pytest(folder, CI="").returncode == pytest.ExitCode.OK

    def test_in_ci_a_whole_file_skipped_is_a_failure(self, folder: Path) -> None:
        (folder / "test_one.py").write_text(
            "import pytest\npytest.skip('no browser', allow_module_level=True)\n"
        )
        (folder / "test_two.py").write_text("def test_runs(): pass\n")

        assert _run_pytest(folder, CI="true").returncode == pytest.ExitCode.TESTS_FAILED

    def test_an_expected_failure_is_no_skip(self, folder: Path) -> None:
        (folder / "test_one.py").write_text(
            "import pytest\n@pytest.mark.xfail\ndef test_known(): raise ValueError\n"
        )

        assert _run_pytest(folder, CI="true").returncode == pytest.ExitCode.OK


def _run_pytest(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", f"--rootdir={folder}", str(folder)]
    variables = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", **environment}
    return subprocess.run(command, capture_output=True, text=True, env=variables, check=False)


class Worker:
    """What the scheduler sees of a process: it notes which tests it was given, and whether it was told to end."""

    def __init__(self) -> None:
        self.gateway = SimpleNamespace(id=id(self))
        self.given: list[int] = []
        self.shutting_down = False

    def send_runtest_some(self, indexes: list[int]) -> None:
        self.given += indexes

    def shutdown(self) -> None:
        self.shutting_down = True


class TestSpread:
    BROWSERS: Final = [
        f"tests/browser/test_{name}.py::test_{n}" for name in ("room", "chat", "lobby") for n in "abc"
    ]
    OTHERS: Final = [
        f"tests/{name}.py::test_{n}" for name in ("cluster/test_lessons", "test_clock") for n in "abc"
    ]

    def run(self, tests: list[str], count: int) -> list[list[str]]:
        """Let *count* processes run *tests*, a test each in turn. Return what each has run."""
        config = SimpleNamespace(
            getvalue=lambda _: ["popen"] * count, option=SimpleNamespace(loadscopereorder=False)
        )
        scheduler = TwoBrowsersAtATime(config, Producer("test", enabled=False))
        workers = [Worker() for _ in range(count)]
        for worker in workers:
            scheduler.add_node(worker)
            scheduler.add_node_collection(worker, tests)
        scheduler.schedule()
        ran: list[list[str]] = [[] for _ in workers]
        while scheduler.has_pending:
            for worker, own in zip(workers, ran, strict=True):
                if len(own) < len(worker.given):
                    index = worker.given[len(own)]
                    own.append(tests[index])
                    scheduler.mark_test_complete(worker, index)
        assert all(worker.shutting_down for worker in workers)
        return ran

    @pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
    def test_each_test_runs_once_and_two_processes_at_most_have_browsers(self, count: int) -> None:
        ran = self.run([*self.BROWSERS, *self.OTHERS], count)

        assert sorted(test for own in ran for test in own) == sorted([*self.BROWSERS, *self.OTHERS])
        assert not any(test in self.BROWSERS for own in ran[2:] for test in own)

    def test_two_begin_with_browsers_and_the_others_with_waits(self) -> None:
        ran = self.run([*self.BROWSERS, *self.OTHERS], 3)

        assert [scope_of(own[0]) for own in ran] == [
            "tests/browser/calls",
            "tests/browser/test_chat.py",
            "tests/cluster/test_lessons.py",
        ]

    @pytest.mark.parametrize("place", [*SHARED_CALL, *WAITING, *STARTING, *LONG])
    def test_what_the_order_names_is_there(self, place: str) -> None:
        assert (TESTS.parent / place).exists()


class TestRequirements:
    @pytest.fixture
    def root(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        (tmp_path / "tests").mkdir()
        (tmp_path / "client" / "tests").mkdir(parents=True)
        monkeypatch.setattr(requirements_report, "ROOT", tmp_path)
        return tmp_path

    def test_a_test_proves_by_name_by_mark_and_by_title(self, root: Path) -> None:
        (root / "tests" / "test_a.py").write_text(
            "import pytest\n"
            "pytestmark = [pytest.mark.requirement('R3')]\n"
            "def test_r12_the_buttons_are_green(): ...\n"
            "@pytest.mark.requirement('R1', 'R2')\n"
            "class TestJoining:\n"
            "    async def test_a_link_opens(self): ...\n"
            "    def not_a_test_r9_(self): ...\n"
        )
        (root / "client" / "tests" / "timer.test.ts").write_text('it("R10: the timer goes on", () => {});\n')

        python = {number for number, _ in requirements_report.proofs_in_python()}
        typescript = {number for number, _ in requirements_report.proofs_in_typescript()}

        assert python == {1, 2, 3, 12}
        assert typescript == {10}

    def test_a_requirement_that_does_not_exist_is_an_error(
        self, root: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (root / "tests" / "test_a.py").write_text("def test_r48_is_a_typing_mistake(): ...\n")

        assert requirements_report.main(["--summary"]) == 1
        assert "There is no R48: tests/test_a.py::test_r48_is_a_typing_mistake" in capsys.readouterr().err


class TestLocks:
    def test_a_requirement_needs_a_version_and_a_hash_and_no_place(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(check_locks, "LOCKS", tmp_path)
        right = "babel==2.18.0 \\\n    --hash=sha256:00\n    # via langdao-video\n"
        wrong = "mako==1.4.3\nidna>=3 \\\n    --hash=sha256:00\n--index-url https://packages.example/simple\n"
        (tmp_path / "right.lock").write_text(right)
        (tmp_path / "wrong.lock").write_text(right + wrong)

        assert check_locks.faults_of_form("right.lock") == []
        assert [fault.split(": ", 1)[1] for fault in check_locks.faults_of_form("wrong.lock")] == [
            "names a place to download from: https://packages.example/simple",
            "not pinned with a hash: mako==1.4.3",
            "not pinned with a hash: idna>=3 \\",
            "not pinned with a hash: --index-url https://packages.example/simple",
        ]

    def test_the_clients_lock_follows_its_manifest(self, tmp_path: Path) -> None:
        manifest, lock = tmp_path / "package.json", tmp_path / "package-lock.json"
        manifest.write_text(json.dumps({"dependencies": {"preact": "11.0.0", "vite": "^8"}}))
        packages = {
            "": {"dependencies": {"preact": "11.0.0"}},
            "node_modules/preact": {
                "integrity": "sha512-x",
                "resolved": "https://packages.example/preact.tgz",
            },
            "node_modules/vite": {"optionalDependencies": {"bundler-linux": "1.0.0"}},
        }
        lock.write_text(json.dumps({"packages": packages}))

        assert [fault.split(": ", 1)[1] for fault in check_locks.faults_of_client(manifest, lock)] == [
            "dependencies are not those of package.json: run npm install in client/",
            "vite is not pinned to a version: ^8",
            "names a place to download from: node_modules/preact",
            "not locked: bundler-linux, for node_modules/vite",
            "not hashed: node_modules/vite",
        ]


class TestDeadCode:
    def test_a_definition_that_nobody_mentions_is_found(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "src").mkdir()
        (tmp_path / "src" / "bill.py").write_text("def add(): ...\ndef forgotten(): ...\nadd()\n")
        monkeypatch.setattr(check_dead, "ROOT", tmp_path)

        assert check_dead.find_unused(["src"]) == {"src/bill.py: forgotten"}

    def test_the_list_allows_what_is_unused_and_nothing_else(self) -> None:
        unused = {"src/a.py: one", "src/b.py: two"}

        assert check_dead.compare(unused, {"src/*: one", "src/b.py: two"}) == []
        assert check_dead.compare(unused, {"src/*: one"}) == ["nobody uses src/b.py: two"]
        assert check_dead.compare(set(), {"src/*: one"}) == ["used_from_outside.toml: take out src/*: one"]

    def test_an_entry_says_who_uses_its_names(self, tmp_path: Path) -> None:
        path = tmp_path / "used.toml"
        path.write_text('[[used]]\nby = ""\nnames = ["a.py: one"]\n')

        with pytest.raises(ValueError, match="by whom"):
            check_dead.read_allowed(path)
